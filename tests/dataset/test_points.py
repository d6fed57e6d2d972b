"""Points with labels: modes, quality and mistakes."""

from dataclasses import dataclass, field
from typing import Any

import pytest
import torch

from mcgan.dataset.points import LabelledPoints
from mcgan.dataset.regions import SHARE
from mcgan.errors import UserError


@dataclass(eq=False)
class Given(LabelledPoints):
    points_given: Any = field(default_factory=lambda: [[0.0, 0.0], [0.0, 2.0], [8.0, 0.0]])
    labels_given: Any = field(default_factory=lambda: [1, 1, 0])

    def load(self):
        return torch.tensor(self.points_given), torch.tensor(self.labels_given)


def test_labels_are_modes_and_the_nearest_point_tells():
    data = Given().ready()
    assert (data.shape, data.num_modes, data.weights.tolist()) == ((2,), 2, [1 / 3, 2 / 3])
    drawn = data.sample(50).unique(dim=0)
    assert torch.allclose(drawn, torch.tensor([[0.0, 0.0], [0.0, 2.0], [8.0, 0.0]]))
    seen = data.recognise(torch.tensor([[0.0, 1.0], [7.9, 0.0], [400.0, 0.0]]) / data.scale)
    assert seen.mode.tolist() == [1, 0, 0] and seen.good.tolist() == [True, True, False]


def test_fresh_points_of_the_law_are_as_good_as_real_ones():
    x = torch.randn(4000, 2, generator=torch.Generator().manual_seed(0))
    data = Given(x[:2000].tolist(), [0] * 2000).ready()
    good = data.recognise(x[2000:] / data.scale).good.double().mean().item()
    assert good == pytest.approx(SHARE, abs=0.01)


@pytest.mark.parametrize(("points", "labels", "said"), [
    ([[0.0], [1.0]], [0], r"points of the shape \(2, 1\) and labels of \(1,\)"),
    ([[0.0], [1.0]], [0, 2], "no point with the label 1, though there is one with 2"),
    ([[0.0], [1.0]], [0.5, 1.0], "labels that are no whole numbers from 0 on"),
    ([[0.0], [1.0]], [-1, 0], "labels that are no whole numbers from 0 on"),
    ([[1.0], [1.0]], [0, 1], "points that are all the same"),
])  # fmt: skip
def test_mistakes_are_one_sentence(points, labels, said):
    with pytest.raises(UserError, match=said):
        Given(points, labels).ready()
