"""Pictures without labels: groups found in them, and arrays of every layout."""

from functools import partial

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Generator

from mcgan.dataset.by_groups import ByGroups
from mcgan.dataset.images import Images
from mcgan.dataset.picture_arrays import to_bytes
from mcgan.errors import UserError
from mcgan.experiment.laws.dataset import laws_of
from mcgan.metrics.copies import share_of_copies
from small_files import paint_blocks

BLOCKS = paint_blocks(300, colours=3)  # (300, 8, 8, 3)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("images")
    np.save(folder / "x.npy", BLOCKS)
    np.save(folder / "kinds.npy", np.array(["left", "right", "low"])[np.arange(300) % 3])
    (folder / "files" / "deep").mkdir(parents=True)
    for number, x in enumerate(BLOCKS[:60]):
        place = folder / "files" / ("deep" if number % 2 else ".")
        Image.fromarray(x).save(place / f"{number}.png")
    return folder


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def prepared(folder, name="x.npy", **settings) -> Images:
    data = Images(root=str(folder / name), **{"groups": 3, "size": 8, **settings})
    data.prepare()
    return data


@pytest.fixture(scope="module")
def found(folder) -> Images:
    return prepared(folder)


def test_it_keeps_the_laws(folder):
    laws = laws_of(partial(prepared, folder))
    assert len(laws) == 8
    for law in laws.values():
        law()


def test_groups_are_the_kinds_of_pictures(found):
    kinds = torch.arange(300) % 3
    assert len(torch.stack([kinds, found.modes], 1).unique(dim=0)) == 3
    assert found.facts()["classes"] == ["group 1", "group 2", "group 3"]
    assert found.weights.tolist() == [1 / 3] * 3 and found.shape == (3, 8, 8)


def test_noise_and_broken_pictures_are_not_good_and_a_picture_per_group_is_seen(found):
    noise = torch.rand(50, 3, 8, 8, generator=Generator().manual_seed(0)) * 2 - 1
    broken = torch.full((1, 3, 8, 8), torch.nan)
    seen = found.recognise(torch.cat([noise, broken]))
    assert not seen.good.any() and not seen.distance[-1].isfinite()
    x = found.draw(300, Generator().manual_seed(0))
    seen = found.recognise(x)
    assert found.least_spread(x, seen) == pytest.approx(1, abs=0.1)
    album = torch.stack([x[seen.mode == mode][0] for mode in range(3)]).repeat(20, 1, 1, 1)
    assert found.least_spread(album, found.recognise(album)) < 0.01
    assert share_of_copies(album, found.recognise(album), found) == 1


def test_a_folder_is_searched_through(folder):
    data = prepared(folder, "files")
    assert len(data.images) == 60 and len(data.weights) == 3
    pictures = {picture.numpy().tobytes() for picture in data.images}
    assert pictures == {x.transpose(2, 0, 1).tobytes() for x in BLOCKS[:60]}


def test_labels_train_a_classifier(folder):
    data = prepared(folder, labels=str(folder / "kinds.npy"), steps=30)
    assert data.classes == ["left", "low", "right"]
    assert data.facts()["classifier_accuracy"] == 1.0
    x = torch.from_numpy(BLOCKS[:6].transpose(0, 3, 1, 2).copy()).float() / 127.5 - 1
    assert data.recognise(x).mode.tolist() == [0, 2, 1, 0, 2, 1]


def test_one_channel_of_colours_and_three_of_grey(folder, tmp_path):
    assert prepared(folder, channels=1).shape == (1, 8, 8)
    np.save(tmp_path / "grey.npy", BLOCKS[..., 0])
    assert prepared(tmp_path, "grey.npy").shape == (1, 8, 8)
    grey = prepared(tmp_path, "grey.npy", channels=3)
    assert grey.shape == (3, 8, 8) and torch.equal(grey.images[:, 0], grey.images[:, 2])


CHW = BLOCKS[:9].transpose(0, 3, 1, 2)


@pytest.mark.parametrize("same", [
    BLOCKS[:9], CHW, CHW / 127.5 - 1, (BLOCKS[:9] / 127.5 - 1).astype(np.float32),
    CHW.astype(">f8") / 127.5 - 1, np.asfortranarray(CHW),
])  # fmt: skip
def test_arrays_of_every_layout_are_the_same_bytes(same):
    assert np.array_equal(to_bytes(same, 8, None, "x"), CHW)


def test_pictures_are_scaled_and_cropped():
    wide = np.zeros((2, 16, 32))
    wide[:, :, 8:24] = 200
    square = to_bytes(wide.astype(np.uint8), 8, None, "x")
    assert square.shape == (2, 1, 8, 8) and (square[..., 1:-1] == 200).all()


@pytest.mark.parametrize(("array", "message"), [
    (np.zeros((30, 64)), r"holds vectors \(30, 64\): choose dataset=array"),
    (np.zeros(30), "must hold pictures"),
    (np.zeros((0, 8, 8)), "must hold pictures"),
    (np.zeros((30, 4, 8, 8), np.uint8), "neither 1 nor 3 channels"),
    (np.random.default_rng(0).random((30, 8, 8)), r"which may mean \[0, 1\]"),
    (np.full((30, 8, 8), np.nan), "holds a NaN"),
    (np.zeros((30, 8, 8), np.uint8), r"dataset.groups=3: the data have 1 different example"),
])  # fmt: skip
def test_what_are_no_pictures_is_refused_in_a_line(tmp_path, array, message):
    np.save(tmp_path / "x.npy", array)
    with pytest.raises(UserError, match=message) as error:
        prepared(tmp_path)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("setting", [{"size": 4}, {"channels": 2}, {"groups": 0}, {"steps": 0}])
def test_refuses_settings_out_of_range(setting):
    with pytest.raises(ValueError, match=next(iter(setting))):
        Images(root="x", **setting)


def test_flat_pictures_have_few_axes():
    """Round-off is no axis, and less than a grey level outside of all axes is no fault."""
    flat = torch.arange(0, 250, dtype=torch.uint8)[:, None, None, None].expand(-1, 3, 8, 8)
    recogniser, _ = ByGroups.fit(flat.contiguous(), 2)
    assert recogniser.axes.shape == (192, 1)
    near = torch.full((1, 3, 8, 8), 0.5) + 0.005 * torch.randn(1, 3, 8, 8)
    assert recogniser.recognise(near).good.all()
