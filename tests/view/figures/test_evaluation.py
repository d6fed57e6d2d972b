"""Pictures: they show what they say, in bounded time, and leave nothing open."""

import io
import time
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from matplotlib.text import Text
from PIL import Image

from mcgan.dataset.mixture import Mixture
from mcgan.dataset.ring import Ring
from mcgan.view.figures import evaluation
from mcgan.view.figures.histogram import least, mode_histogram
from mcgan.view.figures.image_grid import tile
from mcgan.view.figures.plane import plane_of
from mcgan.view.figures.scatter import samples_over_density
from mcgan.view.figures.style import png

RING = Ring(std=0.05)


def pixels(figure: Any) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png(figure))).convert("RGB"))


def tinted(image: np.ndarray) -> tuple[int, int]:
    """Pixels that are rather blue, and rather vermillion."""
    redder = image[..., 0].astype(int) - image[..., 2]
    return int((redder < -60).sum()), int((redder > 60).sum())


def drawn(dataset: Any, replicas: int, n: int = 500) -> torch.Tensor:
    return torch.stack([dataset.draw(n, torch.Generator().manual_seed(i)) for i in range(replicas)])


@pytest.mark.parametrize("replicas", [1, 3, 20])
def test_evaluation_pictures_of_vectors(replicas: int) -> None:
    values = {"modes_covered": [8.0] * replicas, "modes_strict": [7.0] * replicas,
              "quality": [0.98, *[None] * (replicas - 1)]}  # fmt: skip
    reference = {"perfect": {"modes_covered": 8.0, "modes_strict": 8.0, "quality": 0.989}}
    made = evaluation.pictures(drawn(RING, replicas), RING, step=1200, seeds=range(replicas),
                            values=values, reference=reference)  # fmt: skip
    assert list(made) == ["samples", "modes"]
    for figure in made.values():
        words = [text.get_text() for text in figure.findobj(Text)]
        assert "Ring, step 1,200" in words
        assert any(
            "A perfect sampler: covered 8/8, strict 8 · quality 98.9 %" in word for word in words
        )
        assert pixels(figure).std() > 10
    heads = [text.get_text() for text in made["samples"].axes[0].texts]
    assert heads[0] == "seed 0 · covered 8/8, strict 7 · quality 98.0 %" and len(heads) == min(
        replicas, 16
    )
    assert not plt.get_fignums()


def test_colours_tell_good_from_bad_and_missed() -> None:
    good = drawn(RING, 1)[:, :400]
    bad = good + 0.35
    counts = torch.full((1, 8), 50)
    blue, red = tinted(pixels(samples_over_density(good, RING, counts)))
    assert blue > 10 * red > 0  # the legend has both
    blue, red = tinted(pixels(samples_over_density(bad, RING, counts)))
    assert red > 10 * blue > 0


def test_missed_modes_are_ringed_where_they_are() -> None:
    counts = torch.full((2, 8), 50)
    counts[1, :3] = 0
    figure = samples_over_density(drawn(RING, 2), RING, counts)
    rings = figure.axes[0].lines[-1].get_xydata()
    plane = plane_of(RING)
    right = np.array([1 + 0.07, 0.0])  # the second panel's corner
    assert np.allclose(rings, plane.unit(plane.centres[:3]) + right, atol=1e-6)


def test_the_frame_is_the_datasets_not_the_samples() -> None:
    plane = plane_of(RING)
    assert np.array_equal(plane.low, plane_of(RING).low)
    assert (plane.low < -1.2).all() and (plane.high > 1.2).all()  # data units: radius 1
    angle = np.arange(8) * np.pi / 4
    centres = np.stack([np.cos(angle), np.sin(angle)], 1)
    assert np.abs(plane.centres - centres).max() < 0.01
    far = pixels(samples_over_density(drawn(RING, 1) * 100, RING, torch.full((1, 8), 1)))
    near_by = pixels(samples_over_density(drawn(RING, 1), RING, torch.full((1, 8), 1)))
    assert far.shape == near_by.shape


@pytest.mark.parametrize("dim", [1, 5])
def test_other_dimensions_say_what_is_drawn(dim: int) -> None:
    data = Mixture(components=4, dim=dim)
    figure = samples_over_density(drawn(data, 2), data, torch.ones(2, 4))
    label = figure.axes[0].get_xlabel()
    assert label == ("x" if dim == 1 else "1st principal axis of the data (5-D)")
    assert pixels(figure).std() > 10


def test_tiles_keep_their_pictures() -> None:
    x = torch.rand(5, 3, 4, 6, generator=torch.Generator().manual_seed(0)) * 2 - 1
    sheet = tile(x, gap=2)
    assert sheet.shape == (3 * 6 - 2, 3 * 8 - 2, 3)
    assert np.allclose(sheet[6:10, 8:14], ((x[4] + 1) / 2).permute(1, 2, 0).numpy())
    assert (sheet[4:6] == 1).all() and (sheet[12:] == 1).all()
    assert tile(x[:, :1]).ndim == 2


@pytest.mark.parametrize("channels", [1, 3])
def test_image_grid(channels: int) -> None:
    pictures = torch.rand(2, 70, channels, 28, 28) * 2 - 1
    figure = evaluation.image_grid(pictures, "digits", ["a", "b"])
    assert len(figure.axes[0].images) == 2 and pixels(figure).std() > 10


def test_few_modes_have_bars_and_missed_ones_are_marked() -> None:
    counts = torch.tensor([[50, 50, 0], [60, 40, 0]])
    figure = mode_histogram(counts, torch.full((3,), 1 / 3, dtype=torch.float64), 100)
    axes = figure.axes[0]
    labels = axes.get_legend_handles_labels()[1]
    assert {"missed", "mean of 2 replicas", "target, 95 % band of 100 draws"} <= set(labels)
    heights = [bar.get_height() for bar in axes.patches[3:]]
    assert heights == pytest.approx([55, 45, 0])
    assert [bar.get_y() for bar in axes.patches[:3]] == pytest.approx([24] * 3, abs=1)  # binomial


def test_bars_have_the_names_of_classes_inside_the_figure() -> None:
    names = ["cat", "a class with a long name", "$x$", "10"]
    figure = mode_histogram(torch.ones(1, 4), torch.full((4,), 0.25), 4, modes=names)
    axes = figure.axes[0]
    labels = axes.get_xticklabels()
    assert [each.get_text() for each in labels] == ["cat", "a class with a …", r"\$x\$", "10"]
    figure.draw_without_rendering()
    legend = figure.legends[0].get_window_extent().y1
    assert all(each.get_window_extent().y0 > legend for each in labels)
    plain = mode_histogram(torch.ones(1, 4), torch.full((4,), 0.25), 4)
    assert plain.axes[0].get_xlabel() == "mode" and plain.get_figheight() < figure.get_figheight()


def test_many_modes_have_a_map_and_a_curve_inside_the_band() -> None:
    """A perfect sampler's curve lies inside its own band nearly everywhere."""
    random, weights = np.random.default_rng(5), np.full(1000, 1e-3)
    counts = torch.from_numpy(random.multinomial(26_000, weights, size=1))
    figure = mode_histogram(counts, torch.from_numpy(weights), 26_000, names=["seed 5"])
    shown, curve = figure.axes[0], figure.axes[2]
    assert shown.get_title() == "seed 5 · 0 of 1,000 modes missed"
    line = np.asarray(curve.lines[0].get_ydata())
    band = curve.collections[0].get_paths()[0]
    middle = np.arange(50, 950, 50)
    assert sum(band.contains_point((rank + 1, line[rank])) for rank in middle) >= 15


def test_a_picture_takes_well_under_a_second() -> None:
    x, counts = drawn(RING, 8, 2000), torch.ones(8, 8)
    png(samples_over_density(x, RING, counts))  # fonts
    begun = time.process_time()
    png(samples_over_density(x, RING, counts))
    assert time.process_time() - begun < 1.0


@pytest.mark.parametrize("q", [0.025, 0.5, 0.975])
def test_the_band_is_of_binomial_quantiles(q):
    from scipy.stats import binom

    p = np.array([1e-4, 0.001, 0.04, 0.125, 0.5, 0.99, 1.0])
    for n in (1, 50, 10_000):
        np.testing.assert_array_equal(least(q, n, p), binom.ppf(q, n, p))
