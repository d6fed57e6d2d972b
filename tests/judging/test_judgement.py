"""Verdicts on samples whose state is known, on a ring of eight modes and on other laws."""

import json
import re
from functools import cache

import numpy as np
import pytest
import torch
from torch import Tensor

from mcgan.errors import UserError
from mcgan.judging import words
from mcgan.judging.groups import MissingGroup
from mcgan.judging.judgement import Judgement, judge_features

DRAWS = 2
REAL, FAKES = 600, 300


def draw_ring(n: int, seed: int, modes: int = 8, std: float = 0.05) -> tuple[Tensor, Tensor]:
    """Samples (n, 2) of the first modes of a ring of eight, and their modes (n,)."""
    generator = torch.Generator().manual_seed(seed)
    mode = torch.randint(modes, (n,), generator=generator)
    angle = 2 * torch.pi * mode / 8
    noise = std * torch.randn(n, 2, generator=generator)
    return torch.stack([angle.cos(), angle.sin()], 1) + noise, mode


def ring(n: int, seed: int, modes: int = 8, std: float = 0.05) -> Tensor:
    return draw_ring(n, seed, modes, std)[0]


@cache
def judged(state: str) -> Judgement:
    return judge_features(STATES[state], ring(REAL, 0), draws=DRAWS)


few = ring(30, 1)
STATES = {
    "healthy": ring(FAKES, 1),
    "missing": ring(FAKES, 1, modes=5),
    "narrowed": ring(FAKES, 1, std=0.015),
    "repeated": few[torch.randint(30, (FAKES,), generator=torch.Generator().manual_seed(0))],
    "poor": ring(FAKES, 1, std=0.25),
    "few": ring(60, 1),
}
KINDS = {"repeated": "narrowed", "few": "too few"}
COLLAPSED = {"missing", "narrowed", "repeated"}


@pytest.mark.parametrize("state", STATES)
def test_each_state_is_told(state):
    found = judged(state)
    assert found.kind == KINDS.get(state, state), found
    assert found.collapsed == (state in COLLAPSED)


def test_missing_groups_are_those_of_the_lost_modes():
    found = judged("missing")
    mode = draw_ring(REAL, 0)[1]
    rows = [row for group in found.missing for row in group.rows]
    assert len({*rows}) == len(rows) > 0.3 * REAL
    assert (mode[rows] >= 5).all()
    share = sum(group.share for group in found.missing)
    assert share == pytest.approx(len(rows) / REAL)
    numbers = re.search(r": (\d+) % of the data, (\d+) to (\d+)$", found.verdict)
    assert numbers
    told, low, high = map(int, numbers.groups())
    assert told == round(100 * share)
    assert low <= 100 * share <= high
    assert found.verdict.startswith(f"{len(found.missing)} of {len(found.groups)} groups")


def test_repeated_samples_are_copies():
    assert judged("repeated").copies == 1
    assert judged("healthy").copies < 0.15
    assert judged("few").copies < 0.3


def test_only_tests_decide_and_only_they_have_a_p():
    for name, measure in judged("missing").measures.items():
        assert (
            measure.decides
            == (measure.p is not None)
            == (name in ("mmd", "sliced", "mixing", "shares"))
        )


@pytest.mark.parametrize("state", STATES)
def test_the_page_fits_a_terminal_and_the_rest_fits_json(state):
    found = judged(state)
    assert max(map(len, str(found).splitlines())) <= 80
    assert " ".join(str(found).split()).startswith(found.verdict)
    stored = json.loads(json.dumps(found.to_dict()))
    assert stored["kind"] == found.kind and stored["collapsed"] == found.collapsed
    assert {*found.measures} <= {*found.scalars()}
    assert all(isinstance(value, float) for value in found.scalars().values())


def test_the_seed_decides_all():
    x, y = STATES["missing"].numpy(), ring(REAL, 0).numpy()
    assert judge_features(x, y, draws=DRAWS).to_dict() == judged("missing").to_dict()
    other = judge_features(x, y, draws=DRAWS, seed=1)
    assert other.measures != judged("missing").measures and other.kind == "missing"


def test_progress_counts_the_draws():
    told = []
    judge_features(ring(120, 1), ring(240, 0), draws=2, progress=lambda *now: told.append(now))
    assert told == [(1, 2), (2, 2)]


def test_labels_are_the_groups_and_name_a_mode_too_small_to_be_found():
    real, theirs = draw_ring(REAL, 0)
    fakes, ours = draw_ring(FAKES, 1)
    kept = ours != 3
    found = judge_features(fakes[kept], real, labels=(ours[kept].numpy(), theirs), draws=DRAWS)
    assert [group.name for group in found.missing] == ["3"]
    assert found.missing[0].rows == tuple((theirs == 3).nonzero()[:, 0].tolist())
    assert found.missing[0].fake_share == 0
    assert len(found.groups) == 8 and "8 classes" in found.limits[0]
    low, high = found.groups[0].band
    assert low < found.groups[0].share < high


def test_labels_that_real_data_lack_count_nowhere():
    real, theirs = draw_ring(REAL, 0)
    fakes, ours = draw_ring(FAKES, 1)
    found = judge_features(
        fakes, real, labels=(torch.where(ours == 7, 99, ours), theirs), draws=DRAWS
    )
    assert [group.name for group in found.missing] == ["7"]


def test_held_out_rows_show_copies_of_training_rows():
    real, held = ring(300, 0), ring(300, 5)
    near = real[:150] + 1e-4
    assert judge_features(near, real, heldout=held, draws=DRAWS).measures["training"].value > 0.9
    fair = judge_features(ring(150, 1), real, heldout=held, draws=DRAWS)
    assert not fair.measures["training"].seen and fair.kind == "healthy"


def test_of_poor_samples_far_off_the_data_no_group_is_said_to_be_there():
    lost = (MissingGroup("1", (0,), 0.2, (0.1, 0.3), 0.0),)
    for missing, rest in (((), "no group is missing"), (lost, "groups are missing cannot be told")):
        told = words.Told("poor", {"precision": "lower"}, missing, 8, 1, 5)
        assert words.tell_verdict(told, judged("poor").measures).endswith(rest)


def test_samples_that_are_the_real_rows_are_told_so():
    real = ring(300, 0)
    found = judge_features(real, real, draws=DRAWS)
    assert "100 % of the samples" in found.verdict and "rows of the real data" in found.verdict
    assert not found.collapsed and found.kind != "healthy"
    some = torch.cat([ring(300, 1)[30:], real[:30]])
    assert any(
        "10 % of the samples equal a row" in line
        for line in judge_features(some, real, draws=DRAWS).limits
    )


def test_small_numbers_have_their_limits():
    found = judge_features(ring(150, 1), ring(300, 0), draws=DRAWS)
    assert any("only gross collapse" in line for line in found.limits)
    assert any("modes rarer than 20 %" in line for line in found.limits)
    assert "Too few" in judged("few").verdict and [*judged("few").measures] == ["copies"]


def test_one_row_and_few_rows_have_no_verdict():
    for n in (1, 2, 7):
        found = judge_features(ring(n, 1), ring(20, 0), draws=DRAWS)
        assert found.kind == "too few" and (found.copies is None) == (n < 6)
        assert "Too few" in str(found)


def test_many_rows_are_a_stated_subsample(monkeypatch):
    monkeypatch.setattr("mcgan.judging.inputs.ROWS", 300)
    monkeypatch.setattr("mcgan.judging.words.ROWS", 300)
    found = judge_features(STATES["missing"], ring(REAL, 0), draws=DRAWS)
    assert any("300 rows, chosen by the seed" in line for line in found.limits)
    rows = [row for group in found.missing for row in group.rows]
    assert (draw_ring(REAL, 0)[1][rows] >= 5).all() and max(rows) > 300
    assert found.n == FAKES and found.m == REAL


WRONG = {
    "not finite in 1 of": (np.full((1, 2), np.nan), np.zeros((200, 2))),
    "the real data have numbers that are not finite": (np.zeros((200, 2)), np.full((3, 2), np.inf)),
    "have 3 columns, the real data 2": (np.zeros((200, 3)), np.ones((200, 2))),
    "rows of features": (np.zeros((200, 2, 2)), np.ones((200, 2))),
    "all the same": (np.random.default_rng(0).normal(size=(200, 2)), np.ones((200, 2))),
}


@pytest.mark.parametrize("words", WRONG)
def test_wrong_rows_are_one_sentence(words):
    with pytest.raises(UserError, match=words) as caught:
        judge_features(*WRONG[words])
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "labels",
    [(np.zeros(3),), (np.zeros(200), np.zeros(200, int)), (np.zeros(3, int), np.zeros(200, int))],
)
def test_wrong_labels_are_one_sentence(labels):
    with pytest.raises(UserError, match="labels"):
        judge_features(ring(200, 0), ring(200, 1), labels=labels)


def test_constant_columns_change_no_state():
    def wide(x: Tensor) -> Tensor:
        return torch.cat([x, torch.full((len(x), 2), 7.0)], 1)

    found = judge_features(wide(STATES["missing"]), wide(ring(REAL, 0)), draws=DRAWS)
    assert found.kind == "missing"
    off = wide(STATES["healthy"]) + torch.tensor([0, 0, 1.0, 0])
    assert judge_features(off, wide(ring(REAL, 0)), draws=DRAWS).kind == "poor"


def test_samples_in_one_point_beside_wide_data_are_narrowed_not_an_error():
    point = 0.3 + 1e-9 * ring(FAKES, 1)
    assert judge_features(point, 1e6 * ring(REAL, 0), draws=DRAWS).kind == "narrowed"


@pytest.mark.parametrize("kept", [1, 20])
def test_copies_of_a_few_real_rows_are_a_collapse(kept):
    real = ring(300, 0)
    found = judge_features(real[torch.arange(300) % kept], real, draws=DRAWS)
    assert found.collapsed and found.missing and "missing" in found.verdict
    assert any("equal a row of the real data" in line for line in found.limits)
