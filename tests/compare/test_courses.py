"""Coverage over training: of the groups, and of each setting that varies."""

from finished import MINIBATCH, REPLAY
from mcgan.compare.comparison import Section
from mcgan.compare.courses import choose_count, coverage, curve, effects
from mcgan.compare.curves import RunCurves
from mcgan.compare.grouping import tables
from mcgan.compare.statistics import rows
from mcgan.compare.varied import vary


def section(runs: list) -> Section:
    [table] = tables(runs)
    return Section(table, rows(table))


def two_by_two(run) -> Section:
    regs = {"minibatch": {"minibatch": MINIBATCH}, "replay": {"replay": REPLAY}}
    return section(
        [
            run([modes, modes - 1], reg=reg, optim__lr=lr)
            for modes, (reg, lr) in zip(
                (8, 6, 4, 2), [(r, lr) for r in regs.values() for lr in (0.1, 0.2)], strict=True
            )
        ]
    )


def test_each_setting_that_varies_with_its_seeds_pooled(run) -> None:
    found = vary([row.group for row in two_by_two(run).rows])
    assert found.keys() == {"reg", "optim.lr"}
    modes = {
        value: sorted(seed.scores["modes_strict"] for seed in seeds)
        for values in found.values()
        for value, seeds in values.items()
    }
    assert modes == {"minibatch": [5, 6, 7, 8], "replay": [1, 2, 3, 4],
                     "0.1": [3, 4, 7, 8], "0.2": [1, 2, 5, 6]}  # fmt: skip


def test_one_setting_alone_has_no_picture_of_its_own(run) -> None:
    one = section([run([8], optim__lr=lr) for lr in (0.1, 0.2, 0.3)])
    assert effects(one) == {} and vary([]) == {}
    assert [text.get_text() for text in coverage(one).legends[0].texts][-1] == "perfect sampler"


def test_a_picture_by_setting_has_a_line_for_each_value(run) -> None:
    pictures = effects(two_by_two(run))
    assert [*pictures] == ["reg", "optim.lr"]
    labels = [text.get_text() for text in pictures["optim.lr"].legends[0].texts]
    assert sorted(labels) == ["0.1", "0.2", "perfect sampler"]
    assert [tick.get_text() for tick in pictures["reg"].axes[0].get_xticklabels()] == ["1,000"]
    assert {line.get_ydata()[0] for line in pictures["reg"].axes[0].lines[:2]} == {6.5, 2.5}


def test_the_count_that_differs_is_drawn(run) -> None:
    """Strict modes are 0 everywhere in a young sweep: effective modes tell its groups apart."""
    runs = [run([0], optim__lr=0.1), run([0], optim__lr=0.2)]
    for one, held in zip(runs, (3.0, 5.0), strict=True):
        one.course = RunCurves({"modes_strict": [(9, [0.0])], "effective_modes": [(9, [held])]})
    seeds = [[*row.group.seeds.values()] for row in section(runs).rows]
    assert choose_count(seeds) == "effective_modes"
    assert sorted(curve(each, "effective_modes")[0][1][0] for each in seeds) == [3.0, 5.0]
    assert choose_count(seeds[:1]) == "modes_strict"
    assert coverage(section(runs)).axes[0].get_ylabel() == "effective modes"
