"""Fashion-MNIST, single and stacked: on the real files where they are found."""

import pytest
import torch
from torch import Generator

from mcgan.dataset import idx_files
from mcgan.dataset.fashion_mnist import FashionMNIST
from mcgan.dataset.stacked_fashion import StackedFashion
from mcgan.errors import UserError
from mcgan.system.places import data_folder
from small_files import write_idx

needs_files = pytest.mark.skipif(
    idx_files.find(idx_files.FASHION, data_folder(None), train=False) is None,
    reason="no Fashion-MNIST files: set MCGAN_DATA to the folder that has them",
)


def seeded(seed: int = 0) -> Generator:
    return Generator().manual_seed(seed)


@pytest.fixture
def tiny(tmp_path):
    write_idx(tmp_path / "FashionMNIST" / "raw", n=40, zipped=True)
    return str(tmp_path)


@pytest.mark.parametrize("size", [28, 32])
def test_pictures_are_those_of_the_files(tiny, size):
    data = FashionMNIST(root=tiny, size=size)
    data.prepare()
    x, margin = data.draw(30, seeded()), (size - 28) // 2
    assert x.shape == (30, 1, size, size) and x.min() == -1 and x.max() <= 1
    images, _ = idx_files.read(idx_files.FASHION, tiny, True, False)
    pool = {image.numpy().tobytes() for image in images}
    inner = x[:, 0, margin : size - margin, margin : size - margin]
    grey = ((inner + 1) * 127.5).round().to(torch.uint8)
    assert all(image.contiguous().numpy().tobytes() in pool for image in grey)
    assert data.weights.tolist() == pytest.approx([0.1] * 10)
    assert data.facts()["classes"][0] == "T-shirt" and data.recognise(x).mode.shape == (30,)


def test_stacked_pictures_are_triples_of_the_files(tiny):
    data = StackedFashion(root=tiny)
    data.prepare()
    assert data.draw(5, seeded()).shape == (5, 3, 28, 28) and data.num_modes == 1000
    assert data.weights.sum().item() == pytest.approx(1)
    assert data.factors == ("red garment", "green garment", "blue garment")


@pytest.mark.parametrize("kind", [FashionMNIST, StackedFashion])
def test_missing_files_name_the_package(kind, tmp_path, monkeypatch):
    nowhere = kind_of_source(tmp_path)
    monkeypatch.setattr("mcgan.dataset.fashion_mnist.FASHION", nowhere)
    monkeypatch.setattr(StackedFashion, "source", nowhere)
    with pytest.raises(UserError, match=r"no FashionMNIST files.*dataset-fashion-mnist"):
        kind(root=str(tmp_path)).prepare()


def kind_of_source(folder) -> idx_files.Source:
    return idx_files.FASHION._replace(installed=folder / "absent")


@needs_files
def test_modes_of_real_pictures_are_their_labels():
    data = FashionMNIST(split="test", size=32)
    data.prepare()
    rows = torch.randint(len(data.images), (1000,), generator=seeded())
    seen = data.recognise(data.draw(1000, seeded()))
    assert (seen.mode == data.modes[rows]).double().mean() > 0.87
    assert seen.good.double().mean() == pytest.approx(data.ceiling, abs=0.04)
    noise = torch.rand(200, 1, 32, 32, generator=seeded()) * 2 - 1
    assert data.recognise(noise).good.double().mean() < 0.05


@needs_files
def test_modes_of_real_triples_are_their_labels():
    data = StackedFashion(split="test")
    data.prepare()
    rows = data._triples(500, seeded())
    seen = data.recognise(data.draw(500, seeded()))
    labels = data.labels[rows] @ torch.tensor([100, 10, 1])
    assert (seen.mode == labels).double().mean() > 0.65
    assert seen.good.double().mean() == pytest.approx(data.ceiling, abs=0.06)
