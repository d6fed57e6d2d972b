"""Numbers over seeds against hand-made cases and scipy's own."""

import numpy as np
import pytest
from scipy import stats

from finished import MINIBATCH, PENALTY, PERFECT, REPLAY
from mcgan.compare.grouping import tables
from mcgan.compare.statistics import against, best, contrasts, holm, least, median, rows, welch


def test_a_row(run) -> None:
    [table] = tables([run([8, 6, 3, None])])
    [row] = rows(table)
    assert (row.seeds, row.diverged, row.collapsed) == (4, 1, 0.25)
    strict = row.spreads["modes_strict"]
    assert strict == pytest.approx((17 / 3, 3, 8))  # Student's would be 5.67 ± 6.25
    assert row.spreads["kl"][1:] == (
        0.001,
        1.251,
    )  # of three values their ends; Student's would begin at -0.98
    assert row.middles["modes_strict"] == pytest.approx(17 / 3)
    assert (row.watched, row.reached, row.steps, row.seconds) == (4, 1, None, None)
    assert row.step_ms == pytest.approx(0.5)


def test_never_is_later_than_every_step() -> None:
    assert median([100, 300, None]) == 300
    assert median([100, None, None]) is None
    assert median([100, 300, 500, None]) == 400
    assert median([100, None]) is None and median([]) is None


def test_good_coverage_ranks_first_and_a_diverged_seed_covers_nothing(run) -> None:
    minibatch, replay, penalty = {"minibatch": MINIBATCH}, {"replay": REPLAY}, {"r1": PENALTY}
    [table] = tables([run([8, None], reg=minibatch), run([7, 7]), run([7.5, 7.5], reg=replay),
                      run([None, None], reg=penalty)])  # fmt: skip
    order = [row.group.label for row in rows(table)]
    assert order == ["reg=replay", "reg=none", "reg=minibatch", "reg=r1"]


def test_the_best_is_nearest_to_a_perfect_sampler(run) -> None:
    [table] = tables([run([8, 8]), run([5, 5], reg={"minibatch": MINIBATCH})])
    found = rows(table)
    found[1].spreads["quality"] = found[0].spreads["quality"]._replace(mean=0.9880)
    found[0].spreads["quality"] = found[0].spreads["quality"]._replace(mean=1.0)  # too narrow
    marks = best(found, PERFECT)
    assert marks["quality"] == {1} and marks["kl"] == {0} and marks["modes_covered"] == {0}
    assert marks["steps"] == {0} and marks["collapsed"] == set()  # alike: nothing to mark
    assert least([]) == set() and least([float("inf")]) == set()


def test_nothing_learned_is_best_at_nothing(run) -> None:
    """A young run's KL may be the smallest of all: its samples lie anywhere."""
    [table] = tables([run([0, 0]), run([5, 0], reg={"minibatch": MINIBATCH})])
    found = rows(table)
    assert [row.learned for row in found] == [True, False]
    found[1].spreads["kl"] = found[0].spreads["kl"]._replace(mean=0.0)
    found[1].collapsed = 0.0
    marks = best(found, PERFECT)
    assert marks["kl"] == marks["collapsed"] == marks["quality"] == {0}
    [table] = tables([run([0, 0]), run([0], reg={"minibatch": MINIBATCH})])
    assert not any(best(rows(table), PERFECT).values())


def test_holm_by_hand() -> None:
    """0.01·3, then 0.02·2, then the larger of 0.03·1 and what was reached."""
    assert holm([0.03, 0.01, None, 0.02]) == pytest.approx([0.04, 0.03, None, 0.04])
    assert holm([0.6, 0.9]) == [1.0, 1.0] and holm([None]) == [None] and holm([]) == []


def pair(run, first: list, second: list, start: int = 0):
    [table] = tables([run(first), run(second, seed=start, reg={"minibatch": MINIBATCH})])
    return table, table.groups[0], table.groups[1]


def test_common_seeds_are_paired(run) -> None:
    base, other = [3, 4, 2, 5, 3, 1, 4], [5, 6.5, 3, 8, 7, 2, None]
    table, one, two = pair(run, base, other)
    one, two = (one, two) if one.label == "reg=none" else (two, one)
    test = against(two, one, "modes_strict")
    changes = np.subtract(other[:6], base[:6])
    assert test.count == "6 pairs" and test.method == "Wilcoxon signed-rank"
    assert test.p == pytest.approx(stats.wilcoxon(changes).pvalue) and test.p < 0.05
    half = stats.sem(changes) * stats.t.ppf(0.975, 5)
    middle = changes.mean()
    assert test.difference == pytest.approx((middle, middle - half, middle + half))
    found = contrasts(table, one)
    assert [each.key for each in found] == ["modes_covered", "quality", "kl"]
    assert [each.holm for each in found] == pytest.approx([3 * test.p] * 3)


def test_few_pairs_and_equal_seeds_make_no_claim(run) -> None:
    _, one, two = pair(run, [3, 4, 2, 5, 3], [8] * 5)
    assert against(two, one, "kl").method == "too few pairs, 6 are needed"
    assert against(two, one, "kl").p is None
    _, one, two = pair(run, [3] * 6, [3] * 6)
    assert against(two, one, "kl").p == 1.0


def test_groups_without_a_common_seed_are_compared_by_ranks(run) -> None:
    _, one, two = pair(run, [3, 4, 2, 5], [6, 7, 8, 7, 6], start=10)
    one, two = (one, two) if one.label == "reg=none" else (two, one)
    test = against(two, one, "modes_strict")
    a, b = [6, 7, 8, 7, 6], [3, 4, 2, 5]
    assert test.method == "Mann–Whitney" and test.count == "5 and 4"
    assert test.p == pytest.approx(stats.mannwhitneyu(a, b).pvalue)
    _, one, two = pair(run, [3, 4, 2], [6, 7, 8], start=10)
    assert against(two, one, "modes_strict").method == "too few seeds, 4 each are needed"


def test_difference_of_unequal_samples() -> None:
    a, b = np.array([1.0, 2.0, 4.0, 4.5]), np.array([0.5, 0.6, 0.9])
    ends = stats.ttest_ind(a, b, equal_var=False).confidence_interval()
    assert welch(a, b) == pytest.approx((a.mean() - b.mean(), ends.low, ends.high))
    assert welch(a[:0], b) == (None, None, None) and welch(a[:1], b)[1] is None
    assert welch(np.ones(3), np.zeros(3)) == (1.0, 1.0, 1.0)
