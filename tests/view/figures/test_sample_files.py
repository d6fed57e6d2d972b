"""Files of samples: what they hold, and what they are refused for."""

import numpy as np
import pytest
import torch
from PIL import Image

import mcgan
from mcgan.errors import UserError
from mcgan.view.figures import sample_files
from mcgan.view.figures.sample_files import SampleFile, write_samples

VECTORS = SampleFile(
    torch.tensor([[0.25, -1.0], [3.0, 1e-7]]),
    lambda: mcgan.build_dataset("ring"),
    None,
    "Ring, step 20",
)
LEVELS = torch.tensor([0, 1, 127, 254, 255]).reshape(5, 1, 1, 1).expand(5, 3, 4, 6)
PICTURES = SampleFile(LEVELS / 127.5 - 1, lambda: pytest.fail("the data are read"), None, "")


def test_arrays_are_in_data_units(tmp_path):
    write_samples(tmp_path / "a.npy", VECTORS)
    write_samples(tmp_path / "a.npz", VECTORS)
    assert np.array_equal(np.load(tmp_path / "a.npy"), VECTORS.x)
    with np.load(tmp_path / "a.npz") as file:
        assert np.array_equal(file["samples"], VECTORS.x)


def test_a_table_has_a_line_for_each_vector(tmp_path):
    write_samples(tmp_path / "a.csv", VECTORS)
    head, *lines = (tmp_path / "a.csv").read_text().splitlines()
    assert head == "x1,x2"
    again = np.array([[float(cell) for cell in line.split(",")] for line in lines])
    assert np.array_equal(again.astype(np.float32), VECTORS.x)


def test_the_picture_of_vectors_judges_no_modes(tmp_path, monkeypatch):
    from mcgan.view.figures import style

    figures = []
    draw = style.png
    monkeypatch.setattr(style, "png", lambda figure: figures.append(figure) or draw(figure))
    write_samples(tmp_path / "a.png", VECTORS)
    [figure] = figures
    words = [text.get_text() for text in figure.texts]
    assert words == ["Ring, step 20", "2 samples; `mcgan evaluate` judges modes, by enough of them"]
    labels = [text.get_text() for text in figure.legends[0].get_texts()]
    assert labels == ["high quality", "other", "target"]


@pytest.mark.parametrize("channels", [1, 3])
def test_a_folder_has_pictures_at_data_size(tmp_path, channels):
    write_samples(tmp_path / "x", PICTURES._replace(x=PICTURES.x[:, :channels]))
    files = sorted((tmp_path / "x").iterdir())
    assert [path.name for path in files] == [f"00{i}.png" for i in range(5)]
    for path, level in zip(files, (0, 1, 127, 254, 255), strict=True):
        with Image.open(path) as picture:
            assert picture.size == (6, 4) and picture.mode == {1: "L", 3: "RGB"}[channels]
            assert np.unique(np.array(picture)).tolist() == [level]
    assert [*tmp_path.iterdir()] == [tmp_path / "x"]


def test_names_have_as_many_digits_as_the_last(tmp_path):
    write_samples(tmp_path, PICTURES._replace(x=torch.zeros(1001, 1, 1, 1)))
    names = sorted(path.name for path in tmp_path.iterdir())
    assert (names[0], names[-1], len(names)) == ("0000.png", "1000.png", 1001)


def test_a_folder_with_files_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(UserError, match="is not empty, and its files would mix"):
        write_samples(tmp_path, PICTURES)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_folder_is_there_whole_or_not_at_all(tmp_path, monkeypatch):
    def full(*given: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(sample_files, "fill", full)
    with pytest.raises(UserError, match=r"cannot write .*: no space left on device"):
        write_samples(tmp_path / "x", PICTURES)
    assert not [*tmp_path.iterdir()]


def test_a_path_is_a_row_of_the_sheet(tmp_path):
    write_samples(tmp_path / "a.png", PICTURES._replace(x=PICTURES.x[:4], path=2))
    larger = 64 // 6
    with Image.open(tmp_path / "a.png") as sheet:
        dots = np.array(sheet)
    assert dots.shape == ((4 + 2 + 4) * larger, (6 + 2 + 6) * larger, 3)
    corners = dots[[0, 0, -1, -1], [0, -1, 0, -1], 0]
    assert corners.tolist() == [0, 1, 127, 254]


@pytest.mark.parametrize(
    ("name", "samples", "words"),
    [
        ("a.csv", PICTURES, "a .csv is for vectors, and these are pictures"),
        ("a", VECTORS, "a folder is for pictures, and these are vectors"),
    ],
)
def test_another_kind_of_data_is_a_sentence(tmp_path, name, samples, words):
    with pytest.raises(UserError, match=words):
        write_samples(tmp_path / name, samples)
    assert not [*tmp_path.iterdir()]
