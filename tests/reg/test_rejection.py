import logging

import pytest
import torch
from scipy.stats import chisquare

from mcgan.arch.dcgan import DCGAN
from mcgan.gan.strategy import Strategy
from mcgan.objective import Hinge, NonSaturating
from mcgan.reg.discrete_latent import DiscreteLatent
from mcgan.reg.minibatch import Minibatch
from mcgan.reg.mixture import Mixture
from mcgan.reg.r1 import R1
from mcgan.reg.rejection import Rejection
from mcgan.types import Sample, Sampler
from small import game, sample

STEP = 0.5  # the critic's score rises by this much from each of the points 0, 1, 2, 3 to the next
LAW = (STEP * torch.arange(4.0, dtype=torch.float64)).softmax(0)


def points(tensors: object, n: int, generator: torch.Generator) -> Sample:
    """A generator that makes 0, 1, 2 and 3, each as often."""
    return sample(torch.randint(4, (n, 1), generator=generator).float())


def sampler(
    strategy: Rejection, make: Sampler = points, *partners: Strategy
) -> tuple[Sampler, dict[str, torch.Tensor]]:
    made = game(strategy, *partners, objective=NonSaturating(), shape=(1,))
    tensors = {name: t.detach() for name, t in made.tensors().items()}
    tensors["D.head.weight"], tensors["D.head.bias"] = torch.tensor([[STEP]]), torch.tensor([9.0])
    return strategy.sampler(make, made), tensors


def counts(strategy: Rejection, n: int = 4000) -> torch.Tensor:
    draw, tensors = sampler(strategy)
    found = draw(tensors, n, torch.Generator().manual_seed(0))
    assert found.x.shape == (n, 1) and found.z.shape == (n, 2) and found.origin.shape == (n,)
    return found.x.long().flatten().bincount(minlength=4)


def test_it_draws_the_law_whose_log_ratio_the_score_is():
    found = counts(Rejection(percentile=None, calibrate=False))
    assert chisquare(found.numpy(), (4000 * LAW).numpy()).pvalue > 1e-3
    assert chisquare(found.numpy()).pvalue < 1e-9  # and not the generator's


def test_without_a_percentile_the_chance_is_the_ratio_to_the_best():
    below = -torch.tensor([0.0, 0.1, 1.0, 5.0])
    chance = Rejection(percentile=None).chance(below)
    torch.testing.assert_close(chance, below.exp(), atol=1e-3, rtol=1e-4)


@pytest.mark.parametrize("percentile", [20.0, 80.0])
def test_at_the_percentile_the_chance_is_even(percentile):
    chance = Rejection(percentile=percentile).chance(-torch.linspace(0.01, 5.0, 101))
    assert chance.sort().values[int(percentile)].item() == pytest.approx(0.5, abs=1e-4)
    assert (chance.diff() < 0).all()


def test_a_critic_that_boasts_is_calibrated():
    """The data are normal and the score says nothing of them but that they are low: slope 0."""
    found = counts(Rejection(percentile=None, calibrate=True))
    assert chisquare(found.numpy()).pvalue > 1e-3


def test_at_the_cap_plain_samples_fill_up_and_the_log_says_so(caplog):
    draw, tensors = sampler(Rejection(percentile=None, calibrate=False, rounds=1))
    with caplog.at_level(logging.WARNING):
        found = draw(tensors, 500, torch.Generator().manual_seed(0))
    assert len(found.x) == 500
    (said,) = caplog.messages
    plain = int(said.split()[1])
    expected = 500 * (1 - torch.exp(STEP * (torch.arange(4.0) - 3)).mean())
    assert plain == pytest.approx(expected.item(), abs=60) and "500 candidates" in said
    few = [(part == 0).double().mean().item() for part in found.x.chunk(2)]
    assert few[0] == pytest.approx(few[1], abs=0.06)  # plain ones are in no place of their own


def test_it_asks_for_a_score_that_is_a_log_ratio():
    with pytest.raises(ValueError, match="choose objective=non_saturating"):
        game(Rejection(), objective=Hinge())
    with pytest.raises(ValueError, match="this critic judges batches: drop one"):
        game(Rejection(), Minibatch())
    with pytest.raises(ValueError, match="batch norm in the critic"):
        game(Rejection(), arch=DCGAN(width=4, critic_norm="batch"), shape=(3, 28, 28))


@pytest.mark.parametrize("strategies", [("R1", "Rejection"), ("Rejection", "R1")])
def test_a_penalty_on_slopes_is_noted_in_either_order(strategies):
    named = {"R1": R1, "Rejection": Rejection}
    notes = game(*(named[name]() for name in strategies)).notes()
    assert any("heavy penalty" in note for note in notes)
    assert not any("heavy penalty" in note for note in game(Rejection()).notes())


def test_a_penalty_that_is_over_by_the_end_is_not_noted():
    notes = game(R1(gamma={"from": 1.0, "to": 0.0, "until": 0.5}), Rejection()).notes()
    assert not any("heavy penalty" in note for note in notes)


@pytest.mark.parametrize("settings", [{"percentile": 101.0}, {"burn_in": 1}, {"rounds": 0}])
def test_settings_out_of_range_are_refused(settings):
    with pytest.raises(ValueError, match=f"{next(iter(settings))} must be"):
        Rejection(**settings)


def two_parts(tensors: object, n: int, generator: torch.Generator) -> Sample:
    """Half of the samples are the worst point, of origin 5; the others are 1, 2 or 3, of 9."""
    x = torch.randint(1, 4, (n, 1), generator=generator)
    first = torch.rand(n, generator=generator) < 0.5
    return sample(x.masked_fill(first.unsqueeze(1), 0).float())._replace(
        origin=torch.where(first, 5, 9)
    )


def drawn(strategy: Rejection, n: int) -> Sample:
    draw, tensors = sampler(strategy, two_parts, DiscreteLatent(values=2))
    return draw(tensors, n, torch.Generator().manual_seed(0))


def test_each_origin_keeps_its_share_of_the_plain_samples():
    found = drawn(Rejection(percentile=None, calibrate=False, keep_origins=True), 4000)
    first = found.origin == 5
    assert len(first) == 4000 and first.double().mean().item() == pytest.approx(0.5, abs=0.03)
    counted = found.x[~first].long().flatten().bincount(minlength=4)[1:].double()
    law = (STEP * torch.arange(3.0, dtype=torch.float64)).softmax(0)
    assert chisquare(counted.numpy(), (counted.sum() * law).numpy()).pvalue > 1e-3
    halves = [part.double().mean().item() for part in first.chunk(2)]
    assert halves[0] == pytest.approx(halves[1], abs=0.06)  # what is rare does not come last


def test_as_it_comes_an_origin_of_bad_samples_loses_its_share():
    found = drawn(Rejection(percentile=None, calibrate=False), 4000)
    assert (found.origin == 5).double().mean() < 0.35


def test_origins_keep_their_shares_at_the_cap_too(caplog):
    strategy = Rejection(percentile=None, calibrate=False, keep_origins=True, rounds=1)
    with caplog.at_level(logging.WARNING):
        found = drawn(strategy, 4000)
    assert (found.origin == 5).double().mean().item() == pytest.approx(0.5, abs=0.03)
    assert len(found.x) == 4000 and "samples are plain ones" in caplog.text


def test_shares_of_one_origin_are_refused():
    with pytest.raises(ValueError, match="add a strategy such as discrete_latent or mixture"):
        game(Rejection(keep_origins=True), objective=NonSaturating())
    game(Rejection(keep_origins=True), Mixture(generators=3), objective=NonSaturating())
