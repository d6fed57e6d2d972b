"""The animation: frames that move, small enough for a page."""

import io

import pytest
from PIL import Image

from mcgan.config.compose import compose
from mcgan.explain import ring


def frames(picture) -> Image.Image:
    return Image.open(io.BytesIO(picture.data))


def test_frames_follow_the_training(monkeypatch):
    small = ("arch.width=16", "train.compile=false", "train.steps=4")
    monkeypatch.setattr(ring, "FRAMES", 2)
    monkeypatch.setattr(ring, "COMMON", (*ring.COMMON, *small))
    picture = ring.draw(0)
    shown = frames(picture)
    assert picture.suffix == "gif" and shown.n_frames == 3
    assert shown.info["loop"] == 0  # for ever


def test_each_side_is_the_command_that_its_title_shows(monkeypatch):
    monkeypatch.setattr(ring, "COMMON", (*ring.COMMON, "train.compile=false", "train.steps=1"))
    left, right = (ring.film(words, 0)[0].config for words in ring.SIDES)
    typed = compose("objective=wgan_gp", "reg=minibatch").config
    for part in ("arch", "optim", "objective", "reg"):
        assert right[part] == typed[part], part
    assert right["train"]["batch_size"] == typed["train"]["batch_size"]
    assert left["optim"] == compose("experiment=collapse").config["optim"]


@pytest.mark.slow
def test_one_side_collapses_onto_a_mode_and_the_other_covers():
    collapsed, cured = (ring.film(words, 0)[1] for words in ring.SIDES)
    late = [frame.scores for frame in collapsed[-5:]]
    assert all(scores["modes_covered"] <= 1 for scores in late)
    assert max(scores["quality"] for scores in late) > 0.9  # on a mode: it has arrived
    assert cured[-1].scores["modes_strict"] == 8
