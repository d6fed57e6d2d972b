import pytest
import torch

from mcgan.judging import neighbours
from mcgan.judging.neighbours import compare_mixing, compare_neighbours, find_distances, look_around


def points(n: int, seed: int, dim: int = 3) -> torch.Tensor:
    return torch.randn(n, dim, generator=torch.Generator().manual_seed(seed)).double()


def by_hand(fakes: torch.Tensor, real: torch.Tensor) -> dict[str, float]:
    """The definitions, from whole matrices of distances."""
    inner, own, across = (
        torch.cdist(a, b) for a, b in ((real, real), (fakes, fakes), (real, fakes))
    )
    inner.fill_diagonal_(torch.inf)
    own.fill_diagonal_(torch.inf)
    third, fifth = inner.kthvalue(3, 1).values, inner.kthvalue(5, 1).values
    nearest = own.amin(1)
    shares = {
        "precision": (across <= third[:, None]).any(0),
        "recall": (across <= own.kthvalue(3, 1).values).any(1),
        "density": (across <= fifth[:, None]).sum(0) / 5,
        "coverage": across.amin(1) <= fifth,
        "nearest": nearest < across.amin(0),
        "copies": nearest <= inner.amin(1).quantile(0.05),
    }
    found = len({*across.argmin(0).tolist()}) / len(real)
    return {name: value.double().mean().item() for name, value in shares.items()} | {
        "retrieval": found
    }


@pytest.mark.parametrize("chunk", [7, 1024])
def test_chunks_give_the_measures_of_whole_matrices(chunk, monkeypatch):
    monkeypatch.setattr(neighbours, "CHUNK", chunk)
    fakes, real = 1.5 * points(60, 0), points(60, 1)
    assert compare_neighbours(look_around(fakes), look_around(real)) == pytest.approx(
        by_hand(fakes, real)
    )
    nearest = torch.cdist(fakes, real).amin(1)
    assert torch.allclose(find_distances(fakes, real), nearest, rtol=0, atol=1e-12)


def test_samples_that_are_the_real_rows_are_seen_by_ties_alone():
    real = look_around(points(50, 0))
    found = compare_neighbours(real, real)
    assert found["precision"] == found["coverage"] == found["recall"] == found["retrieval"] == 1
    assert found["nearest"] == 0


def test_repeated_samples_are_copies_and_apart_from_real_rows():
    real = points(60, 0)
    found = compare_neighbours(look_around(points(3, 1).repeat(20, 1)), look_around(real))
    assert found["copies"] == found["nearest"] == 1
    assert found["retrieval"] <= 3 / 60


def test_sets_apart_do_not_mix_and_one_law_does():
    generator = torch.Generator().manual_seed(0)
    apart = compare_mixing(points(80, 0) + 50, points(60, 1), generator)
    assert apart.value == 1
    one = compare_mixing(points(80, 0), points(60, 1), generator)
    assert abs(one.value - one.null.mean()) < 3 * one.null.std()
    assert one.null.mean() == pytest.approx((80 * 79 + 60 * 59) / (140 * 139), abs=0.01)
