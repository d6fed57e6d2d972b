import pytest
import torch
from scipy.stats import chisquare

from mcgan.objective import NonSaturating, Wasserstein
from mcgan.reg.metropolis import Metropolis
from mcgan.types import Sample
from small import game, sample

STEP = 0.7  # the critic's score rises by this much from each of the points 0, 1, 2, 3 to the next
LAW = (STEP * torch.arange(4.0, dtype=torch.float64)).softmax(0)


def points(tensors: object, n: int, generator: torch.Generator) -> Sample:
    """A generator that makes 0, 1, 2 and 3, each as often."""
    return sample(torch.randint(4, (n, 1), generator=generator).float())


def counts(steps: int, start: float, n: int = 4000, calibrate: bool = False) -> torch.Tensor:
    """How often each point is a chain's end, where real examples all are at ``start``."""
    made = game(
        strategy := Metropolis(steps=steps, calibrate=calibrate, burn_in=64),
        objective=NonSaturating(),
        shape=(1,),
    )
    tensors = {name: t.detach() for name, t in made.tensors().items()}
    tensors["D.head.weight"], tensors["D.head.bias"] = torch.tensor([[STEP]]), torch.tensor([-3.0])
    tensors["reg.metropolis.real"] = torch.full((64, 1), start)
    found = strategy.sampler(points, made)(tensors, n, torch.Generator().manual_seed(0))
    assert found.x.shape == (n, 1) and found.z.shape == (n, 2) and found.origin.shape == (n,)
    return found.x.long().flatten().bincount(minlength=4)


@pytest.mark.parametrize("start", [0.0, 3.0])
def test_its_chains_end_in_the_law_whose_log_ratio_the_score_is(start):
    found = counts(40, start)
    assert chisquare(found.numpy(), (4000 * LAW).numpy()).pvalue > 1e-3


def test_one_step_from_a_real_score_has_the_papers_chances():
    """At the score of 3, y' is taken with (1/D(3) - 1) / (1/D(y') - 1); else a plain sample."""
    d = torch.sigmoid(STEP * torch.arange(4.0, dtype=torch.float64) - 3)
    taken = ((1 / d[3] - 1) / (1 / d - 1)).clamp(max=1)
    law = (taken + (1 - taken).mean()) / 4
    assert chisquare(counts(1, 3.0).numpy(), (4000 * law).numpy()).pvalue > 1e-3


def test_a_chain_that_never_moves_is_a_plain_sample():
    assert chisquare(counts(5, 1000.0).numpy()).pvalue > 1e-3


def test_calibrated_scores_that_contradict_the_data_are_not_followed():
    """Real examples have the lowest scores: the slope is 0 and every candidate is taken."""
    assert chisquare(counts(5, -9.0, calibrate=True).numpy()).pvalue > 1e-3


def test_it_asks_for_a_score_that_is_a_log_ratio():
    with pytest.raises(ValueError, match="choose objective=non_saturating"):
        game(Metropolis(), objective=Wasserstein())


@pytest.mark.parametrize("settings", [{"steps": 0}, {"burn_in": 1}])
def test_settings_out_of_range_are_refused(settings):
    with pytest.raises(ValueError, match=f"{next(iter(settings))} must be"):
        Metropolis(**settings)
