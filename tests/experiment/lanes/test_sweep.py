"""Which runs of a sweep are one program: by pace, by structure, by what fits."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from mcgan.engine.trainer import make_lane
from mcgan.experiment.lanes import sweep
from mcgan.experiment.lanes.composed import Job
from mcgan.experiment.lanes.job import Known, LaneRun
from mcgan.run.states import Interrupted, Outcome, RunState
from small import parts

ROOM = 1e12  # bytes


def run_of(components, pace: str = "") -> Any:
    lane = make_lane(components.game(0), components.optim, components.dataset.draw, 0)
    return SimpleNamespace(parts=components, lanes=[lane], pace=lambda: pace)


@pytest.fixture
def runs() -> list[Any]:
    """Two alike, one of another pace, one of another structure, two parted by a number."""
    one, other = (parts("r1", r1={"gamma": gamma}) for gamma in (1.0, 2.0))
    match = [parts("feature_matching", feature_matching={"covariance": c}) for c in (0.0, 0.1)]
    return [*map(run_of, (one, other)), run_of(one, "resumed"), *map(run_of, match)]


def test_runs_of_a_pace_a_structure_and_the_same_choices_are_one_program(runs, caplog):
    caplog.set_level("INFO", logger="mcgan")
    groups = [[runs.index(run) for run in group] for group in sweep.list_groups(runs, 100, ROOM)]
    assert groups == [[0, 1], [3], [4], [2]]
    assert "reg.feature_matching.covariance decide what is computed" in caplog.text
    assert "2 runs as one program: at least" in caplog.text


def test_groups_are_cut_to_the_lanes_wanted_and_to_memory(runs):
    many = runs[:1] * 5
    one = sum(need.bytes for need in runs[0].parts.needs())
    assert [len(part) for part in sweep.cut(many, 2, ROOM)] == [2, 2, 1]
    assert [len(part) for part in sweep.cut(many, 100, 3.5 * one)] == [3, 2]
    assert [len(part) for part in sweep.cut(many[:2], 100, 0)] == [1, 1]


def test_processes_share_the_memory(monkeypatch):
    rooms = []
    monkeypatch.setattr(sweep, "memory", lambda: 30.0)
    monkeypatch.setattr(sweep, "list_groups", lambda runs, most, room: rooms.append(room) or [])
    assert sweep.train_jobs([], 100) == sweep.train_jobs([], 100, processes=3) == []
    assert rooms == [30, 10]


def test_a_signal_ends_the_sweep_with_its_code():
    sweep.stop_for([])
    with pytest.raises(Interrupted) as ended:
        sweep.stop_for([15])
    assert ended.value.code == 143


@pytest.mark.parametrize("told", [[15], []])
def test_a_worker_returns_where_it_is_told_to_stop(told, monkeypatch):
    """joblib kills the other workers once one raises."""
    monkeypatch.setattr(sweep.worker, "stop", told)
    monkeypatch.setattr(sweep.LaneRun, "prepare", lambda run, known: sweep.stop_for([15]))
    job = Job({"log": "lean"}, {}, [], Path("nowhere"), [])
    if told:
        assert sweep.train_jobs([job], 100) == [Outcome(RunState.INTERRUPTED)]
        return
    with pytest.raises(Interrupted):
        sweep.train_jobs([job], 100)


def test_a_run_of_several_devices_is_no_lane_and_nothing_is_built_to_know_it(tmp_path, monkeypatch):
    monkeypatch.setattr(LaneRun, "build", lambda run, known: pytest.fail("it is built"))
    config = parts().config
    config = config | {"train": config["train"] | {"devices": 2}}
    run = LaneRun(Job(config, {}, [], tmp_path / "run", []))
    run.attempt(run.prepare, Known({}, {}))
    assert "is for one run: leave hydra/launcher=vectorized out" in str(run.outcome)


def test_runs_of_the_same_data_and_settings_are_measured_by_one(tmp_path):
    known, runs = Known({}, {}), []
    for name, more in (("one", {}), ("two", {"seed": 7}), ("other", {"protocol": {"samples": 60}})):
        config = parts().config
        config = config | {key: config[key] | new if isinstance(new, dict) else new
                           for key, new in more.items()}  # fmt: skip
        runs.append(LaneRun(Job(config, {}, [], tmp_path / name, [])))
        with runs[-1].held:
            runs[-1].prepare(known)
    one, two, other = (run.parts.measuring for run in runs)
    assert one is two is not other and one.reference is two.reference
    assert one.dataset is other.dataset
