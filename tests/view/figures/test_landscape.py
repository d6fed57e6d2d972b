import numpy as np
import pytest
import torch

from mcgan.dataset.grid import Grid
from mcgan.dataset.ring import Ring
from mcgan.view.figures.landscape import CELLS, LONGEST, Surface, critic_landscape, grid_of
from mcgan.view.figures.plane import plane_of


def surface(dataset: Ring | Grid, scores: torch.Tensor) -> Surface:
    fakes = dataset.draw(40, torch.Generator().manual_seed(0))
    return Surface(scores[None], fakes[None], torch.randn(1, 40, 2) * 1e-9)


@pytest.mark.parametrize("dataset", [Ring(std=0.05), Grid()])
def test_the_grid_fills_the_frame(dataset):
    points, plane = grid_of(dataset) * dataset.scale, plane_of(dataset)
    assert points.shape == (CELLS**2, 2)
    unit = plane.unit(points.double().numpy())
    assert unit.min() == pytest.approx(0.5 / CELLS, abs=1e-5)
    assert unit.max() == pytest.approx(1 - 0.5 / CELLS, abs=1e-5)


def test_a_score_is_drawn_where_its_point_lies():
    dataset = Ring(std=0.05)
    grid = grid_of(dataset)
    figure = critic_landscape(surface(dataset, grid[:, 0] + 3 * grid[:, 1]), dataset)
    cells = np.asarray(figure.axes[0].images[0].get_array())  # rows from the top
    assert cells[0, -1] == 1 and cells[-1, 0] == 0
    assert cells[0, 0] > cells[-1, -1]  # x₂ counts three times as much


def test_each_panel_tells_its_scale_and_dark_is_high():
    dataset = Ring(std=0.05)
    scores = torch.linspace(-1.25, 3.4, CELLS**2)
    figure = critic_landscape(surface(dataset, scores), dataset, names=["seed 0"])
    assert "scores −1.25 … 3.4" in [text.get_text() for text in figure.axes[0].texts]
    shades = [sum(patch.get_facecolor()[:3]) for patch in figure.legends[0].get_patches()]
    labels = [text.get_text() for text in figure.legends[0].texts]
    assert labels[:2] == ["lowest score", "highest score"] and shades[0] > 2 > 1 > shades[1]


def test_arrows_have_a_length_that_shows_however_small_the_gradient():
    dataset = Ring(std=0.05)
    figure = critic_landscape(surface(dataset, torch.zeros(CELLS**2)), dataset)  # flat: no lines
    quiver = figure.axes[0].collections[-1]
    lengths = np.hypot(quiver.U, quiver.V)
    assert lengths.max() <= LONGEST + 1e-9 and lengths.max() > LONGEST / 3
