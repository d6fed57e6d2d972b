"""An evaluation by itself: what it records, when it draws, what a checkpoint keeps of it."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import torch

from mcgan.experiment import evaluator
from mcgan.experiment.evaluator import Evaluator
from mcgan.experiment.recorder import Recorder
from mcgan.run.directory import RunDirectory
from small import parts, run


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The steps whose pictures were drawn; none is."""
    steps: list[int] = []
    monkeypatch.setattr(evaluator, "pictures", lambda *_, step, **__: steps.append(step) or {})
    return steps


@pytest.fixture
def fresh(tmp_path: Path, drawn: list[int]) -> Iterator[Callable[[str], Evaluator]]:
    """Makes evaluators of two replicas of a small game, in a folder of that name."""
    with ExitStack() as stack:

        def make(name: str) -> Evaluator:
            components, directory = parts("ema", replicas=2), RunDirectory(tmp_path / name)
            with directory.lock():
                directory.start(components.config, components.steps)
            recorder = Recorder(directory, tensorboard=False)
            stack.callback(recorder.close, "done")
            return Evaluator(components, components.trainer(compiled=False), recorder)

        yield make


@pytest.fixture
def made(fresh: Callable[[str], Evaluator]) -> Evaluator:
    return fresh("run")


def look(evaluator: Evaluator, step: int, dead: set[int] = frozenset(), last: bool = False):
    run(evaluator.trainer, 2)
    evaluator.conclude(evaluator.measure(step, dead), dead, last)


def recorded(evaluator: Evaluator) -> list[dict]:
    return [*map(json.loads, evaluator.recorder.run.metrics.read_text().splitlines())]


def test_measuring_records_scores_and_signals_but_none_of_the_dead(made, drawn):
    assert made.step == -1
    found = made.measure(4, dead={1})
    scores, health = recorded(made)
    assert (scores["kind"], health["kind"]) == ("eval", "health")
    assert scores["step"] == health["step"] == found.step == made.step == 4
    for row in (scores, health):
        mine, others = zip(*(row[key] for key in row if key not in ("kind", "step")), strict=True)
        assert any(value is not None for value in mine) and set(others) == {None}
    assert found.values == made.values and found.samples[0].shape == (50, 2)
    assert found.counts.shape == (2, 8) and not drawn


def test_the_verdict_is_recorded_when_it_is_new_and_at_the_end(made, monkeypatch):
    told = []
    monkeypatch.setattr(made.recorder, "verdict", lambda step, text, page: told.append(step))
    look(made, 1)  # of 20 steps: too early to tell
    assert not told
    for step in (5, 6, 7, 8):
        look(made, step)
    before = list(told)
    assert before and len(set(before)) == len(before) < 4
    look(made, 9, last=True)
    assert told == [*before, 9]


def test_pictures_are_drawn_at_the_end_and_where_there_is_time(made, drawn):
    made.began += 1e6  # no time has passed
    look(made, 4)
    assert not drawn
    look(made, 5, last=True)
    assert drawn == [5]
    made.began -= 2e6
    look(made, 6)
    assert drawn == [5, 6]


def test_looking_moves_no_replica_and_shows_always_the_same_latents(made):
    before = {name: t.detach().clone() for name, t in made.trainer.replicas.tensors.items()}
    one, two = (made.measure(step, dead=frozenset()) for step in (1, 2))
    for first, second in zip(one.samples, two.samples, strict=True):
        assert torch.equal(first, second)
    assert not torch.equal(*one.samples)
    for name, tensor in made.trainer.replicas.tensors.items():
        assert torch.equal(tensor, before[name])


def test_a_checkpoint_remembers_scores_signals_and_visits(made, fresh, tmp_path):
    for step in (4, 8):
        look(made, step)
    file = tmp_path / "evaluator.pt"
    torch.save(made.checkpoint() | {"another": "key"}, file)
    again = fresh("again")
    again.restore(torch.load(file, weights_only=True))
    assert again.step == 8 and again.values == made.values
    assert again.visits.steps == [4, 8]
    assert again.detector.report() == made.detector.report()
    assert all(
        torch.equal(a, b) for a, b in zip(again.visits.counts, made.visits.counts, strict=True)
    )
