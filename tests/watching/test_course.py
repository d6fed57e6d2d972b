"""What looks say together, from judgements that are made up."""

import math

import pytest
import torch

from mcgan.judging.groups import GroupShares
from mcgan.judging.judgement import Judgement
from mcgan.watching.course import Course, read_given

EVEN = (0.25, 0.25, 0.25, 0.25)


def judgement(kind: str, shares: tuple[float, ...] = EVEN) -> Judgement:
    groups = tuple(
        GroupShares(str(number), 1 / len(shares), share, (0.0, 1.0))
        for number, share in enumerate(shares)
    )
    return Judgement(kind, f"It is {kind}", "", (), groups, {}, (), 100, 200)


def course(kinds: str, **given: float) -> Course:
    """A look every 10 steps: h healthy, m missing, p poor."""
    found = Course()
    names = {"h": "healthy", "m": "missing", "p": "poor"}
    for number, kind in enumerate(kinds, 1):
        found.add(10 * number, judgement(names[kind]), given)
    return found


@pytest.mark.parametrize(
    ("kinds", "patience", "grace", "step"),
    [
        ("hmmm", 3, 0, 20),
        ("hmm", 3, 0, None),
        ("hmm", 2, 0, 20),
        ("mmhm", 2, 0, None),
        ("mmhmm", 2, 0, 40),
        ("mmmm", 3, 10, 20),
        ("mmmm", 3, 20, None),
        ("ppp", 1, 0, None),
        ("", 1, 0, None),
        ("mmmh", 1, 0, None),
    ],
)
def test_collapse_is_told_since_the_first_of_enough_looks_in_a_row(kinds, patience, grace, step):
    assert course(kinds).collapsed_at(patience, grace) == step


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ({"critic_fakes": 0.95}, "ahead"),
        ({"critic_fakes": 0.6}, "alone"),
        ({}, None),
    ],
)
def test_scores_tell_the_cause_of_a_collapse_alone(given, key):
    found = course("mmm", **given)
    assert found.find_cause(None) is None
    cause = found.find_cause(10)
    assert (cause and cause.key) == key
    assert cause is None or cause.shown == pytest.approx(given)


def test_the_cause_is_read_from_the_looks_that_show_the_collapse():
    found = course("h", critic_fakes=0.5)
    for step in (20, 30):
        found.add(step, judgement("missing"), {"critic_fakes": 0.95})
    assert found.find_cause(20).key == "ahead" and found.find_cause(10).key == "alone"


def test_samples_that_move_from_group_to_group_are_forgetting():
    found = Course()
    for number in range(4):
        shares = tuple(float(group == number) for group in range(4))
        found.add(10 * number + 10, judgement("missing", shares), {})
    cause = found.find_cause(10)
    assert cause and cause.key == "forgetting" and cause.shown == {"fresh": 1.0}


def test_other_groups_begin_the_signals_anew():
    found = course("mmm", critic_fakes=0.95)
    found.add(40, judgement("missing", (0.5, 0.5)), {"critic_fakes": 0.6})
    assert len(found.signals.rows) == 1 and found.find_cause(10).key == "alone"


def test_losses_that_are_no_numbers_are_a_divergence():
    found = course("h", **read_given({"D": 1.0, "G": math.nan}, None))
    [look] = found.looks
    assert look.kind == "diverged" and look.verdict.startswith("loss_G: no finite number; It is")
    assert found.find_cause(None).key == "overflow"
    assert course("h", **read_given(None, ([math.inf], [0.0]))).looks[0].kind == "diverged"


def test_scores_are_told_by_ranks():
    real, fake = torch.tensor([[1.0], [3.0]]), torch.tensor([[0.0], [2.0]], requires_grad=True)
    loss = torch.tensor(0.5, requires_grad=True)  # of which torch would warn
    assert read_given({"G": loss}, (real, fake)) == {
        "loss_G": 0.5,
        "score_real": 2.0,
        "score_fake": 1.0,
        "critic_fakes": 0.75,
    }


def test_it_goes_on_from_its_state(tmp_path):
    before = course("hmm", critic_fakes=0.95)
    torch.save(before.state_dict(), tmp_path / "state.pt")
    after = Course()
    after.load_state_dict(torch.load(tmp_path / "state.pt", weights_only=True))
    assert after.looks == before.looks
    for each in (before, after):
        each.add(40, judgement("missing"), {"critic_fakes": 0.95})
    assert after.collapsed_at(3, 0) == before.collapsed_at(3, 0) == 20
    assert after.find_cause(10) == before.find_cause(10)
    assert len(after.signals.rows) == 4
