"""Folders of pictures: real files of several sizes and kinds, and some that cannot be read."""

import numpy as np
import pytest
from PIL import Image

from mcgan.errors import UserError
from mcgan.judging.picture_folder import LARGEST_SIDE, open_folder

BYTES = np.random.default_rng(0)


def draw(path, height, width, channels=3):
    path.parent.mkdir(parents=True, exist_ok=True)
    shape = (height, width, channels)[: 2 if channels == 1 else 3]
    Image.fromarray(BYTES.integers(0, 256, shape, dtype=np.uint8)).save(path)


def read(root, progress=None):
    raw = open_folder(root, progress)
    return raw, raw.take(np.arange(raw.count))


def test_sizes_colours_and_classes_of_a_mixed_folder(tmp_path):
    for number in range(4):
        draw(tmp_path / "cats" / f"{number}.png", 12, 20)
    draw(tmp_path / "dogs" / "old" / "grey.jpg", 40, 40, channels=1)
    draw(tmp_path / "dogs" / "alpha.png", 12, 12, channels=4)
    (tmp_path / "dogs" / "broken.png").write_bytes(b"\x89PNG")
    (tmp_path / "notes.txt").write_text("x")
    frames = [Image.new("L", (8, 8), value) for value in (0, 200)]
    frames[0].save(tmp_path / "cats" / "moves.gif", save_all=True, append_images=frames[1:])
    told = []
    raw, taken = read(tmp_path, lambda *words: told.append(words))
    assert taken.rows.shape == (6, 3, 12, 12) and taken.rows.dtype == np.uint8
    assert [*taken.labels] == ["cats"] * 4 + ["dogs"] * 2
    assert raw.count == 8 and taken.kept.tolist() == [0, 1, 2, 3, 5, 7]
    assert raw.notes[0] == "pictures of 4 sizes are brought to 12 × 12"
    assert ".txt" in raw.notes[1] and told[-1] == (f"reading {tmp_path}", 8, 8)
    [note] = taken.notes
    assert note.startswith("2 of 8 pictures cannot be read: ") and note.endswith("are left out")
    assert "broken.png" in note and "moves.gif: it is animated" in note


def test_grey_pictures_have_one_channel_however_they_are_stored(tmp_path):
    draw(tmp_path / "a.png", 8, 8, channels=1)
    Image.open(tmp_path / "a.png").convert("RGB").save(tmp_path / "b.png")
    raw, taken = read(tmp_path)
    assert taken.rows.shape == (2, 1, 8, 8) and (taken.rows[0] == taken.rows[1]).all()
    assert taken.labels is None and raw.notes == []


def test_classes_lie_below_the_splits(tmp_path):
    for split in ("train", "test"):
        draw(tmp_path / split / "cats" / "a.png", 8, 8)
        draw(tmp_path / split / "dogs" / "old" / "a.png", 8, 8)
    raw, taken = read(tmp_path)
    assert [*taken.labels] == ["cats", "dogs", "cats", "dogs"]
    assert raw.notes == [
        "the pictures of test and train are read together: give one folder for one alone"
    ]
    raw, taken = read(tmp_path / "test")
    assert [*taken.labels] == ["cats", "dogs"] and raw.notes == []


def test_large_pictures_are_scaled_down(tmp_path):
    draw(tmp_path / "a.png", 2 * LARGEST_SIDE, 2 * LARGEST_SIDE)
    raw, taken = read(tmp_path)
    assert taken.rows.shape[2:] == (LARGEST_SIDE, LARGEST_SIDE)
    assert raw.notes == ["pictures of 512 × 512 are brought to 256 × 256"]


def test_a_folder_without_pictures(tmp_path):
    (tmp_path / "x.txt").write_text("x")
    with pytest.raises(UserError, match=r"has no pictures \(.*\.txt.*\): give a folder"):
        open_folder(tmp_path)


def test_a_folder_where_none_can_be_read(tmp_path):
    (tmp_path / "x.png").write_bytes(b"x")
    with pytest.raises(UserError, match=r"no picture in .* can be read: 1 of 1 .*x.png"):
        read(tmp_path)
