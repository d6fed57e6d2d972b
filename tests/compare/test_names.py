"""Groups are called by the name that was given, else by what was typed, else by their settings."""

from mcgan.compare.grouping import tables
from mcgan.compare.names import Origin, call, is_told
from mcgan.compare.run import Run


def called(run, *typed: list[str]) -> list[str]:
    """The labels of runs that were asked for in these words, each with another net."""
    runs: list[Run] = []
    for width, words in enumerate(typed):
        runs.append(run([8], arch__width=width))
        runs[-1].words = words
    [table] = tables(runs)
    labels = {group.config["arch"]["width"]: group.label for group in table.groups}
    return [labels[width] for width in sorted(labels)]


def test_a_given_name(run) -> None:
    assert called(run, ["name=wide", "arch.width=1"], ["arch.width=2", "name=x", "name=thin"]) == [
        "wide", "thin"]  # fmt: skip


def test_the_name_of_a_sweep_tells_nothing_and_what_was_typed_does(run) -> None:
    shared = ["train.batch_size=8", "name=sweep", "seed=3"]
    assert called(run, ["reg=none", *shared], ["reg=[minibatch,r1]", "optim.lr=1e-3", *shared]) == [
        "reg=none", "reg=[minibatch,r1] optim.lr=1e-3"]  # fmt: skip
    assert called(run, ["experiment=collapse"], ["experiment=covered"]) == [
        "experiment=collapse", "experiment=covered"]  # fmt: skip


def test_settings_where_words_tell_nothing_or_are_unknown(run) -> None:
    assert called(run, [], ["reg=replay"]) == ["arch.width=0", "reg=replay"]
    assert called(run, ["reg=r1"], ["reg=r1"]) == ["arch.width=0", "arch.width=1"]
    assert call([Origin([["name=reg=r1"]], "a=1"), Origin([[]], "reg=r1")]) == ["a=1", "reg=r1"]


def test_runs_of_one_group_under_several_names_go_by_their_words(run) -> None:
    first, second, other = run([8], seed=0), run([8], seed=1), run([7], arch__width=2)
    first.words, second.words = ["name=a", "reg=r1"], ["name=b", "reg=r1", "arch.depth=2"]
    other.words = ["arch.width=2"]
    [table] = tables([first, second, other])
    assert sorted(group.label for group in table.groups) == ["arch.width=2", "reg=r1"]


def test_words_that_make_no_group_are_not_told() -> None:
    quiet = ("seed=1", "name=x", "dataset=grid", "dataset.std=0.1", "eval.every=5",
             "train.device=cpu", "protocol=metz", "hydra/launcher=slurm", "hydra.verbose=true",
             "++train.threads=2")  # fmt: skip
    assert not [word for word in quiet if is_told(word)]
    assert all(map(is_told, ("train.steps=5", "~reg.r1", "+arch.depth=3", "experiment=paper/x")))
