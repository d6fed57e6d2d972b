"""The animation: frames that move, small enough for a page."""

import io

import pytest
from PIL import Image

from mcgan.explain import ring


def frames(picture) -> Image.Image:
    return Image.open(io.BytesIO(picture.data))


def test_frames_follow_the_training(monkeypatch):
    monkeypatch.setattr(ring, "STEPS", 4)
    monkeypatch.setattr(ring, "EVERY", 2)
    monkeypatch.setattr(ring, "NETS", (*ring.NETS, "arch.width=16"))
    picture = ring.draw(0)
    shown = frames(picture)
    assert picture.suffix == "gif" and shown.n_frames == 3
    assert shown.info["loop"] == 0  # for ever


@pytest.mark.slow
def test_one_side_collapses_and_the_other_covers():
    collapsed, cured = (ring.film(words, 0)[1] for words in ring.SIDES.values())
    late = [frame.scores for frame in collapsed[len(collapsed) // 2:]]
    assert max(scores["modes_strict"] for scores in late) <= 4
    assert cured[-1].scores["modes_strict"] == 8
