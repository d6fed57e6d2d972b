import sys
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import Generator

from mcgan.dataset.digits import Digits
from mcgan.errors import UserError


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def test_without_scikit_learn_a_line_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(UserError, match=r"pip install 'mcgan\[digits\]'"):
        Digits().prepare()


def test_grey_values_of_sixteen_levels_fill_the_range(monkeypatch):
    labels = np.arange(200) % 10
    images = np.zeros((200, 8, 8)) + labels[:, None, None] + np.arange(8)
    found = SimpleNamespace(images=images, target=labels)
    module = SimpleNamespace(load_digits=lambda: found)
    monkeypatch.setitem(sys.modules, "sklearn.datasets", module)
    data = Digits(steps=10)
    data.prepare()
    assert data.shape == (1, 8, 8) and data.classes == [*"0123456789"]
    assert data.images[9, 0, 0].tolist() == [143, 159, 175, 191, 207, 223, 239, 255]
    assert data.weights.tolist() == pytest.approx([0.1] * 10)


def test_real_digits_are_recognised():
    pytest.importorskip("sklearn")
    data = Digits(steps=100)
    data.prepare()
    x = data.draw(500, Generator().manual_seed(0))
    assert len(data.images) == 1797 and x.min() == -1 and x.max() == 1
    rows = torch.randint(1797, (500,), generator=Generator().manual_seed(0))
    assert (data.recognise(x).mode == data.modes[rows]).double().mean() > 0.9
