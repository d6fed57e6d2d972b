from types import SimpleNamespace

import pytest
import torch

from mcgan.dataset.base import Recognition
from mcgan.metrics.copies import share_of_copies

DATA = SimpleNamespace(num_modes=2, spreads=torch.tensor([4.0, 4.0]))


def seen(mode, good=None):
    good = torch.ones_like(mode, dtype=torch.bool) if good is None else good
    return Recognition(mode, good, torch.zeros(len(mode)))


def test_pairs_of_one_mode_are_copies_of_each_other():
    x = torch.randn(12, 1, 4, 4, generator=torch.Generator().manual_seed(0))
    mode = torch.arange(12) % 2
    assert share_of_copies(x, seen(mode), DATA) == 0
    x[2], x[3] = x[0], x[0]  # of modes 0 and 1
    assert share_of_copies(x, seen(mode), DATA) == pytest.approx(2 / 12)
    x[4] = x[0] + 0.1  # nearly
    assert share_of_copies(x, seen(mode), DATA) == pytest.approx(3 / 12)
    good = torch.arange(12) != 4
    assert share_of_copies(x, seen(mode, good), DATA) == pytest.approx(2 / 11)


def test_without_two_pictures_of_a_mode_it_is_unknown():
    x = torch.randn(2, 1, 4, 4)
    assert share_of_copies(x, seen(torch.tensor([0, 1])), DATA) is None
    unknown = SimpleNamespace(num_modes=2, spreads=None)
    assert share_of_copies(x, seen(torch.tensor([0, 0])), unknown) is None
