"""Where examples are drawn. Tensors of a GPU are stood for by torch's fake ones, without numbers:
mixing them with tensors of the CPU is an error there as it is on a GPU."""

from dataclasses import dataclass

import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.profiler import ProfilerActivity, profile

from mcgan.dataset import on_device
from mcgan.dataset.array import Array
from mcgan.dataset.base import ModalDataset
from mcgan.dataset.images import Images
from mcgan.dataset.mixture import Mixture
from mcgan.dataset.on_device import copy_draws, take_rows
from mcgan.dataset.points import LabelledPoints
from mcgan.dataset.ring import Ring
from mcgan.dataset.stacked_mnist import StackedMNIST


class OnCuda(torch.Generator):
    """A generator of the CPU that calls itself one of a GPU."""

    device = torch.device("cuda")


def bare(kind: type[ModalDataset], **tensors: torch.Tensor | None) -> ModalDataset:
    """A dataset with nothing but what its draws are taken from."""
    made = kind.__new__(kind)
    vars(made).update(tensors)
    return made


class Points(LabelledPoints):
    def load(self):
        raise NotImplementedError


PICTURES = torch.zeros(7, 3, 8, 8, dtype=torch.uint8)
OURS = {
    "ring": Ring(),
    "uneven mixture": Mixture(imbalance=4.0),
    "fixed ring": Ring(fixed_size=20),
    "array": bare(Array, rows=torch.zeros(7, 3)),
    "points": bare(Points, points=torch.zeros(7, 3)),
    "pictures": bare(Images, images=PICTURES),
    "triples": bare(StackedMNIST, single=PICTURES[:, 0], fixed=None),
    "fixed triples": bare(
        StackedMNIST, single=PICTURES[:, 0], fixed=torch.zeros(4, 3, dtype=torch.int64)
    ),
}


@dataclass(eq=False)
class Own(Ring):
    """Somebody's own, which knows the CPU alone."""

    def draw(self, n, generator):
        return torch.rand(n, 2, generator=generator)


def drawn_there(data: ModalDataset) -> torch.Tensor:
    with FakeTensorMode(allow_non_fake_inputs=True):
        return data.draws_on("cuda")(5, OnCuda().manual_seed(3))


@pytest.mark.parametrize("name", OURS)
def test_our_data_are_drawn_from_what_lies_on_the_gpu(name, monkeypatch):
    monkeypatch.setattr(on_device, "copy_draws", None)  # no way round by the CPU
    x = drawn_there(OURS[name])
    assert x.device.type == "cuda" and x.dtype == torch.float32
    assert x.shape == OURS[name].draw(5, torch.Generator()).shape


@pytest.mark.parametrize("name", OURS)
def test_the_cpu_draws_by_the_dataset_itself(name):
    data = OURS[name]
    assert data.draws_on("cpu") == data.draws_on("mps") == data.draw


def test_a_draw_of_somebodys_own_is_copied(monkeypatch):
    assert drawn_there(Own()).device.type == "cuda"
    monkeypatch.setattr(on_device, "copy_draws", None)
    with pytest.raises(TypeError):
        drawn_there(Own())


def test_what_is_copied_are_the_numbers_of_the_seed():
    x = copy_draws(Own().draw)(5, torch.Generator().manual_seed(3))
    assert torch.equal(x, Own().draw(5, torch.Generator().manual_seed(3)))


def test_pictures_that_do_not_fit_stay_on_the_cpu(monkeypatch):
    data = bare(Images, images=PICTURES)
    monkeypatch.setattr(on_device, "free_on_gpu", lambda device: 2 * PICTURES.nbytes - 1)
    monkeypatch.setattr(on_device, "copy_draws", lambda draw: draw)
    assert data.draws_on("cuda") == data.draw
    monkeypatch.setattr(on_device, "free_on_gpu", lambda device: 2 * PICTURES.nbytes)
    assert drawn_there(bare(Images, images=PICTURES)).device.type == "cuda"


@pytest.mark.parametrize("shape", [(5,), (0,), (4, 3)], ids=str)
def test_rows_are_taken_as_an_index_takes_them_without_one(shape):
    """torch's index copies bytes one by one: of pictures it takes twenty times as long."""
    table = torch.arange(7 * 6, dtype=torch.uint8).reshape(7, 2, 3)
    rows = torch.randint(7, shape, generator=torch.Generator().manual_seed(0))
    with profile(activities=[ProfilerActivity.CPU]) as seen:
        found = take_rows(table, rows)
    assert torch.equal(found, table[rows])
    assert "aten::index" not in {event.name for event in seen.events()}
