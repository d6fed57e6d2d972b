"""Folders of pictures as one mapped file, made once for a content."""

import os

import numpy as np
import pytest
from PIL import Image

from mcgan.dataset import picture_cache
from mcgan.dataset.picture_cache import read_folder
from mcgan.errors import UserError
from small_files import paint_blocks


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "mcgan" / "pictures"


@pytest.fixture
def root(tmp_path):
    (tmp_path / "root").mkdir()
    for number, x in enumerate(paint_blocks(12)):
        Image.fromarray(x).save(tmp_path / "root" / f"{number}.png")
    return tmp_path / "root"


def test_pictures_are_mapped_and_decoded_once(root, cache, monkeypatch):
    images = read_folder(root, 8, 3)
    assert np.array_equal(images, paint_blocks(12).transpose(0, 3, 1, 2))
    monkeypatch.setattr(picture_cache, "read_picture", None)
    assert np.array_equal(read_folder(root, 8, 3), images)
    [file] = cache.iterdir()
    assert os.path.getsize(file) < 12 * 8 * 8 * 3 + 200


def test_another_content_size_or_colour_is_another_file(root, cache):
    read_folder(root, 8, 3)
    assert read_folder(root, 16, 1).shape == (12, 1, 16, 16)
    Image.new("RGB", (8, 8)).save(root / "3.png")
    assert not read_folder(root, 8, 3)[3].any()
    assert len([*cache.iterdir()]) == 3


def test_what_is_drawn_changes_no_file(root, cache):
    read_folder(root, 8, 3).zero_()
    assert read_folder(root, 8, 3).any()


@pytest.mark.parametrize("left", [b"", b"\x93NUMPY", None])
def test_a_damaged_cache_is_made_anew(root, cache, left):
    images = read_folder(root, 8, 3).clone()
    [file] = cache.iterdir()
    file.write_bytes(file.read_bytes()[:-5] if left is None else left)
    assert np.array_equal(read_folder(root, 8, 3), images)


def test_pictures_that_cannot_be_read_are_named_and_nothing_is_left(root, cache):
    (root / "3.png").write_bytes(b"no picture")
    (root / "5.png").write_bytes(b"")
    with pytest.raises(UserError, match=r"2 of 12 pictures cannot be read.*3\.png.*5\.png"):
        read_folder(root, 8, 3)
    assert [*cache.iterdir()] == []


def test_a_folder_without_pictures_says_what_it_holds(tmp_path, cache):
    (tmp_path / "notes.txt").write_text("none")
    with pytest.raises(UserError, match=r"has no pictures \(left out: \.txt files \(1\)\)"):
        read_folder(tmp_path, 8, 3)


def test_a_cache_that_cannot_be_written_names_the_way_out(root, cache):
    cache.parent.parent.mkdir()
    cache.parent.write_text("a file in the way")
    with pytest.raises(UserError, match="XDG_CACHE_HOME"):
        read_folder(root, 8, 3)
