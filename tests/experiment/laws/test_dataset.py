"""Each law of datasets is broken by a dataset made for it; ours are in tests/dataset."""

from dataclasses import dataclass

import pytest
import torch

from mcgan.dataset.base import ModalDataset
from mcgan.dataset.ring import Ring
from mcgan.experiment.laws.dataset import LAWS, OF_CENTRES, OF_VECTORS, laws_of
from mcgan.experiment.laws.holding import try_laws


@dataclass(eq=False)
class Doubles(Ring):
    def draw(self, n, generator):
        return super().draw(n, generator).double()


@dataclass(eq=False)
class Hidden(Ring):
    def draw(self, n, generator):
        return super().draw(n, generator) + 1e-6 * torch.rand(n, 2)


@dataclass(eq=False)
class Heavy(Ring):
    def __post_init__(self) -> None:
        super().__post_init__()
        self.weights = 2 * self.weights


@dataclass(eq=False)
class Uneven(Ring):
    def __post_init__(self) -> None:
        super().__post_init__()
        self.weights = torch.tensor([0.3] + [0.1] * 7, dtype=torch.float64)


@dataclass(eq=False)
class Flat(Ring):
    def recognise(self, x):
        return super().recognise(x)._replace(distance=-torch.ones(len(x)))


@dataclass(eq=False)
class Batched(Ring):
    def recognise(self, x):
        seen = super().recognise(x)
        return seen._replace(mode=(seen.mode + torch.arange(len(x)) % 2) % 8)


@dataclass(eq=False)
class Ranked(Ring):
    def recognise(self, x):
        return super().recognise(x)._replace(distance=torch.arange(len(x)).double())


@dataclass(eq=False)
class Named(Ring):
    classified = True


@dataclass(eq=False)
class Measured(Named):
    def facts(self):
        return {"accuracy": 0.99}


@dataclass(eq=False)
class Proud(Ring):
    def __post_init__(self) -> None:
        super().__post_init__()
        self.ceiling = 0.9


@dataclass(eq=False)
class Another(Ring):
    def with_rule(self, norm, threshold):
        return Another()


@dataclass(eq=False)
class Wide(Ring):
    def draw(self, n, generator):
        return 1.1 * super().draw(n, generator)


@pytest.mark.parametrize(
    ("cls", "laws"),
    [
        (Doubles, {"its samples have the shape"}),
        (Hidden, {"its draws follow the generator"}),
        (Heavy, {"its weights are a distribution", "real data follows the weights"}),
        (Uneven, {"real data follows the weights"}),
        (Flat, {"every sample is recognised", "a centre is its own mode"}),
        (Batched, {"samples are recognised one by one", "a centre is its own mode"}),
        (Ranked, {"samples are recognised one by one", "a centre is its own mode"}),
        (Named, {"vectors are regions, not classes"}),
        (Measured, set()),
        (Proud, {"real data meets the ceiling"}),
        (Another, {"the default protocol keeps its rule"}),
        (Wide, {"vectors have unit spread", "real data meets the ceiling"}),
    ],
)
def test_each_law_bites(cls, laws):
    assert {result.law for result in try_laws(laws_of(cls)) if result.reason} == laws


@dataclass(eq=False)
class Square(Ring):
    def __post_init__(self) -> None:
        super().__post_init__()
        self.shape = (1, 1, 2)


class Bare(ModalDataset):
    shape, num_modes, weights = (2,), 1, torch.ones(1).double()
    draw = recognise = None


def test_a_law_is_listed_only_for_the_data_that_have_it():
    assert {*laws_of(Ring)} == {*LAWS, *OF_VECTORS, *OF_CENTRES}
    assert {*laws_of(Square)} == {*LAWS, *OF_CENTRES}
    assert {*laws_of(Bare)} == {*LAWS, *OF_VECTORS}


def test_the_sentence_about_the_default_rule_says_what_to_return():
    [found] = [r.reason for r in try_laws(laws_of(Another)) if r.reason]
    assert found.startswith("with_rule('l2', None) must return the dataset itself")


def test_every_law_is_broken_above():
    [mark] = test_each_law_bites.pytestmark
    assert set.union(*(laws for _, laws in mark.args[1])) == (LAWS | OF_VECTORS | OF_CENTRES).keys()
