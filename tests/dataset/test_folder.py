import numpy as np
import pytest
import torch
from PIL import Image
from torch import Generator

from mcgan.dataset.folder import Folder, warn_near_chance
from mcgan.dataset.pictures import find_pictures
from mcgan.dataset.trained_classifier import split_held_out
from mcgan.errors import UserError

COLOURS = {"blue": (30, 40, 220), "red": (220, 30, 40)}


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "mcgan" / "classifiers"


def paint(root, counts):
    """A folder of one-colour images, each a little different in shade and size."""
    for name, count in counts.items():
        (root / name).mkdir(parents=True)
        for i in range(count):
            shade = tuple(min(255, part + i % 7) for part in COLOURS[name])
            Image.new("RGB", (20 + i % 5, 24), shade).save(root / name / f"{i}.png")
    return root


def prepared(root, **settings):
    data = Folder(root=str(root), size=8, steps=40, **settings)
    data.prepare()
    return data


def test_classes_are_the_modes_and_shares_their_weights(tmp_path):
    data = prepared(paint(tmp_path / "data", {"blue": 60, "red": 20}))
    assert data.num_modes == 2 and data.shape == (3, 8, 8)
    assert data.weights.tolist() == [0.75, 0.25]
    x = data.draw(200, Generator().manual_seed(0))
    assert x.shape == (200, 3, 8, 8) and x.abs().max() <= 1
    assert torch.equal(x, data.draw(200, Generator().manual_seed(0)))
    red = x[:, 0].mean((1, 2)) > x[:, 2].mean((1, 2))
    assert torch.equal(data.recognise(x).mode, red.long())
    assert red.double().mean() == pytest.approx(0.25, abs=0.1)
    facts = data.facts()
    assert facts["classifier_accuracy"] == 1.0 and facts["classes"] == ["blue", "red"]


def test_classifier_is_kept_for_the_same_content_only(tmp_path, cache):
    root = paint(tmp_path / "data", {"blue": 25, "red": 25})
    first, again = prepared(root), prepared(root)
    assert first.facts() == again.facts() and len(list(cache.iterdir())) == 1
    Image.new("RGB", (16, 16), (200, 0, 0)).save(root / "red" / "new.png")
    prepared(root)
    assert len(list(cache.iterdir())) == 2


def test_the_ceiling_is_the_share_of_held_out_images_above_the_confidence(tmp_path):
    root = paint(tmp_path / "data", {"blue": 60, "red": 40})
    stored = prepared(root)
    assert stored.ceiling == stored.judge.confident
    held, kept = split_held_out(100)
    assert len(held) == 20 and sorted([*held.tolist(), *kept.tolist()]) == list(range(100))
    certainty = 1 - stored.recognise(stored.images[held].float() / 127.5 - 1).distance
    middle = certainty.sort().values[[9, 10]].mean().item()
    assert prepared(root, confidence=middle).ceiling == pytest.approx(0.5, abs=0.2)
    surer = prepared(root, confidence=certainty.max().item() + 1e-4).ceiling
    assert surer == 0


def test_grey_images(tmp_path):
    data = prepared(paint(tmp_path / "data", {"blue": 20, "red": 20}), channels=1)
    assert data.draw(3, Generator()).shape == (3, 1, 8, 8)


def test_too_few_images_in_a_class(tmp_path):
    root = paint(tmp_path / "data", {"blue": 30, "red": 3})
    with pytest.raises(UserError, match=r"'red'.*has 3 images"):
        prepared(root)


def test_one_class_is_no_choice_of_modes(tmp_path):
    with pytest.raises(UserError, match="at least two"):
        prepared(paint(tmp_path / "data", {"blue": 30}))


def test_no_folder_and_no_classes(tmp_path):
    with pytest.raises(UserError, match=r"dataset\.root"):
        prepared(tmp_path / "absent")
    with pytest.raises(UserError, match=r"dataset\.root"):
        prepared(tmp_path)


def test_unreadable_image(tmp_path):
    root = paint(tmp_path / "data", {"blue": 30, "red": 30})
    (root / "red" / "0.png").write_bytes(b"no picture")
    (root / "blue" / "3.png").write_bytes((root / "blue" / "4.png").read_bytes()[:50])
    with pytest.raises(UserError, match=r"^2 of 60 pictures cannot be read: ") as error:
        prepared(root)
    assert str(root / "red" / "0.png") in str(error.value) and "blue/3.png" in str(error.value)


@pytest.mark.parametrize(
    "setting",
    [
        {"channels": 2},
        {"size": 4},
        {"steps": 0},
        {"confidence": 0},
        {"split": "all"},
        {"background": "transparent"},
        {"white": 0},
    ],
)
def test_refuses_settings_out_of_range(setting):
    with pytest.raises(ValueError, match=next(iter(setting))):
        Folder(root="x", **setting)


def test_settings_of_the_reader(tmp_path):
    root = paint(tmp_path / "data", {"blue": 20, "red": 20})
    for number in range(20):
        Image.new("RGBA", (9, 9), (9, 9, 9, 0)).save(root / "blue" / f"{number}.png")
        dark = np.full((9, 9), 4095, np.uint16)
        Image.fromarray(dark).save(root / "red" / f"{number}.png")
    data = Folder(root=str(root), size=8, background="#ff0000", white=4095)
    images = data._read(find_pictures(root).paths)
    assert images[0].float().mean((1, 2)).tolist() == [255, 0, 0] and images[-1].min() == 255


def test_natural_order_of_modes_and_a_warning_near_chance(tmp_path, caplog):
    """Every class holds the same pictures, so that no classifier can name them."""
    root = tmp_path / "data"
    for name in ("class10", "class2"):
        paint(tmp_path / name, {"red": 20})
        (root / name).parent.mkdir(exist_ok=True)
        (tmp_path / name / "red").rename(root / name)
    data = prepared(root)
    assert data.facts()["classes"] == ["class2", "class10"] == data.classes
    assert data.judge.accuracy < 0.6
    assert "counts of modes mean little" in caplog.text
    caplog.clear()
    warn_near_chance(0.7, data.weights)
    assert not caplog.text
