import math

import pytest
import torch

from mcgan.arch.dcgan import DCGAN
from mcgan.gan.strategy import Strategy
from mcgan.objective import (
    Hinge,
    LeastSquares,
    NonSaturating,
    RelativisticPairing,
    Wasserstein,
)
from mcgan.reg.diffusion import Diffusion, find_undecided_score
from mcgan.reg.instance_noise import InstanceNoise
from mcgan.reg.pac import Pac
from mcgan.types import Report, Sample
from small import d_turn, game, moment, real

SHAPE = (2,)


def kept(t: int, T: int) -> float:
    """a_t, factor by factor: T levels of 1e-4 to 2e-2."""
    return math.prod(1 - (1e-4 + (2e-2 - 1e-4) * s / (T - 1)) for s in range(t))


def ones(batch: int, origin: int) -> Sample:
    return Sample(torch.ones(batch, *SHAPE), torch.zeros(batch, 1), torch.full((batch,), origin))


def seen(strategy: Diffusion, T: float, origin: int, fog: float, level: torch.Tensor):
    strategy.T.fill_(T)
    drawn = {}
    for which, mine in (("real", origin < 0), ("fake", origin >= 0)):
        drawn[f"diffusion.level_{which}"] = level.unsqueeze(1) * mine
        drawn[f"diffusion.fog_{which}"] = torch.full((len(level), *SHAPE), fog if mine else 9.0)
    now = moment(strategy_game(Diffusion()))._replace(noise=drawn)
    return strategy.view(ones(len(level), origin), now).x


def strategy_game(*chain: Strategy, **words):
    return game(*chain, shape=SHAPE, **words)


@pytest.mark.parametrize("origin", [-1, 0])  # real, fake
@pytest.mark.parametrize("t, T", [(1, 1000), (10, 10), (10, 1000), (37, 100), (1000, 1000)])
def test_it_is_the_forward_diffusion_of_the_level(t, T, origin):
    strategy_game(strategy := Diffusion(noise_std=0.5, sampling="uniform", clean=0.0))
    level = torch.tensor([(t - 0.5) / T])
    found = seen(strategy, T, origin, 2.0, level)
    a = kept(t, T)
    expected = math.sqrt(a) + math.sqrt(1 - a) * 0.5 * 2.0
    told = torch.tensor([[expected] * 2 + [math.sqrt(1 - a)]])
    torch.testing.assert_close(found, told, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("T", [10, 100, 1000])
def test_the_last_levels_noise_follows_the_sum_of_the_betas_over_the_present_T(T):
    """-log a_T is that sum, T (1e-4 + 2e-2) / 2, but for squares of betas: 0.31 of the noise at
    T = 10, where a table over 1000 levels has 0.04."""
    strategy_game(strategy := Diffusion())
    strategy.T.fill_(T)
    strength = (1 - strategy.kept()[T]).sqrt().item()
    assert strength == pytest.approx(math.sqrt(1 - math.exp(-T * (1e-4 + 2e-2) / 2)), rel=0.01)


def test_the_critic_is_told_the_level_and_takes_bare_x_for_clean():
    made = strategy_game(Diffusion())
    turn = d_turn(made)
    assert turn.real.x.shape == (8, 3)
    told = turn.real.x[:, 2:]
    assert told.min() == 0 and told.max() > 0  # some samples are clean
    made.D.head.weight.data[0, 2] = 5.0
    x = real(made)
    score = [made.D(torch.cat([x, torch.full((8, 1), level)], 1)).score for level in (0.0, 0.5)]
    assert (score[0] != score[1]).all() and torch.equal(score[0], made.D(x).score)
    slope = turn.input_gradient("real")
    assert (slope[:, 2] == 0).all() and (slope[:, :2] != 0).all()  # penalties are on x alone


def test_images_have_the_level_as_a_further_channel():
    made = game(Diffusion(), arch=DCGAN(latent=4, width=2, critic_width=2), shape=(1, 8, 8))
    turn = d_turn(made)
    level = turn.real.x[:, 1]
    assert turn.on_real.score.shape == (8,) and level.shape == (8, 8, 8)
    assert (level.flatten(1).std(1) == 0).all() and len(level[:, 0, 0].unique()) > 1


def test_it_may_keep_the_level_to_itself():
    made = strategy_game(Diffusion(tell_level=False))
    assert d_turn(made).real.x.shape == (8, 2)
    assert made.D(real(made)).score.shape == (8,)


@pytest.mark.parametrize(
    "chain", [(Diffusion(), InstanceNoise()), (Diffusion(), Pac()), (Pac(), Diffusion())]
)
def test_a_told_level_must_arrive_at_the_critic(chain):
    with pytest.raises(ValueError, match="use one"):
        strategy_game(*chain)


def test_untold_it_goes_before_other_noise():
    made = game(Diffusion(tell_level=False), InstanceNoise(), shape=SHAPE)
    assert d_turn(made).real.x.shape == (8, 2)


@pytest.mark.parametrize("sampling", ["priority", "uniform"])
def test_levels_go_up_to_T_evenly_or_by_their_size(sampling):
    strategy_game(strategy := Diffusion(sampling=sampling, clean=0.0))
    strategy.T.fill_(20)
    draw = torch.rand(100_000, generator=torch.Generator().manual_seed(0))
    t = strategy._t(draw)
    assert t.min() == 1 and t.max() == 20
    wanted = torch.arange(1.0, 21) if sampling == "priority" else torch.ones(20)
    found = t.bincount(minlength=21)[1:] / len(t)
    # P(t) of the square root of a uniform number goes with t - 1/2
    half = 0.5 if sampling == "priority" else 0.0
    torch.testing.assert_close(found, (wanted - half) / (wanted - half).sum(), atol=5e-3, rtol=0)


@pytest.mark.parametrize("clean", [0.0, 0.25, 0.5])
def test_a_share_of_the_samples_is_seen_without_noise_and_the_rest_by_the_same_law(clean):
    strategy_game(strategy := Diffusion(clean=clean))
    strategy.T.fill_(20)
    draw = torch.rand(100_000, generator=torch.Generator().manual_seed(0))
    t = strategy._t(draw)
    assert (t == 0).double().mean().item() == pytest.approx(clean, abs=5e-3)
    strategy.clean = 0.0
    noisy, every = (each[each > 0].double().mean() for each in (t, strategy._t(draw)))
    assert noisy.item() == pytest.approx(every.item(), rel=0.01)
    strategy.clean = clean
    x = seen(strategy, 20, 0, 5.0, torch.tensor([clean / 2, (1 + clean) / 2]))
    assert (x[0, :2] == 1).all() == (clean > 0) and (x[1, :2] != 1).all()


def climbed(strategy: Diffusion, made, scores: torch.Tensor, turns: int) -> list[float]:
    found = []
    for _ in range(turns):
        report = Report({}, ones(8, 0), moment(made), {"real": scores})
        for name, value in strategy.after("D", made.tensors(), report, {}).items():
            made.get_buffer(name).copy_(value)
        found.append(strategy.T.item())
    return found


@pytest.mark.parametrize("critic_steps", [1, 2])
def test_an_oversure_critic_takes_T_to_the_top_in_a_share_of_the_run(critic_steps):
    objective = NonSaturating(critic_steps=critic_steps)
    made = strategy_game(strategy := Diffusion(climb=0.5), objective=objective, steps=20)
    turns = 10 * critic_steps
    found = climbed(strategy, made, torch.ones(8), turns + 2)
    assert found[turns // 2 - 1] == pytest.approx(505, rel=1e-4)  # half the way from 10 to 1000
    assert found[turns - 2] < 1000 and found[turns:] == [1000, 1000]


def test_a_critic_less_sure_than_the_target_lets_T_fall_to_the_bottom():
    made = strategy_game(strategy := Diffusion(climb=0.5), steps=20)
    sure = torch.tensor([1.0] * 7 + [-1.0])  # E sign = 0.75 > 0.6
    unsure = torch.tensor([1.0] * 6 + [-9.0] * 2)  # E sign = 0.5 < 0.6
    up = climbed(strategy, made, sure, 2)
    assert up[1] > up[0] > 10
    assert climbed(strategy, made, unsure, 3)[1:] == [10, 10]


def test_the_generators_turn_leaves_T_alone():
    made = strategy_game(strategy := Diffusion())
    report = Report({}, ones(8, 0), moment(made), {"real": torch.ones(8)})
    assert strategy.after("G", made.tensors(), report, {}) == {}


def test_the_generator_learns_through_the_noise():
    made = strategy_game(Diffusion())
    loss, _ = made.play("G", real(made), moment(made))
    assert torch.autograd.grad(loss, made.G.net[0].bias)[0].abs().min() > 0


def test_a_score_is_sure_relative_to_what_the_objective_leaves_undecided():
    for objective, score in ((NonSaturating(), 0.0), (Hinge(), 0.0), (LeastSquares(), 0.5)):
        assert find_undecided_score(objective).item() == pytest.approx(score, abs=1e-2)


@pytest.mark.parametrize("objective", [Wasserstein(), RelativisticPairing()])
def test_it_needs_scores_whose_sign_means_something_or_a_fixed_T(objective):
    with pytest.raises(ValueError, match=r"choose another objective, or use t_max=t_min"):
        strategy_game(Diffusion(), objective=objective)
    made = strategy_game(strategy := Diffusion(t_min=50, t_max=50), objective=objective)
    assert climbed(strategy, made, torch.ones(8), 3) == [50, 50, 50]


def test_settings_out_of_range_are_refused():
    for settings, sentence in (
        ({"noise_std": -1.0}, "noise_std must be at least 0"),
        ({"target": 2.0}, "target must be at least -1 and at most 1"),
        ({"t_min": 0}, "t_min must be at least 1"),
        ({"t_min": 20, "t_max": 10}, "t_min must be at most t_max=10"),
        ({"climb": 0.0}, "climb must be above 0 and at most 1"),
        ({"clean": 1.0}, "clean must be at least 0 and below 1"),
        ({"sampling": "none"}, "sampling must be one of priority, uniform"),
    ):
        with pytest.raises(ValueError, match=sentence):
            Diffusion(**settings)
