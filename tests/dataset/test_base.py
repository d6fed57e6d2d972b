from dataclasses import dataclass

import pytest
import torch

from mcgan.dataset.base import ModalDataset, Recognition
from mcgan.errors import UserError


@dataclass(eq=False)
class Coins(ModalDataset):
    """Two classes that only a classifier tells apart."""

    def __post_init__(self):
        self.shape, self.num_modes = (1,), 2
        self.weights = torch.tensor([0.5, 0.5], dtype=torch.float64)

    def draw(self, n, generator):
        return torch.randint(2, (n, 1), generator=generator).float()

    def recognise(self, x):
        unsure = (x[:, 0] - x[:, 0].round()).abs()
        return Recognition(x[:, 0].round().long(), unsure < 0.1, unsure)


def test_defaults_promise_nothing():
    coins = Coins()
    coins.prepare()
    x = coins.draw(3, torch.Generator())
    assert coins.facts() == {} and coins.density(x) is None
    assert coins.width_ratio(x, coins.recognise(x)) is None


@pytest.mark.parametrize("norm, threshold", [("l2", 3.0), ("box", 3.0)])
def test_a_rule_in_sigma_is_refused_without_sigma(norm, threshold):
    with pytest.raises(UserError, match=r"Coins knows no distance in σ.*protocol=default"):
        Coins().with_rule(norm, threshold)
