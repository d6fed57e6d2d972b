"""What a strategy adds, by its YAML's defaults, is what its function returns by its own."""

from collections.abc import Callable
from functools import partial

import pytest
import torch
from torch import Tensor

from mcgan import functional
from mcgan import objective as objectives
from mcgan.arch.dcgan import DCGAN
from mcgan.arch.mlp import MLP
from mcgan.config.build import build
from mcgan.gan.strategy import Strategy
from mcgan.gan.turn import Turn
from mcgan.types import Report
from small import game, moment, node, real

BATCH = 8


def made(name: str) -> tuple[Strategy, Turn]:
    """A strategy by its YAML in a small game, and a turn of it."""
    strategy = build(node(name), Strategy, name)
    played = game(strategy, arch=MLP(latent=4, width=8), shape=(2,)).double()
    now = moment(played)
    return strategy, played.turn(real(played), played.generate(now), now)


def drawn(strategy: Strategy, turn: Turn, what: str) -> Tensor:
    return strategy.get_noise(turn.moment, what)


def score(turn: Turn) -> Callable[[Tensor], Tensor]:
    return lambda x: turn.critic(x).score


def between(function: Callable[..., Tensor]) -> Callable[[Strategy, Turn], Tensor]:
    return lambda s, t: function(score(t), t.real.x, t.fake.x, drawn(s, t, "eps"))


D_TERMS: dict[str, Callable[[Strategy, Turn], Tensor]] = {
    "r1": lambda s, t: functional.r1(score(t), t.real.x),
    "r2": lambda s, t: functional.r2(score(t), t.fake.x),
    "gradient_penalty": between(partial(functional.gradient_penalty, weight=0.1)),
    "lp": between(functional.lp),
    "zero_gp": lambda s, t: functional.zero_gp(
        lambda x: t.critic(x).score.sigmoid(), t.real.x, t.fake.x, drawn(s, t, "eps"), weight=0.1
    ),
    "wgan_div": between(functional.wgan_div),
    "dragan": lambda s, t: functional.dragan(
        score(t), t.real.x, drawn(s, t, "way"), drawn(s, t, "share"), weight=0.1, reach=0.1
    ),
    "second_critic": lambda s, t: functional.d2gan_d2(
        s.more[0](t.real.x).score, s.more[0](t.fake.x).score
    ).mean(),
}
G_TERMS: dict[str, Callable[[Strategy, Turn], Tensor]] = {
    "mode_seeking": lambda s, t: (
        0.5
        * functional.mode_seeking(t.raw_fake.x, t.raw_fake.z, functional.between_halves(t.raw_real))
    ),
    "ndiv": lambda s, t: 100 * functional.ndiv(t.raw_fake.x, t.raw_fake.z),
    "pulling_away": lambda s, t: 0.1 * functional.pulling_away(t.on_fake.features),
    "feature_matching": lambda s, t: functional.feature_matching(
        t.on_real.features, t.on_fake.features
    ),
    "gdpp": lambda s, t: functional.gdpp(t.on_real.features, t.on_fake.features),
    "imle": lambda s, t: functional.imle(
        t.raw_real, torch.cat([t.generate(z).x for z in drawn(s, t, "pool")])
    ),
    "particles": lambda s, t: functional.variance_covariance(s.table),
    "meg": lambda s, t: (
        0.5
        * functional.meg(
            s.judge(t.raw_fake.x, t.raw_fake.z), s.judge(t.raw_fake.x, t.raw_fake.z.roll(1, 0))
        )
    ),
    "bourgan": lambda s, t: 0.1 * functional.bourgan(t.fake.x, t.fake.z[:, : s.width], s.log_s),
    "second_critic": lambda s, t: functional.d2gan_g2(s.more[0](t.fake.x).score).mean(),
}


@pytest.mark.parametrize("name", D_TERMS)
def test_a_term_of_the_discriminator_is_the_function(name):
    strategy, turn = made(name)
    turn.critic.head.weight.data.mul_(100)  # or no gradient is above one, and costs nothing
    found = strategy.d_term(turn)
    assert found.item() != 0
    torch.testing.assert_close(found, D_TERMS[name](strategy, turn))


@pytest.mark.parametrize("name", G_TERMS)
def test_a_term_of_the_generator_is_the_function(name):
    strategy, turn = made(name)
    found = strategy.g_term(turn)
    assert found.item() != 0
    torch.testing.assert_close(found, G_TERMS[name](strategy, turn))


def test_consensus_is_the_function_of_both_losses():
    strategy, turn = made("consensus")
    losses = [turn.loss_with(player, {}) for player in ("D", "G")]
    weights = [turn.params(player).values() for player in ("D", "G")]
    expected = functional.consensus(*losses, *weights, gamma=10.0)
    torch.testing.assert_close(strategy.d_term(turn), expected)


def test_weights_of_losses_are_the_functions():
    strategy, turn = made("top_k")
    found = strategy.weigh(turn.g_losses(), turn)
    torch.testing.assert_close(found, functional.top_k(turn.g_losses(), turn.on_fake.score, 1.0))
    strategy, turn = made("gman")
    each = [turn.g_losses(), *(turn.before(c).g_losses() for c in strategy.more)]
    torch.testing.assert_close(strategy.weigh(each[0], turn), functional.gman(torch.stack(each)))


def test_what_the_critic_sees_is_the_functions():
    strategy, turn = made("instance_noise")
    expected = functional.instance_noise(
        turn.raw_real, 0.1 * strategy.spread, drawn(strategy, turn, "real")
    )
    torch.testing.assert_close(turn.real.x, expected)
    strategy, turn = made("diffusion")
    kept = strategy.kept()[strategy._t(drawn(strategy, turn, "level_real"))]
    expected = functional.diffuse(turn.raw_real, kept, noise=drawn(strategy, turn, "fog_real"))
    torch.testing.assert_close(turn.real.x[:, :2], expected)


@pytest.mark.parametrize(
    "name, layer",
    [
        ("minibatch_std", lambda s, neck, h: functional.minibatch_std(h)),
        (
            "minibatch",
            lambda s, neck, h: (
                functional.minibatch_discrimination(
                    h, neck.project.weight.unflatten(0, (neck.kernels, -1)), neck.log_scale.exp()
                )
                - neck.centre
            ),
        ),
    ],
)
def test_what_the_head_is_told_of_the_batch_is_the_function(name, layer):
    strategy, turn = made(name)
    [neck] = turn.critic.neck
    h = turn.on_real.features
    torch.testing.assert_close(neck(h), layer(strategy, neck, h))


def test_images_are_augmented_and_packed_by_the_functions():
    augment, pack = (build(node(name), Strategy, name) for name in ("diffaugment", "pac"))
    played = game(augment, pack, arch=DCGAN(latent=4, width=2, critic_width=2), shape=(1, 8, 8))
    now = moment(played)
    turn = played.turn(real(played), played.generate(now), now)
    seen = functional.diffaugment(turn.raw_real, augment.get_noise(now, "real"))
    torch.testing.assert_close(turn.real.x, seen)
    packs, inner = turn.critic.trunk
    torch.testing.assert_close(inner(functional.pack(seen, packs.m)), turn.on_real.features)


def test_after_a_turn_a_singular_vector_takes_a_step_of_the_function():
    strategy, turn = made("spectral_norm")
    tensors = {name: 2 * t + 1 for name, t in turn._game.tensors().items()}
    changed = strategy.after("D", tensors, Report({}, turn.raw_fake, turn.moment), {})
    key = strategy.key("u_0")
    expected = functional.power_iteration(tensors["D.trunk.1.0.weight"], tensors[key])
    torch.testing.assert_close(changed[key], expected)


def test_after_a_turn_averages_decay_by_the_function():
    strategy, turn = made("ema")
    tensors = {
        name: torch.full_like(t, float(name.startswith("reg.")))  # averages 1, weights 0
        for name, t in turn._game.tensors().items()
    }
    changed = strategy.after("G", tensors, Report({}, turn.raw_fake, turn.moment), {})
    whole = 0.5 ** (1 / (strategy.half_life * turn._game.steps))
    decay = functional.ema_decay(tensors[strategy.key("age")], whole)
    for name in changed.keys() - {strategy.key("age")}:
        torch.testing.assert_close(changed[name], torch.full_like(changed[name], decay.item()))


@pytest.mark.parametrize(
    "objective, name",
    [
        (objectives.Minimax(), "minimax"),
        (objectives.NonSaturating(), "non_saturating"),
        (objectives.LeastSquares(), "lsgan"),
        (objectives.Hinge(), "hinge"),
        (objectives.Wasserstein(), "wgan"),
        (objectives.RelativisticPairing(), "rpgan"),
        (objectives.RelativisticAverage(), "ragan"),
        (objectives.RelativisticAverageLeastSquares(), "rals"),
    ],
)
def test_an_objective_is_its_functions(objective, name):
    r, f = (torch.randn(5, generator=torch.Generator().manual_seed(seed)) for seed in (1, 2))
    d, g = (getattr(functional, f"{name}_{player}") for player in "dg")
    assert torch.equal(objective.d_loss(r, f), d(r, f))
    assert torch.equal(objective.g_loss(r, f), g(r, f) if objective.paired else g(f))


def test_a_normalised_critic_is_the_function():
    _, turn = made("gradient_norm")
    plain = turn.critic.wrapped
    found = functional.gradient_norm(lambda x: plain(x).score, turn.real.x, logit=True)
    torch.testing.assert_close(turn.on_real.score, found)  # of the minimax game: a logit


def test_averages_and_anchors_cost_what_the_functions_say():
    for name, expected in (
        (
            "historical_averaging",
            lambda s, now, then: 0.01 * functional.historical_averaging(now, then),
        ),
        ("ewc", lambda s, now, then: 0.5 * functional.ewc(now, then, map(torch.ones_like, now))),
    ):
        strategy, turn = made(name)
        then = [weight.detach().clone() for weight in turn.params("D").values()]
        with torch.no_grad():
            for weight in turn.params("D").values():
                weight.add_(0.5)
            for key, buffer in strategy.named_buffers():
                if "fisher" in key:
                    buffer.fill_(1.0)
        now = list(turn.params("D").values())
        torch.testing.assert_close(strategy.d_term(turn), expected(strategy, now, then))
