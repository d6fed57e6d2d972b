"""Scores in features: of good samples, of collapsed ones, and by the names that papers use."""

from types import SimpleNamespace

import pytest
import torch

from mcgan.dataset.ring import Ring
from mcgan.experiment import feature_scores
from mcgan.experiment.feature_scores import FeatureScores, kid
from mcgan.experiment.feature_space import FeatureSpace
from mcgan.experiment.measuring import Measuring
from mcgan.metrics.evaluate import reference, score_samples
from mcgan.metrics.measures import MEASURES
from mcgan.metrics.protocol import Protocol

RING = Ring()
SPACE = FeatureSpace(RING, "auto")
N = 300


def draw(n, seed=5):
    return RING.draw(n, torch.Generator().manual_seed(seed))


@pytest.fixture(scope="module")
def scores():
    return FeatureScores(RING, SPACE, N)


def test_two_real_samples_are_the_null_and_good_samples_score_like_them(scores):
    good = scores.score(draw(N))
    assert (
        good.keys()
        == scores.null.keys()
        == {"coverage", "precision", "recall", "frechet", "mmd", "sliced"}
    )
    for name in ("coverage", "precision", "recall"):
        assert good[name] == pytest.approx(scores.null[name], abs=0.1) and good[name] > 0.8
    assert good["frechet"] < 0.1 and abs(good["mmd"]) < 0.02 and good["sliced"] < 0.3


def test_half_of_the_ring_has_half_of_the_coverage_at_full_precision(scores):
    x = draw(4 * N)
    half = scores.score(x[x[:, 0] > 0][:N])
    assert half["coverage"] == pytest.approx(0.5, abs=0.1) and half["precision"] > 0.8
    for name in ("frechet", "mmd", "sliced"):
        assert half[name] > 2 * scores.null[name]


def test_no_more_than_so_many_samples_are_compared(monkeypatch):
    monkeypatch.setattr(feature_scores, "MOST", 20)
    few = FeatureScores(RING, SPACE, N)
    assert few.count == 20 and few.score(draw(N)) == few.score(draw(N)[:20])


@pytest.mark.parametrize(
    ("wish", "names"),
    [
        ("inception:x.pth", {"fid", "kid"}),
        ("dinov2", {"fd_dinov2"}),
        ("clip", {"frechet"}),
    ],
)
def test_the_nets_of_papers_give_their_measures_by_their_names(wish, names):
    space = SimpleNamespace(net=wish.partition(":")[0], see=SPACE.see)
    found = FeatureScores(RING, space, 50).score(draw(50))
    assert found.keys() - {"coverage", "precision", "recall", "mmd", "sliced"} == names
    assert found.keys() <= MEASURES.keys()


def test_kid_is_the_unbiased_mmd_of_a_cubic_kernel():
    x, y = draw(40).double(), draw(40, seed=6).double() + 1
    k = [((a @ b.T) / 2 + 1) ** 3 for a, b in ((x, x), (y, y), (x, y))]
    inner = sum((each.sum() - each.trace()) / (40 * 39) for each in k[:2])
    assert kid(x, y) == pytest.approx((inner - 2 * k[2].mean()).item(), rel=1e-4)


def test_they_stand_beside_the_scores_by_modes():
    protocol, x = Protocol(), draw(N)
    plain, both = (Measuring(RING, protocol, N, space) for space in (None, SPACE))
    assert plain.reference == reference(RING, N, protocol)
    by_modes = score_samples(x, RING, protocol)
    assert plain.score(x).scores == by_modes.scores
    found = both.score(x)
    assert found.scores == by_modes.scores | both.features.score(x)
    assert torch.equal(found.counts, by_modes.counts)
    for row in both.reference.values():
        assert row["coverage"] == both.features.null["coverage"]
