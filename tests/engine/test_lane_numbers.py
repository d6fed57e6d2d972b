"""The numbers in which objects differ are found wherever they lie, or the objects are unlike."""

from dataclasses import dataclass, field
from functools import partial

import numpy as np
import pytest
import torch
from torch import nn

from mcgan.engine.lane_numbers import Unlike, find_numbers, stack_numbers, with_numbers
from mcgan.schedule import Schedule


@dataclass
class Thing:
    rate: float = 0.1
    size: int = 3
    betas: list = field(default_factory=lambda: [0.5, 0.9])
    inner: object = None


def found(*things):
    return {number.where: number.values for number in find_numbers(things)}


def test_numbers_are_found_in_attributes_lists_and_frozen_schedules():
    one = Thing(inner={"falls": Schedule(1.0, 0.0)})
    two = Thing(rate=0.2, betas=[0.5, 0.8], inner={"falls": Schedule(2.0, 0.0)})
    assert found(one, two, one) == {
        "rate": (0.1, 0.2, 0.1),
        "betas.1": (0.9, 0.8, 0.9),
        "inner.falls.start": (1.0, 2.0, 1.0),
    }
    assert found(one, Thing(inner={"falls": Schedule(1.0, 0.0)})) == {}


class Layer(nn.Module):
    def __init__(self, slope, width=2, hook=None):
        super().__init__()
        self.inner, self.slope = nn.Linear(width, 1), slope
        if hook:
            self.register_forward_hook(hook)


def test_the_tensors_of_modules_may_differ_and_their_shapes_may_not():
    assert found(Layer(0.1), Layer(0.2)) == {"slope": (0.1, 0.2)}
    with pytest.raises(Unlike, match="inner"):
        find_numbers([Layer(0.1), Layer(0.1, width=3)])


def scale(by, *_):
    return by


def closure(by):
    return lambda *_: by


@pytest.mark.parametrize("one, two", [
    (Thing(size=3), Thing(size=4)),
    (Thing(rate=0.1), Thing(rate=1)),
    (Thing(betas=[0.5]), Thing(betas=[0.5, 0.9])),
    (Thing(inner=(0.1,)), Thing(inner=(0.2,))),
    (Thing(inner=closure(0.1)), Thing(inner=closure(0.2))),
    (Thing(inner=partial(scale, 0.1)), Thing(inner=partial(scale, 0.2))),
    (Thing(inner=torch.zeros(2)), Thing(inner=torch.ones(2))),
    (Thing(inner=np.zeros(2)), Thing(inner=np.ones(2))),
    (Layer(0.1, hook=closure(0.1)), Layer(0.1, hook=closure(0.2))),
], ids=["whole number", "kind of number", "length", "tuple", "closure", "partial", "tensor",
        "array", "hook"])  # fmt: skip
def test_what_cannot_be_a_number_of_its_own_makes_objects_unlike(one, two):
    with pytest.raises(Unlike):
        find_numbers([one, two])


def test_one_object_in_two_places_is_one_in_all():
    shared, two = Thing(), [Thing(), Thing(rate=0.2)]
    assert found([shared, shared], [two[1], two[1]]) == {"0.rate": (0.1, 0.2)}
    with pytest.raises(Unlike):
        find_numbers([[shared, shared], two])


def test_objects_that_know_each_other_are_walked_once():
    things = [Thing(), Thing(rate=0.3)]
    for each in things:
        each.inner = [each]
    assert found(*things) == {"rate": (0.1, 0.3)}


def test_numbers_stand_in_place_for_a_call_alone_also_when_it_fails():
    one, two = Thing(), Thing(rate=0.25)
    numbers = find_numbers([one, two])
    values = stack_numbers(numbers, torch.zeros((), dtype=torch.float64))
    assert values["rate"].tolist() == [0.1, 0.25]
    double = with_numbers(numbers, values, lambda times: one.rate * times, 2)
    assert double.tolist() == [0.2, 0.5] and one.rate == 0.1
    with pytest.raises(ZeroDivisionError):
        with_numbers(numbers, values, lambda: 1 / 0)
    assert one.rate == 0.1
