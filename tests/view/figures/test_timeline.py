import numpy as np
import torch

from mcgan.view.figures.modemap import MAP
from mcgan.view.figures.steps import ticks_at
from mcgan.view.figures.timeline import COLUMNS, FULL, ROWS, mode_ticks, mode_timeline


def test_a_column_is_the_nearest_evaluation_and_a_row_a_mode():
    """One replica rotates over four even modes, a mode at each evaluation."""
    steps, counts = [10, 20, 30, 40], torch.eye(4).unsqueeze(1) * 500
    figure = mode_timeline(steps, counts, torch.full((4,), 0.25), names=["seed 3"])
    (image,) = figure.axes[0].images
    cells = np.asarray(image.get_array())
    assert cells.shape == (4, COLUMNS)
    assert (cells.argmax(0)[[0, COLUMNS // 2, -1]] == [0, 1, 3]).all()
    assert np.allclose(cells[0, : int(COLUMNS * 14 / 40)], 1)  # 4 times its share: darkest
    assert (np.diff(cells.argmax(0)) >= 0).all()
    assert "seed 3" in [text.get_text() for text in figure.axes[0].texts]


def test_ticks_stand_at_evaluations_and_at_the_last_one():
    """1,700 steps, seen every 250: round numbers would name steps that nobody looked at."""
    steps = [*range(250, 1700, 250), 1700]
    figure = mode_timeline(steps, torch.ones(len(steps), 2, 4), torch.full((4,), 0.25))
    labels = [text.get_text() for text in figure.axes[0].get_xticklabels()]
    assert labels == ["250", "750", "1,250", "1,700"] * 2  # of two panels
    assert np.allclose(figure.axes[0].get_xticks()[:4], np.array([250, 750, 1250, 1700]) / 1700)
    assert ticks_at([7]) == [7] and ticks_at([1, 2, 3, 100]) == [3, 100]


def test_a_mode_with_its_share_has_the_colour_of_the_legend():
    even = mode_timeline([1, 2], torch.full((2, 1, 5), 9), torch.full((5,), 0.2))
    assert np.allclose(even.axes[0].images[0].get_array(), 1 / FULL)
    colours = {patch.get_label(): patch.get_facecolor() for patch in even.legends[0].get_patches()}
    assert colours["its true share"] == MAP(1 / FULL)


def test_a_replica_without_samples_is_blank():
    figure = mode_timeline([1, 2], torch.zeros(2, 2, 3), torch.full((3,), 1 / 3))
    assert not np.asarray(figure.axes[0].images[1].get_array()).any()


def test_the_first_mode_is_named_on_top():
    places, names = mode_ticks(1000)
    assert names == ["0", "500", "999"] and places[0] > 0.99 and places[-1] < 0.01


def test_modes_with_names_have_them():
    names = ["cat", "dog", "sea horse"]
    figure = mode_timeline([1, 2], torch.ones(2, 1, 3), torch.full((3,), 1 / 3), modes=names)
    axes = figure.axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == names
    assert axes.get_ylabel() == ""
    assert mode_ticks(1000, [f"n{i}" for i in range(1000)])[1] == ["n0", "n500", "n999"]


def test_one_of_many_modes_shows():
    counts = torch.zeros(2, 1, 1000)
    counts[:, :, 371] = 50
    figure = mode_timeline([1, 2], counts, torch.full((1000,), 1e-3))
    cells = np.asarray(figure.axes[0].images[0].get_array())
    assert cells.shape == (ROWS, COLUMNS)
    assert (cells[371 * ROWS // 1000] == 1).all() and cells.sum() == COLUMNS
