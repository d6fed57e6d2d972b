"""The strategies in a loop of one's own: the losses of `mcgan train` to the bit, and the rest."""

import doctest
import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

import mcgan
from mcgan.engine import own_game, own_parts
from mcgan.engine.draws import stream
from mcgan.engine.own_loop import OwnLoop
from mcgan.engine.trainer import Trainer
from mcgan.errors import UserError
from mcgan.gan.sampling import sampler
from mcgan.gan.strategy import Strategy
from mcgan.objective import Hinge
from small import built, composed

pytestmark = pytest.mark.whole

X = torch.randn(64, 2, generator=torch.Generator().manual_seed(0))
SEED, STEPS = 3, 4
AS_TRAINED = {  # objective, the words of `reg`
    "plain": ("non_saturating", []),
    "brought and between turns of D": ("wgan_gp", ["minibatch", "reg.minibatch.kernels=3"]),
    "penalties and an average": ("rpgan", ["r1", "r2", "ema", "reg.r1.gamma=0.3"]),
    "a memory and more critics": ("lsgan", ["replay", "gman", "reg.replay.size=16"]),
    "learned latents": ("minimax", ["deligan", "reg.deligan.components=3"]),
    "a wrapped critic": ("hinge", ["veegan", "spectral_norm"]),
    "several generators": ("non_saturating", ["mixture", "unrolled", "diffusion"]),
    "other rules": ("non_saturating", ["optimistic", "lookahead", "ttur"]),
    "between steps": ("non_saturating", ["ewc", "snapshots", "consensus"]),
    "two critics": ("d2gan", ["top_k", "instance_noise"]),
    "more turns of G": ("hinge", ["ema", "objective.generator_steps=3"]),
    "more turns of both": (
        "wgan",
        ["objective.generator_steps=2", "objective.critic_steps=2", "objective.catch_up=3"],
    ),
}


def trained(objective: str, reg: list[str]) -> tuple[Trainer, Any]:
    """The trainer of `mcgan train objective=… reg=[…]`, and the parts it is made of."""
    names = [word for word in reg if "=" not in word]
    words = [f"reg=[{','.join(names)}]", *(word for word in reg if "=" in word)]
    config = composed(objective, tuple(words if names else words[1:]))
    parts = built(json.dumps(config))
    return Trainer(parts.game, parts.dataset.draw, parts.optim, [SEED]), parts


def own(parts: Any, objective: str, reg: list[str], **more: Any) -> OwnLoop:
    """The same game, with the same networks, for a loop of one's own."""
    arch, data = parts.arch, parts.dataset
    return mcgan.game(
        generator=lambda latent: arch.generator(latent, data.shape),
        trunk=lambda shape: arch.trunk(shape)[0],
        features=8,
        latent=4,
        data=lambda n: data.draw(n, stream(SEED, "ready")),
        objective=objective,
        reg=reg,
        batch=8,
        steps=20,
        seed=SEED,
        **more,
    )


def play(game: OwnLoop, player: str, x: Tensor, moment: Any, mover: Any) -> dict[str, Tensor]:
    """One turn of a loop: what was measured."""
    loss, report = game(player, x, moment)
    mover.zero_grad()
    loss.backward()
    mover.step()
    game.after(player, report)
    return report.scalars


@pytest.mark.parametrize("name", AS_TRAINED)
def test_it_has_the_losses_of_mcgan_train_to_the_bit(name):
    objective, reg = AS_TRAINED[name]
    trainer, parts = trained(objective, reg)
    game = own(parts, objective, reg)
    assert game.turns == trainer.turns
    for step in range(STEPS):
        given = [trainer.draws(step, turn)[0] for turn in range(len(game.turns))]
        for turn, (player, expected) in enumerate(trainer.step()):
            found = play(game, player, given[turn], game.moment(step, turn), game.rule(player))
            assert found.keys() <= set(expected)
            for term, value in found.items():
                assert torch.equal(value, expected[term]), (step, player, term)
    then = trainer.replicas.replica(0)
    for name, tensor in game.game.tensors().items():
        assert torch.equal(tensor, then[name]), name
    shown = sampler(trainer.game)(then, 20, stream(5, "sample")).x
    assert torch.equal(game.sample(20, seed=5), shown)


def test_with_an_optimiser_of_ones_own_as_with_the_rule():
    trainer, parts = trained("non_saturating", ["r1", "ema", "optim.lr=2e-4"])
    game = own(parts, "non_saturating", ["r1", "ema"])
    optimisers = {
        player: torch.optim.Adam(game.parameters(player), lr=2e-4, betas=(0.5, 0.999))
        for player in ("D", "G")
    }
    for step in range(STEPS):
        given = [trainer.draws(step, turn)[0] for turn in range(2)]
        for turn, (player, expected) in enumerate(trainer.step()):
            found = play(game, player, given[turn], game.moment(step, turn), optimisers[player])
            torch.testing.assert_close(found["loss"], expected["loss"])


def nets(latent: int = 4) -> dict[str, Any]:
    torch.manual_seed(1)
    trunk = nn.Sequential(nn.Linear(2, 8), nn.LeakyReLU(0.2))
    return {"generator": nn.Linear(latent, 2), "trunk": trunk, "features": 8, "latent": latent}


def small_game(**words: Any) -> OwnLoop:
    return mcgan.game(**{**nets(), "data": X, "batch": 8, "steps": 10, **words})


def train(game: OwnLoop, steps: int, first: int = 0) -> list[float]:
    """The losses of some steps by the game's own rules."""
    found = []
    for step in range(first, first + steps):
        for turn, player in enumerate(game.turns):
            x = X[(8 * step) % 56 :][:8]
            moment = game.moment(step, turn)
            found.append(play(game, player, x, moment, game.rule(player))["loss"].item())
    return found


def test_the_example_in_the_docstring_runs():
    found = doctest.testmod(own_game)
    assert found.attempted and not found.failed


def test_given_modules_are_trained_in_place():
    given = nets()
    before = {
        name: given[name].state_dict()[key].clone()
        for name, key in (("generator", "weight"), ("trunk", "0.weight"))
    }
    game = small_game(**given)
    assert given["trunk"][0].weight is game.critic.trunk[0].weight
    train(game, 1)
    assert not torch.equal(given["generator"].weight, before["generator"])
    assert not torch.equal(given["trunk"][0].weight, before["trunk"])


def test_players_share_no_weights_and_miss_none():
    game = small_game(reg=["deligan", "gman"])
    d, g = ({*map(id, game.parameters(player))} for player in ("D", "G"))
    assert not d & g and d | g == {*map(id, game.game.parameters())}
    assert id(game.game.reg["deligan"].mu) in g and len(d) == 3 * 4


def test_copies_of_a_module_start_from_weights_of_their_own():
    game = small_game(reg=["gman"])
    weights = [critic.trunk[0].weight for critic in game.game.critics()]
    assert len(weights) == 3 and not torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[1], weights[2])
    assert any("more than one trunk" in note for note in game.notes)
    assert not small_game().notes


class Scale(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.by = nn.Parameter(torch.ones(8))

    def forward(self, x: Tensor) -> Tensor:
        return x * self.by


def test_a_layer_that_cannot_be_drawn_anew_is_refused_where_copies_are_needed():
    trunk = nn.Sequential(nn.Linear(2, 8), Scale())
    small_game(trunk=trunk)
    with pytest.raises(UserError, match=r"trunk: .* layer Scale has no reset_parameters .* give a"):
        small_game(trunk=trunk, reg=["gman"])
    small_game(trunk=lambda shape: nn.Sequential(nn.Linear(2, 8), Scale()), reg=["gman"])


@pytest.mark.parametrize(
    "wrong, sentence",
    [
        ({"generator": nn.Linear(5, 2)}, r"generator: does not take a batch \(2, 4\) .* give a"),
        (
            {"generator": nn.Linear(4, 3)},
            r"generator: makes \(2, 3\) .* \(2, 2\) is wanted: change",
        ),
        ({"trunk": nn.Linear(3, 8)}, r"trunk: does not take a batch \(2, 2\) .* give a function"),
        ({"features": 9}, r"trunk: makes \(2, 8\) .* \(2, 9\) is wanted: change"),
        (
            {"reg": "pac"},
            r"trunk: does not take a batch \(2, 4\) .* function of an example's shape",
        ),
        ({"reg": "discrete_latent"}, r"generator: does not take .* function of the latents' width"),
        ({"objective": "wgan_pg"}, "no objective named 'wgan_pg'; did you mean 'wgan_gp'"),
        ({"reg": ["r3"]}, "no reg named 'r3'"),
        ({"reg": ["r1", "reg.r1.gama=1"]}, "no setting 'reg.r1.gama'|no setting reg.r1.gama"),
        ({"reg": [3]}, "reg: 3 is no strategy: give names"),
        (
            {"words": ["dataset=grid"]},
            "'dataset=grid' says nothing to a loop of your own.*: use words",
        ),
        ({"reg": ["mode_seeking"], "batch": 1}, r"reg.mode_seeking: .* take train\.batch_size=2"),
        ({"batch": 0}, "batch must be at least 1"),
        ({"data": X[:, 0]}, r"data: one example comes as \(1,\), .* give"),
        ({"data": torch.utils.data.DataLoader(X)}, "data: DataLoader is no tensor .*: give one"),
    ],
)
def test_a_mistake_is_one_sentence(wrong, sentence):
    with pytest.raises(UserError, match=sentence) as caught:
        small_game(**wrong)
    assert "\n" not in str(caught.value)


def test_a_function_makes_wider_nets_and_packs():
    game = small_game(
        generator=lambda width: nn.Linear(width, 2),
        trunk=lambda shape: nn.Linear(shape[0], 8),
        reg=["pac", "discrete_latent"],
    )
    assert game.generator.net[0].in_features == 4 + 50
    assert len(train(game, 2)) == 4


@dataclass(eq=False, repr=False)
class Shift(Strategy):
    by: float = 1.0

    def d_term(self, turn):
        return turn.on_real.score.mean() * self.by


def test_words_and_objects_of_all_kinds():
    game = small_game(objective=Hinge(), reg=["ema", Shift(2.0)], words=["reg.ema.half_life=0.3"])
    assert [*game.game.reg] == ["ema", "shift"] and game.game.reg["ema"].half_life == 0.3
    assert isinstance(game.game.objective, Hinge)
    assert [*small_game(reg="[r1, r2]").game.reg] == ["r1", "r2"]
    assert [*small_game(reg="r1").game.reg] == ["r1"]
    assert [*small_game(objective="wgan_gp").game.reg] == ["gradient_penalty"]
    assert not small_game(objective="wgan_gp", words=["~reg.gradient_penalty"]).game.reg
    with pytest.raises(UserError, match="two strategies named shift: use one"):
        small_game(reg=[Shift(), Shift()])


def test_data_may_be_a_function_a_tensor_or_an_array():
    asked: list[int] = []

    def draw(n: int) -> Tensor:
        asked.append(n)
        return X[torch.arange(n) % 64]

    for data in (draw, X, X.numpy(), X.double().numpy()):
        assert small_game(data=data, reg=["bourgan"], generator=linear).game.shape == (2,)
    assert max(asked) == 512
    spread = small_game(data=np.asarray(X) * 3, reg=["instance_noise"]).game.reg["instance_noise"]
    assert spread.spread.item() == pytest.approx(3, rel=0.2)


def linear(width: int) -> nn.Module:
    return nn.Linear(width, 2)


@pytest.mark.parametrize("view", [lambda x: x[::-1], lambda x: x.astype(">f4")])
def test_data_may_be_a_view_or_big_endian(view):
    array = np.arange(8, dtype=np.float32).reshape(4, 2)
    found = own_parts.draw_by(view(array))(50, stream(SEED, "ready"))
    assert found.dtype == torch.float32 and {*found[:, 0].tolist()} <= {0.0, 2.0, 4.0, 6.0}


def test_a_batch_of_another_size_is_refused():
    game = small_game()
    with pytest.raises(UserError, match=r"real examples \(8, 2\), not \(5, 2\): .*drop_last=True"):
        game("D", X[:5], game.moment(0))
    with pytest.raises(UserError, match="no player 'd': take"):
        game("d", X[:8], game.moment(0))


@pytest.mark.parametrize("word", ["optimistic", "extragradient", "ttur"])
def test_a_strategy_that_changes_the_rule_says_what_to_use(word):
    game = small_game(reg=[word])
    assert any(f"reg.{word} changes how the weights of D move" in note for note in game.notes)
    loss, report = game("D", X[:8], game.moment(0))
    loss.backward()
    with pytest.raises(UserError, match=rf"reg.{word} changes .*: use rule = game.rule\('D'\)"):
        game.after("D", report)
    rule = game.rule("D")
    rule.step()
    game.after("D", report)


def test_rules_are_those_of_the_words():
    game = small_game(words=["optim=sgd", "optim.lr=0.5"])
    before = game.generator.net[0].weight.detach().clone()
    loss, _ = game("G", X[:8], game.moment(0))
    loss.backward()
    game.rule("G").step()
    weight = game.generator.net[0].weight
    torch.testing.assert_close(weight.detach(), before - 0.5 * weight.grad)


def test_it_goes_on_from_a_state_as_if_it_had_not_stopped(tmp_path):
    words = {"reg": ["replay", "ema", "optimistic", "snapshots", "reg.replay.size=16"]}
    through, first, second = (small_game(**words) for _ in range(3))
    losses = train(through, 6)
    assert train(first, 3) == losses[:6]
    torch.save(first.state_dict(), tmp_path / "state.pt")
    second.load_state_dict(torch.load(tmp_path / "state.pt", weights_only=True))
    assert second.count == 3
    assert train(second, 3, first=3) == losses[6:]
    assert torch.equal(second.sample(9), through.sample(9))


def test_the_state_of_another_game_is_refused():
    game, other = small_game(reg=["ema"]), small_game()
    with pytest.raises(UserError, match=r"of another game, reg\.ema\.\w+ differs: build"):
        other.load_state_dict(game.state_dict())
    with pytest.raises(UserError, match="differs: build"):
        game.load_state_dict(other.state_dict())


def test_samples_leave_a_batch_norm_as_it_was():
    generator = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.Linear(8, 2))
    game = small_game(generator=generator)
    train(game, 1)
    before = generator[1].running_mean.clone()
    assert torch.equal(game.sample(20), game.sample(20)) and generator.training
    assert torch.equal(generator[1].running_mean, before) and before.abs().max() > 0
    assert not torch.equal(game.sample(20), game.sample(20, seed=1))


def test_moments_are_a_function_of_step_and_turn():
    game = small_game(reg=["gradient_penalty"])
    once, again = game.moment(70, 1), game.moment(2)
    assert once.progress == 7.0 and again.progress.item() == pytest.approx(0.2)
    for name, drawn in game.moment(70, 1).noise.items():
        assert torch.equal(drawn, once.noise[name])
    assert not torch.equal(game.moment(2, 1).noise["z"], again.noise["z"])


def test_the_turns_are_those_of_the_next_step():
    game = small_game(objective="hinge", words=["objective.generator_steps=2"])
    assert game.turns == ["D", "G"]
    train(game, 1)
    assert game.turns == ["G"] and game.count == 1
    with pytest.raises(UserError, match="step 1 has 1 turns, and there is no turn 1: give the"):
        game.moment(1, 1)
    train(game, 1, first=1)
    assert game.turns == ["D", "G"]


def test_it_moves_to_a_device_with_its_rules():
    game = small_game(reg=["optimistic", "gman"])
    train(game, 1)
    assert game.to("meta") is game
    everything = [*game.state_dict().items(), *game.moment(0).noise.items()]
    assert {name for name, t in everything if t.device.type != "meta"} == {"count"}


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU")
def test_it_trains_on_a_gpu():
    game = small_game(reg=["replay", "r1", "ema", "snapshots", "reg.replay.size=16"]).to("cuda")
    for step in range(3):
        for turn, player in enumerate(game.turns):
            play(game, player, X[:8].cuda(), game.moment(step, turn), game.rule(player))
    assert game.sample(5).device.type == "cuda" and game.sample(5).isfinite().all()


def test_a_mistake_in_a_turn_is_one_sentence():
    made = mcgan.game(
        generator=nn.Linear(3, 2),
        trunk=nn.Linear(2, 5),
        features=5,
        latent=3,
        data=X,
        batch=8,
        reg=["r1", "ema"],
    )
    now, x = made.moment(0), X[:8]
    calls = {
        "as a torch tensor of torch.float32, not torch.float64": lambda: made("D", x.double(), now),
        "as a torch tensor of torch.float32, not ndarray": lambda: made("D", x.numpy(), now),
        "n must be a whole number of at least 1, not 0: it is": lambda: made.sample(0),
        "n must be a whole number of at least 1, not 2.5": lambda: made.sample(2.5),
        "there is no player 'E': take": lambda: made.parameters("E"),
        "there is no player 'F': take": lambda: made.rule("F"),
    }
    for sentence, call in calls.items():
        with pytest.raises(UserError, match=sentence):
            call()
    assert repr(made) == (
        "mcgan.game: NonSaturating, reg r1 + ema, examples (2,), batch 8, step 0 of 10,000"
    )


def test_the_names_are_public():
    assert mcgan.game is own_game.game
    assert mcgan.functional.minimax_g(torch.zeros(1)).item() == pytest.approx(-0.6931, abs=1e-4)
    assert {"game", "functional"} <= {*mcgan.__all__}
