"""The examples in the docstrings of the public API, run in order; each public call has one."""

import contextlib
import doctest
import inspect
from pathlib import Path

import pytest

import mcgan

BARE = {"train", "__version__"}  # the run of `train`'s example is made once
CALLS = ["train", "load", "evaluate", "judge", "build_dataset", "number", "TrainedRun", "Scores"]
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
STATES = {"folder", "state", "step", "seeds", "dataset", "reference", "trainer"}  # plain to see


def examples(name: str) -> list[doctest.DocTest]:
    """Those of an object and of what it defines itself."""
    finder = doctest.DocTestFinder(exclude_empty=True)
    return [
        test
        for test in finder.find(getattr(mcgan, name), name, globs={"mcgan": mcgan})
        if test.examples
    ]


def check(name: str) -> None:
    for test in examples(name):
        told: list[str] = []
        result = doctest.DocTestRunner(optionflags=FLAGS).run(test, out=told.append)
        assert result.failed == 0 and result.attempted, "".join(told)


@pytest.fixture(scope="module")
def place(folder: Path) -> Path:
    """A working directory with the run that `train`'s example makes, and the others use."""
    with contextlib.chdir(folder):
        check("train")
    return folder


@pytest.mark.parametrize("name", [name for name in mcgan.__all__ if name not in BARE])
def test_the_examples_are_true(name, place, monkeypatch):
    monkeypatch.chdir(place)
    check(name)


def public(name: str) -> set[str]:
    """The public calls that a name stands for: functions, and methods of what they return."""
    thing = getattr(mcgan, name)
    if inspect.isfunction(thing):
        return {name}
    calls = (
        key
        for key, value in vars(thing).items()
        if inspect.isfunction(value) or isinstance(value, property)
    )
    return {f"{name}.{key}" for key in calls if not key.startswith("_") and key not in STATES}


@pytest.mark.parametrize("name", CALLS)
def test_every_public_call_has_an_example(name):
    assert public(name) and public(name) <= {test.name for test in examples(name)}
