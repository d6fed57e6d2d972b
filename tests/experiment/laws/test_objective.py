"""The laws of objectives: ours keep them, and each is broken by an objective made for it."""

from dataclasses import dataclass
from typing import ClassVar

import pytest
import torch
from torch.nn.functional import softplus as sp

from mcgan.config.build import build
from mcgan.experiment.laws.holding import try_laws
from mcgan.experiment.laws.objective import LAWS, laws_of
from mcgan.objective import NonSaturating, Objective
from small import OBJECTIVES, composed


def broken(objective: Objective) -> set[str]:
    return {result.law for result in try_laws(laws_of(objective)) if result.reason}


@pytest.mark.parametrize("name", OBJECTIVES)
def test_ours_keep_every_law(name):
    assert not broken(build(composed(name)["objective"], Objective, "objective"))


class Averaged(NonSaturating):
    def g_loss(self, r, f):
        return super().g_loss(r, f).mean()


class Overflows(NonSaturating):
    log_ratio: ClassVar[bool] = False

    def d_loss(self, r, f):
        return torch.log(1 + torch.exp(8 * f)) - torch.log(torch.sigmoid(r))

    def g_loss(self, r, f):
        return torch.log(f)


class Claims(NonSaturating):
    def d_loss(self, r, f):
        return ((r - 1) ** 2 + f**2) / 2


class Doubles(NonSaturating):
    def d_loss(self, r, f):
        return sp(-2 * r) + sp(2 * f)


class Deaf(NonSaturating):
    paired: ClassVar[bool] = True


@dataclass(eq=False)
class Idle(NonSaturating):
    critic_steps: int = 0

    def __post_init__(self) -> None:
        """As somebody's class that checks nothing."""


class Rests(NonSaturating):
    def critic_turns(self, block):
        return int(block < 1000)


class Draws(NonSaturating):
    def g_loss(self, r, f):
        return super().g_loss(r, f) + 1e-6 * torch.rand(f.shape)


class Compares(NonSaturating):
    log_ratio: ClassVar[bool] = False

    def g_loss(self, r, f):
        return sp(f.mean() - f)


@pytest.mark.parametrize(
    ("made", "law"),
    [
        (Averaged(), "its losses are per score"),
        (Overflows(), "its losses are finite"),
        (Claims(), "what it says of log_ratio is so"),
        (Doubles(), "what it says of log_ratio is so"),
        (Draws(), "its losses draw nothing"),
        (Deaf(), "what it says of paired is so"),
        (Compares(), "what it says of spans_batch is so"),
        (Idle(), "the critic takes turns"),
        (Rests(), "the critic takes turns"),
    ],
)
def test_each_law_bites(made, law):
    assert broken(made) == {law}


def test_every_law_is_broken_above():
    [mark] = test_each_law_bites.pytestmark
    assert {law for _, law in mark.args[1]} == LAWS.keys()
