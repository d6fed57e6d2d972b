"""Which runs share a table, which a group, and that no seed counts twice."""

from finished import MINIBATCH, PERFECT, PROTOCOL, settings
from mcgan.compare.grouping import ranges, tables
from mcgan.compare.run import Run
from mcgan.experiment.result import metric
from mcgan.run.identity import generator_of


def test_runs_that_differ_in_their_seeds_are_one_group(run) -> None:
    one, two = run([8, 7], seed=0, replicas=2), run([6], seed=5, name="b", runs_dir="elsewhere")
    [table] = tables([one, two])
    [group] = table.groups
    assert sorted(group.seeds) == [0, 1, 5] and group.values("modes_covered") == [8, 7, 6]
    assert group.runs == [one, two] or group.runs == [two, one]
    assert table.title == "ring · protocol default · 10,000 samples"


def test_a_run_of_before_a_setting_shares_table_and_group(run) -> None:
    later = {"arch__norm": "none", "objective__generator_steps": 1, "dataset__split": "train"}
    [table] = tables([run([8]), run([7], seed=1, **later)])
    assert len(table.groups) == 1


def test_settings_that_change_no_score_make_no_group(run) -> None:
    train = {"train__device": "cuda", "train__compile": True, "train__threads": 4,
             "train__log_every": 1, "train__checkpoint_every": 7}  # fmt: skip
    other = run([7], seed=1, eval__every=10, dataset__root="/a", resume=False, **train)
    [table] = tables([run([8]), other])
    assert len(table.groups) == 1


def test_a_seed_counts_once_that_of_the_finished_then_the_later_run(run) -> None:
    early = run([1, 1, 1], name="early", ended="2026-01-01")
    late = run([2, 2], seed=1, name="late", ended="2026-02-01")
    bad = run([3], seed=3, name="bad", state="diverged", ended="2026-03-01")
    good = run([4], seed=3, name="good", ended="2026-01-15")
    for order in ([early, late, bad, good], [good, bad, late, early]):
        [table] = tables(order)
        [group] = table.groups
        assert group.values("modes_covered") == [1, 2, 2, 4]
        assert sorted(group.dropped) == [
            "seed 3 of bad: counted in good", "seeds 1–2 of early: counted in late"]  # fmt: skip


def test_each_way_of_measuring_has_its_table(run) -> None:
    box = {**PROTOCOL, "norm": "box", "threshold": 3.0}
    found = tables([
        run([8]), run([8], eval__samples=500), run([8], protocol=box),
        run([8], protocol={**PROTOCOL, "name": "pacgan"}), run([8], dataset__std=0.05),
        run([8], dataset={"_target_": "mcgan.dataset.grid.Grid", "side": 5}),
        run([8], more={"dataset": {"classifier_sha256": "ab"}}),
    ])  # fmt: skip
    assert len(found) == 7 and all(len(table.groups) == 1 for table in found)
    titles = [table.title for table in found]
    assert len(set(titles)) >= 6
    assert any("dataset.std=0.05" in title for title in titles)
    assert any("protocol.norm=box" in title and "threshold=3" in title for title in titles)
    assert any("recognition.classifier_sha256=ab" in title for title in titles)
    assert any(title.startswith("grid") for title in titles)


def test_runs_of_different_lengths_are_ranked_together_only_if_asked(run) -> None:
    runs = [run([8]), run([8], train__steps=2000), run([8], train__steps=2000, arch__width=2)]
    assert [(table.title.rpartition(" · ")[2], len(table.groups)) for table in tables(runs)] == [
        ("train.steps=1000", 1),
        ("train.steps=2000", 2),
    ]
    [table] = tables(runs, mix_steps=True)
    assert len(table.groups) == 3 and "train.steps" not in table.title


def test_the_order_of_strategies_makes_a_group(run) -> None:
    one, two = {"minibatch": MINIBATCH, "wave": {}}, {"wave": {}, "minibatch": MINIBATCH}
    [table] = tables([run([8], reg=one), run([8], reg=two)])
    assert [group.label for group in table.groups] == ["reg=minibatch+wave", "reg=wave+minibatch"]


def test_what_was_measured_again_has_its_table_and_no_course(run) -> None:
    twice = run([8], replicas=1)
    twice.results.append({**twice.results[0], "protocol": {**PROTOCOL, "name": "pacgan"}})
    own, again = tables([twice])
    assert own.groups[0].seeds[0].steps == 1000 and own.groups[0].seeds[0].curve == [(1000, 8)]
    assert again.groups[0].seeds[0].steps is None and again.groups[0].seeds[0].curve == []


def test_times_are_a_replicas_share(run) -> None:
    [table] = tables([run([8, 8, 5, 8])])
    seeds = table.groups[0].seeds
    assert (seeds[0].steps, seeds[0].seconds, seeds[0].step_ms) == (1000, 1.0, 0.5)
    assert (seeds[2].steps, seeds[2].seconds, seeds[2].step_ms) == (None, None, 0.5)


def test_a_dead_replica_is_a_diverged_seed(run) -> None:
    [table] = tables([run([None, 8])])
    assert [seed.diverged for seed in table.groups[0].seeds.values()] == [True, False]


def test_full_coverage_is_a_perfect_samplers(run) -> None:
    [table] = tables([run([8])])
    assert table.full == 8
    table.perfect = {"modes_strict": 999.7, "modes_published": 1000.0}
    assert table.full == 999
    table.perfect = {}
    assert table.full == float("inf")


def said(*collapsed: bool) -> dict:
    """What result.json has of the verdict, for seeds from 0 on."""
    return {"verdict": {"replicas": [{"seed": seed, "collapsed": each, "kind": "inside"}
                                     for seed, each in enumerate(collapsed)]}}  # fmt: skip


def collapsed_of(run: Run) -> list[bool | None]:
    [table] = tables([run])
    return [seed.collapsed for seed in table.groups[0].seeds.values()]


def test_collapsed_is_what_the_verdict_says(run) -> None:
    """A collapse inside modes holds all modes; a rotating generator may hold few at a time."""
    assert collapsed_of(run([8, 8, 1], more=said(True, False, False))) == [True, False, False]


def test_without_a_verdict_the_rule_of_verdicts_decides(run) -> None:
    assert collapsed_of(run([8, 4, 3, None])) == [False, False, True, None]


def test_modes_of_unequal_weight_count_as_much_as_their_weight(run) -> None:
    """Eight modes of which the data fill two: a generator that holds these two is no collapse."""
    perfect = {"perfect": {**PERFECT, "effective_modes": 2.0}}
    uneven = run([8, 8, 8])
    for found, values in {"effective_modes": [2.0, 1.1, 0.9]}.items():
        uneven.results[0]["metrics"][found] = metric(found, values, perfect)
    assert collapsed_of(uneven) == [False, False, True]


def test_a_run_that_is_measured_again_keeps_its_verdict(run) -> None:
    twice = run([8], more=said(True))
    again = {**twice.results[0], "protocol": {**PROTOCOL, "name": "pacgan"}}
    del again["verdict"]
    twice.results.append(again)
    assert [next(iter(table.groups[0].seeds.values())).collapsed
            for table in tables([twice])] == [True, True]  # fmt: skip


def test_names_are_those_of_the_yamls_that_were_chosen(run) -> None:
    mine = run([8], dataset={"_target_": "mine.Swirl"})
    mine.choices = {**mine.choices, "dataset": "swirl_of_mine"}
    [table] = tables([mine])
    assert table.title.startswith("swirl_of_mine ·")
    mine.choices = {}
    [table] = tables([mine])
    assert table.title.startswith("Swirl ·")


def test_ranges() -> None:
    assert [ranges([3]), ranges([0, 1, 2]), ranges([0, 2])] == ["seed 3", "seeds 0–2", "seeds 0, 2"]


def test_a_setting_that_is_null_is_as_one_of_before_there_was_it() -> None:
    started = generator_of(settings() | {"start_from": "runs/other"})
    assert generator_of(settings() | {"start_from": None}) == generator_of(settings()) != started
