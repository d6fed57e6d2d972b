"""Two sources prepared for the measures, from real files to features."""

import numpy as np
import pytest
import torch
from PIL import Image

from mcgan.errors import UserError
from mcgan.judging.pairs import prepare

GENERATOR = np.random.default_rng(0)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder of real digits-like pictures in two classes, one of fakes, and an array."""
    root = tmp_path_factory.mktemp("pair")
    for number in range(30):
        for name, level in (("dark", 60), ("light", 200)):
            draw(root / "real" / name / f"{number}.png", level)
        draw(root / "fakes" / f"{number}.png", 60)
    (root / "fakes" / "broken.png").write_bytes(b"")
    (root / "empty").mkdir()
    return root


def draw(path, level):
    path.parent.mkdir(parents=True, exist_ok=True)
    values = GENERATOR.normal(level, 20, (12, 12))
    Image.fromarray(np.minimum(np.maximum(values, 0), 255).astype(np.uint8)).save(path)


def test_folders_of_pictures_with_classes(place):
    pair = prepare(place / "fakes", place / "real", labels="folders")
    assert pair.fakes.shape == (30, pair.real.shape[1]) and pair.real.dtype == np.float32
    assert pair.classes == ("dark", "light") and not pair.labels[0].any()
    assert pair.labels[1].sum() == 30 and len(pair.real_samples) == 60
    assert "small and grey" in pair.reason
    assert any("broken.png" in note for note in pair.notes)
    assert any("have no labels: each gets the class" in note for note in pair.notes)


def test_the_same_pictures_as_an_array_are_the_same_features(place):
    whole = prepare(place / "fakes", place / "real")
    array = whole.fake_samples.rows[:, 0] / np.float32(127.5) - 1
    pair = prepare(array, place / "real", labels=np.arange(60) % 2, heldout=place / "real")
    assert pair.fakes == pytest.approx(whole.fakes, abs=1e-4)
    assert (pair.heldout == pair.real).all() and whole.heldout is None and whole.labels is None


def test_a_function_is_asked_for_as_many_as_there_are_real_samples():
    asked = []

    def sample(n):
        asked.append(n)
        return torch.randn(n, 2)

    pair = prepare(sample, np.zeros((37, 2)) + np.arange(37)[:, None])
    assert asked == [37] and pair.fakes.shape == (37, 2)
    prepare(sample, np.random.default_rng(0).normal(size=(50, 2)), n=20)
    assert asked == [37, 20]


def test_tables_with_a_column_of_classes(tmp_path):
    (tmp_path / "real.csv").write_text("age,job,class\n" + "30,cook,a\n40,,b\n" * 20)
    (tmp_path / "fakes.csv").write_text("job,age,class\n" + "cook,33,a\n" * 20)
    pair = prepare(tmp_path / "fakes.csv", str(tmp_path / "real.csv"), labels="class")
    assert pair.real.shape == (40, 3) and pair.classes == ("a", "b")
    assert not pair.labels[0].any() and pair.labels[1].sum() == 20
    assert any(
        "column job: 0 values of the fakes and 20 of the real" in note for note in pair.notes
    )


def test_constant_columns_and_the_same_content_are_said():
    rows = np.hstack([GENERATOR.normal(size=(20, 2)), np.ones((20, 1))])
    pair = prepare(rows.copy(), rows)
    assert pair.real.shape == (20, 2)
    assert "column 2 is constant on both sides, and left out" in pair.notes
    assert any("hold the same samples, to the byte" in note for note in pair.notes)


@pytest.mark.parametrize(
    ("fakes", "real", "told"),
    [
        ("empty", "real", "empty has no pictures: give a folder with"),
        (np.zeros((5, 2)), np.zeros((5, 3)), "vectors of 2 numbers, ndarray of 5×3 vectors of 3"),
        (np.zeros((5, 2)), "real", "vectors of 2 numbers and .*real pictures of 12×12"),
        ([[0.0, np.nan]] * 3, np.zeros((5, 2)), "list: 3 of 3 rows hold NaN"),
        (np.zeros((1, 2)), np.zeros((5, 2)), "has 1 sample: at least 2"),
        (np.ones((5, 2)), np.ones((5, 2)), "there is nothing to compare"),
    ],
)
def test_mistakes_are_one_sentence(place, fakes, real, told):
    sides = [place / side if isinstance(side, str) else side for side in (fakes, real)]
    with pytest.raises(UserError, match=told) as caught:
        prepare(*sides)
    assert "\n" not in str(caught.value)
