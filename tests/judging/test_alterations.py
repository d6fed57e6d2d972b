"""Groups that look missing because all samples are altered alike, beside groups that are."""

import numpy as np
import pytest
import torch
from torch import Tensor

from mcgan.judging.alterations import are_altered, bring
from mcgan.judging.groups import Counted, count_found, count_labelled, find_missing
from mcgan.judging.inputs import Sets, read_sets
from mcgan.judging.judgement import conclude
from mcgan.judging.measures import Measured

N, M, COLUMNS, LEVEL = 600, 1200, 12, 0.01
USUAL = {"precision": 0.9, "recall": 0.9, "spread": 1.0, "kept": 1.0, "coverage": 0.97}
MEASURES = {name: Measured(value, value, 0.01) for name, value in USUAL.items()} | {
    "precision": Measured(0.98, 0.9, 0.01, seen=True),  # smooth samples lie where most data are
    "coverage": Measured(0.7, 0.97, 0.01, seen=True),
    "copies": Measured(0.05, 0.05, 0.01),
    "mmd": Measured(1.0, 0.0, 0.01, p=1e-9, decides=True, seen=True),
}


def draw(n: int, seed: int, classes: int = 8) -> tuple[Tensor, Tensor]:
    """Rows (n, 12) of the first of eight classes, coarse to fine, and their classes."""
    fine = torch.linspace(1, 0.3, COLUMNS).double()
    centres = 3 * torch.randn(8, COLUMNS, generator=torch.Generator().manual_seed(99)).double()
    generator = torch.Generator().manual_seed(seed)
    y = torch.randint(classes, (n,), generator=generator)
    return (centres[y] + torch.randn(n, COLUMNS, generator=generator)) * fine, y


def count(fakes: Tensor) -> tuple[Sets, Counted, np.ndarray]:
    sets = read_sets(fakes, draw(M, 0)[0], None, None, 0)
    counted = count_found(sets, torch.Generator().manual_seed(0))
    return sets, counted, find_missing(counted, LEVEL)


@pytest.fixture(scope="module")
def flat() -> tuple[Sets, Counted, np.ndarray]:
    """All samples nearer to the middle: the outer groups are empty."""
    return count(0.7 * draw(N, 1)[0])


def test_groups_that_are_there_once_an_alteration_is_undone_are_not_missing(flat):
    sets, counted, missing = flat
    assert missing.any() and are_altered(sets, counted, missing, MEASURES, LEVEL)
    found = conclude(sets, counted, MEASURES, torch.Generator().manual_seed(0))
    assert (found.kind, found.collapsed, found.missing) == ("different", False, ())
    assert "all are altered alike, as by blur" in found.verdict


def test_a_class_that_is_gone_is_missing_for_the_others_are_reached():
    sets, counted, missing = count(draw(N, 1, classes=7)[0])
    assert missing.any() and not are_altered(sets, counted, missing, MEASURES, LEVEL)
    found = conclude(sets, counted, MEASURES, torch.Generator().manual_seed(0))
    assert found.kind == "missing" and (draw(M, 0)[1][[*found.missing[0].rows]] == 7).all()


@pytest.mark.parametrize(("precision", "seen"), [(0.98, False), (0.7, True), (0.9, True)])
def test_samples_that_are_not_smooth_may_lack_what_looks_missing(flat, precision, seen):
    measures = MEASURES | {"precision": Measured(precision, 0.9, 0.01, seen=seen)}
    assert not are_altered(*flat, measures, LEVEL)


def test_labels_tell_their_classes_alone():
    (fakes, ours), (real, theirs) = draw(N, 1, classes=7), draw(M, 0)
    sets = read_sets(0.7 * fakes, real, None, (ours, theirs), 0)
    counted = count_labelled(sets.labels)
    assert not are_altered(sets, counted, find_missing(counted, LEVEL), MEASURES, LEVEL)


def test_samples_are_brought_to_the_real_mean_and_covariance_and_no_farther():
    real, fakes = draw(M, 0)[0], 0.7 * draw(N, 1)[0] + 1
    found = bring(fakes, real)
    assert torch.allclose(found.mean(0), real.mean(0))
    assert torch.allclose(torch.cov(found.T), torch.cov(real.T))
    assert torch.allclose(bring(real, real), real)
