import pytest
import torch

from mcgan.blocks import density_ratio
from mcgan.dataset.grid import Grid
from mcgan.gan.strategy import Strategy
from mcgan.metrics.evaluate import evaluate
from mcgan.metrics.protocol import Protocol
from mcgan.objective import NonSaturating
from mcgan.reg.metropolis import Metropolis
from mcgan.reg.rejection import Rejection
from small import game, sample


def drawn(mean: float, n: int = 20_000, seed: int = 0) -> torch.Tensor:
    return mean + torch.randn(n, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("too_steep", [1.0, 4.0, 0.25])
def test_the_slope_makes_a_score_the_log_ratio(too_steep):
    """N(1, 1) against N(0, 1): the log ratio is x - 1/2."""
    found = density_ratio.fit_slope(too_steep * drawn(1.0) + 7, too_steep * drawn(0.0, seed=1) + 7)
    assert found.item() == pytest.approx(1 / too_steep, rel=0.05)


@pytest.mark.parametrize("wide", [3.0, 10.0, 30.0])
def test_fakes_far_from_the_data_do_not_flatten_it(wide):
    """N(0, 1) against N(0, wide^2): the log ratio of most fakes is far below that of any data."""
    real, fake = (
        -(drawn(0.0, seed=seed) * std).square() / 2 for seed, std in ((0, 1.0), (1, wide))
    )
    found = density_ratio.fit_slope(real * (1 - wide**-2), fake * (1 - wide**-2))
    assert found.item() == pytest.approx(1.0, abs=0.15)


def test_equal_scores_of_data_leave_it_finite():
    for at in (-9.0, 0.0, 3.0):
        assert 0 <= density_ratio.fit_slope(torch.full((64,), at), drawn(0.0, n=64)).item() < 100


def test_scores_that_are_wrong_or_equal_or_apart_leave_it_finite():
    assert density_ratio.fit_slope(drawn(0.0), drawn(1.0)) == 0
    assert density_ratio.fit_slope(torch.zeros(9), torch.zeros(9)) == 0
    assert 0 < density_ratio.fit_slope(drawn(50.0), drawn(-50.0)).item() < 10


def test_scores_are_the_critics_with_the_tensors_given():
    made, x = game(), torch.randn(5000, 3)
    tensors = {name: t + 1 for name, t in made.tensors().items()}
    weight, bias = made.D.head.weight[0] + 1, made.D.head.bias + 1
    found = density_ratio.score_examples(made, tensors, x)
    torch.testing.assert_close(found, (x @ weight + bias).detach())


@pytest.mark.parametrize("calibrate", [True, False])
@pytest.mark.parametrize(
    ("sampler", "settings", "width"),
    [(Rejection, {"percentile": None, "rounds": 200}, 6.0), (Metropolis, {"steps": 100}, 2.0)],
)
def test_with_a_perfect_score_a_wide_generator_samples_as_the_data(
    monkeypatch, sampler, settings, width, calibrate
):
    """Its modes are ``width`` times too wide, and the last is four times as heavy as the first."""
    data, heavier = Grid(), torch.linspace(1, 4, 25).double()
    wide = data.law._replace(stds=data.law.stds * width, weights=heavier / heavier.sum())

    def score(made: object, tensors: object, x: torch.Tensor) -> torch.Tensor:
        return (data.density(x).clamp(min=1e-300) / wide.density(x.double())).log().float()

    monkeypatch.setattr(density_ratio, "score_examples", score)
    drawn = torch.Generator().manual_seed(0)
    strategy: Strategy = sampler(**settings, calibrate=calibrate, burn_in=8192)
    made = game(strategy, objective=NonSaturating(), shape=(2,))
    tensors = {strategy.key("real"): data.draw(8192, drawn)}
    draw = strategy.sampler(lambda _, n, generator: sample(wide.draw(n, generator)), made)
    found = evaluate(draw(tensors, 2500, drawn).x, data, Protocol("pacgan", 2500, threshold=3.0))
    assert found["quality"] == pytest.approx(data.ceiling, abs=0.01)
    assert found["kl"] < 0.012 and found["spread_least"] > 0.85 and found["energy"] < 0.006
