"""Samples from outside: what is taken, what is refused, and in which unit they end."""

from dataclasses import dataclass

import numpy as np
import pytest
import torch
from torch import Generator, Tensor

from mcgan.dataset.base import ModalDataset, Recognition
from mcgan.dataset.data_units import net_units
from mcgan.dataset.ring import Ring
from mcgan.errors import UserError


@dataclass(eq=False)
class Pictures(ModalDataset):
    """Grey pictures of 2 by 2 pixels."""

    def __post_init__(self) -> None:
        self.shape, self.num_modes, self.weights = (1, 2, 2), 1, torch.ones(1).double()

    def draw(self, n: int, generator: Generator) -> Tensor:
        return torch.rand(n, 1, 2, 2, generator=generator) * 2 - 1

    def recognise(self, x: Tensor) -> Recognition:
        raise NotImplementedError


def test_vectors_are_divided_by_the_scale():
    ring = Ring(radius=5.0)
    x = torch.tensor([[5.0, 0.0], [0.0, 1.0]])
    torch.testing.assert_close(net_units(x, ring) * ring.scale, x)
    assert net_units(np.array([[5, 0]]), ring)[0, 0] == pytest.approx(5 / ring.scale)


WHOLE = np.arange(12.0).reshape(6, 2)


@pytest.mark.parametrize("same", [
    WHOLE, WHOLE.tolist(), WHOLE.astype(np.int32), WHOLE.astype(">f4"), WHOLE.astype(">i8"),
    np.asfortranarray(WHOLE), WHOLE[::-1].copy()[::-1],
    torch.tensor(WHOLE), torch.tensor(WHOLE).half(), [*WHOLE],
])  # fmt: skip
def test_numbers_of_every_kind_end_as_float32(same):
    """A dataset of the user's recognises float32, as `draw` gives it."""
    x = net_units(same, Ring())
    assert x.dtype == torch.float32
    torch.testing.assert_close(x * Ring().scale, torch.tensor(WHOLE).float())


def test_an_array_that_may_not_be_written_is_taken():
    fixed = WHOLE.copy()
    fixed.flags.writeable = False
    assert net_units(fixed, Ring()).shape == (6, 2)


def test_a_dataset_samples_in_data_units():
    ring = Ring(radius=5.0, std=0.001)
    x = ring.sample(50, seed=3)
    torch.testing.assert_close(x.norm(dim=1), torch.full((50,), 5.0), atol=0.01, rtol=0)
    torch.testing.assert_close(net_units(x, ring), ring.draw(50, Generator().manual_seed(3)))


def test_pictures_are_floats_or_bytes():
    x = torch.tensor([-1.0, 0.0, 0.5, 1.0]).view(1, 1, 2, 2)
    assert torch.equal(net_units(x, Pictures()), x)
    grey = np.array([[[[0, 255], [51, 204]]]], dtype=np.uint8)
    assert net_units(grey, Pictures()).flatten().tolist() == pytest.approx([-1, 1, -0.6, 0.6])


@pytest.mark.parametrize(("x", "message"), [
    (torch.rand(4, 1, 2, 2), r"which may mean \[0, 1\]: convert them by 2 \* x - 1"),
    (torch.rand(4, 1, 2, 2) * 255 - 2, "uint8 from 0 to 255; these are torch.float32 from"),
    (torch.randint(-1, 2, (4, 1, 2, 2)), "these are torch.int64 from -1 to 1: convert them"),
    (torch.rand(4, 2, 2, 1) * 2 - 1, r"Pictures have the shape \(n, 1, 2, 2\), not \(4, 2, 2, 1\)"),
])  # fmt: skip
def test_pictures_of_another_range_are_refused(x, message):
    with pytest.raises(UserError, match=message):
        net_units(x, Pictures())


@pytest.mark.parametrize(("x", "message"), [
    (torch.zeros(5, 3), r"samples of Ring have the shape \(n, 2\), not \(5, 3\): reshape"),
    (torch.zeros(2), r"have the shape \(n, 2\), not \(2,\)"),
    (torch.tensor(1.0), r"have the shape \(n, 2\), not \(\)"),
    (torch.zeros(0, 2), "there are no samples"),
    (torch.tensor([[1.0, float("nan")], [0, 0], [float("inf"), 1]]), "2 of 3 samples hold a NaN"),
    (torch.zeros(3, 2, dtype=torch.complex64), "must be real numbers, not torch.complex64"),
    (np.zeros((3, 2), dtype=bool), "must be real numbers, not torch.bool"),
    ([["a", "b"]], "must be an array of numbers, not list of dtype <U1"),
    ([[1.0], [1.0, 2.0]], r"not rows of several lengths \(1, 2\): give rows of one"),
    (np.zeros((3, 2), dtype=object), "must be an array of numbers, not ndarray of dtype object"),
    (None, "must be an array of numbers, not NoneType"),
    (torch.zeros(3, 2).to_sparse(), r"are a sparse tensor, torch.sparse_coo: give .*to_dense"),
])  # fmt: skip
def test_what_is_no_sample_is_refused(x, message):
    with pytest.raises(UserError, match=message) as caught:
        net_units(x, Ring())
    assert "\n" not in str(caught.value)
