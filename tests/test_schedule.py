import pytest
import torch

from mcgan.schedule import Schedule, now, number


def at(schedule: Schedule, progress: float) -> float:
    return float(schedule.at(torch.tensor(progress)))


@pytest.mark.parametrize("shape, middle", [("linear", 2.0), ("cosine", 2.0), ("step", 1.0)])
def test_it_goes_from_one_end_to_the_other_and_stays(shape, middle):
    schedule = Schedule(1.0, 3.0, until=0.5, shape=shape)
    assert at(schedule, 0.0) == pytest.approx(1.0)
    assert at(schedule, 0.25) == pytest.approx(middle, abs=1e-6)
    assert at(schedule, 0.5) == at(schedule, 0.9) == pytest.approx(3.0)


def test_a_cosine_starts_and_ends_slowly():
    schedule = Schedule(0.0, 1.0, shape="cosine")
    assert at(schedule, 0.1) < 0.03 and at(schedule, 0.9) > 0.97


def test_a_number_is_a_float_or_a_schedule():
    assert number(3, "x") == 3.0
    assert number({"from": 1, "to": 0.1}, "x") == Schedule(1.0, 0.1)
    assert number({"from": 1, "to": 0, "until": 0.2, "shape": "cosine"}, "x").until == 0.2
    assert number(Schedule(1.0, 2.0), "x") == Schedule(1.0, 2.0)


def test_a_schedule_that_never_changes_is_its_number():
    assert number({"from": 2, "to": 2.0, "until": 0.5, "shape": "cosine"}, "x") == 2.0
    with pytest.raises(ValueError, match="x: shape must be one of"):
        number({"from": 2, "to": 2, "shape": "wavy"}, "x")


def test_now_leaves_a_plain_number_alone():
    progress = torch.tensor(0.5)
    assert now(2.0, progress) == 2.0
    assert now(Schedule(0.0, 1.0), progress) == 0.5


@pytest.mark.parametrize(
    "value, sentence",
    [
        ("much", "weight must be a number or {from, to, until, shape}, not 'much'"),
        (None, "weight must be a number"),
        (True, "weight must be a number or {from, to, until, shape}, not True"),
        (-1.0, "weight must be at least 0, not -1"),
        ({"from": 1.0}, r"weight: a schedule is {from, to, until, shape}"),
        ({"from": 1.0, "to": 0.0, "til": 1}, "weight: a schedule is"),
        ({"from": 1.0, "to": -2.0}, r"weight.to must be at least 0, not -2"),
        ({"from": 1.0, "to": 0.0, "until": 0}, "weight: until is a share of the run"),
        ({"from": 1.0, "to": 0.0, "until": 2}, "weight: until is a share of the run"),
        ({"from": 1.0, "to": 0.0, "until": "soon"}, "weight: "),
        ({"from": 1.0, "to": 0.0, "shape": "wavy"}, "weight: shape must be one of linear"),
        (float("nan"), "weight must be"),
        ({"from": {"from": 1.0, "to": 2.0}, "to": 0.0}, "weight"),
    ],
)
def test_what_cannot_be_read_is_said(value, sentence):
    with pytest.raises(ValueError, match=sentence):
        number(value, "weight", low=0.0)
