"""The spread inside groups: which directions a change of samples keeps."""

import pytest
import torch
from torch import Tensor

from mcgan.judging.groups import find_centres
from mcgan.judging.variety import compare_spread, find_directions

DIM = 24
SIZES = torch.linspace(1, 0.2, DIM).double()  # of the data, from coarse to fine directions


def points(n: int, seed: int, dim: int = DIM) -> tuple[Tensor, Tensor]:
    """Two modes far apart, and what of each row is inside its mode, (n, d) each."""
    generator = torch.Generator().manual_seed(seed)
    inside = torch.randn(n, dim, generator=generator).double() * SIZES[:dim]
    side = torch.rand(n, 1, generator=generator).round().double()
    return 20 * side, inside


def compare(change: Tensor, noise: float = 0.0, dim: int = DIM) -> dict[str, float]:
    """Of samples whose insides are multiplied by the change (d,), beside real rows."""
    middle, inside = points(800, 0, dim)
    real, generator = middle + inside, torch.Generator().manual_seed(0)
    directions = find_directions(real, generator)
    axes = real @ directions.axes
    centres = find_centres(axes[:, : directions.main].contiguous(), 2, generator)
    middle, inside = points(800, 1, dim)
    hiss = noise * torch.randn(inside.shape, generator=generator).double()
    return compare_spread(
        (middle + inside * change + hiss) @ directions.axes, axes, centres, directions
    )


def test_blocks_are_all_directions_from_coarse_to_fine():
    middle, inside = points(800, 0)
    found = find_directions(middle + inside, torch.Generator().manual_seed(0))
    assert sum(found.sizes) == found.axes.shape[1] == DIM and len(found.sizes) == 4
    assert found.sizes[0] < found.sizes[-1] and found.main == max(8, sum(found.sizes[:2]))
    variance = (inside @ found.axes).var(0)
    assert variance[0] > 4 * variance[-1]


def test_few_rows_tell_few_directions_and_few_directions_are_one_block():
    middle, inside = points(100, 0)
    few = find_directions(middle + inside, torch.Generator().manual_seed(0))
    assert few.axes.shape[1] == sum(few.sizes) == 10
    middle, inside = points(800, 0, dim=2)
    assert find_directions(middle + inside, torch.Generator().manual_seed(0)).sizes == [2]


def test_samples_of_the_same_law_are_as_wide():
    assert compare(torch.ones(DIM).double()) == pytest.approx({"spread": 1, "kept": 1}, abs=0.07)


@pytest.mark.parametrize(
    ("change", "noise", "spread", "kept"),
    [
        (torch.full((DIM,), 0.5), 0.0, 0.5, 0.5),  # narrowed: nothing is kept
        (torch.linspace(1, 0, DIM), 0.0, 0.8, 0.9),  # blur: the coarse directions
        (torch.full((DIM,), 0.5), 0.35, 0.6, 1.0),  # noise and less contrast: the fine ones
    ],
)
def test_what_blur_and_noise_keep_is_lost_by_narrowed_samples(change, noise, spread, kept):
    found = compare(change.double(), noise)
    assert found["spread"] == pytest.approx(spread, abs=0.1)
    assert found["kept"] == pytest.approx(kept, abs=0.12)


def test_a_line_through_each_mode_of_the_plane_keeps_less():
    assert compare(torch.tensor([1.0, 0.0]).double(), dim=2)["kept"] < 0.8
