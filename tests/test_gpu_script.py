"""benchmarks/gpu.py on a CPU, tiny: every part gives rows, and a part that fails is no end."""

import json
import os
import sys
import time
import warnings
from pathlib import Path

import pytest

from mnist_files import MISSING
from recorded_graph import RecordedGraph

BENCHMARKS = Path(__file__).resolve().parents[1] / "benchmarks"


@pytest.fixture(autouse=True)
def importable(monkeypatch):
    monkeypatch.setattr(sys, "path", [str(BENCHMARKS), *sys.path])


def ran(monkeypatch, out: Path, *words: str) -> dict:
    """The JSON of a run, read back."""
    import gpu

    given = ["gpu.py", "--device", "cpu", "--out", str(out), *words]
    monkeypatch.setattr(sys, "argv", given)
    gpu.main()
    return json.loads(out.read_text())


@pytest.mark.long
def test_every_part_runs_on_a_cpu(monkeypatch, tmp_path):
    from gpu_parts import PARTS

    found = ran(monkeypatch, tmp_path / "gpu.json", "--seconds", "5")
    assert found["parts"].keys() == PARTS.keys() and found["device"] == "cpu"
    for name, part in found["parts"].items():
        if name == "stacked" and MISSING in str(part["error"]):
            continue
        assert part["error"] is None and part["rows"], (name, part)
        assert all("error" not in row for row in part["rows"]), (name, part)
    assert {row["other bits"] for row in found["parts"]["bits"]["rows"] if "tensors" in row} == {0}


@pytest.mark.long
def test_a_part_that_fails_hangs_or_dies_is_recorded_and_the_rest_goes_on(monkeypatch, tmp_path):
    import gpu

    def broken(plan):
        yield {"first": 1}
        raise ValueError("no such kernel")

    def hanging(plan):
        yield {"first": 2}
        time.sleep(60)

    def dying(plan):
        os._exit(3)
        yield

    def endless(plan):
        while True:
            yield {"seconds": plan.seconds}

    runs = {"broken": broken, "hanging": hanging, "dying": dying, "endless": endless}
    parts = {name: gpu.PARTS["device"]._replace(run=run) for name, run in runs.items()}
    monkeypatch.setattr(gpu, "PARTS", parts)
    monkeypatch.setattr(gpu, "LATE", 0.5)
    found = ran(monkeypatch, tmp_path / "gpu.json", "--seconds", "2", "--part", *parts)["parts"]
    assert (
        found["broken"]["rows"] == [{"first": 1}] and "no such kernel" in found["broken"]["error"]
    )
    assert (
        found["hanging"]["rows"] == [{"first": 2}] and "stopped after" in found["hanging"]["error"]
    )
    assert found["dying"]["error"] == "the process ended without a word"
    assert found["endless"]["error"] is None and found["endless"]["rows"]
    assert not [*tmp_path.glob(".*")]


def test_shares_of_the_time_are_taken_of_what_is_left(monkeypatch):
    import gpu

    shares = {"a": 1, "b": 3, "c": 4}
    parts = {name: gpu.PARTS["device"]._replace(share=share) for name, share in shares.items()}
    monkeypatch.setattr(gpu, "PARTS", parts)
    assert gpu.share_of("a", ["a", "b", "c"], 80.0) == 10.0
    assert gpu.share_of("b", ["a", "b", "c"], 70.0) == 30.0
    assert gpu.share_of("c", ["a", "c"], -1.0) == 0.0


def test_captured_engines_are_told_from_those_that_fell_back(monkeypatch):
    import ours
    from gpu_plan import Plan
    from gpu_runs import count_graphs

    from mcgan.engine.captured import capture

    monkeypatch.setattr(ours, "capture", lambda made: capture(made, RecordedGraph))
    work = Plan("cpu", 1.0).work("mlp64")
    plain, other = (ours.trainer_of(e, work, 2, "cpu") for e in ("eager", "eager captured"))
    other.step()  # reads on the CPU whether all live
    assert count_graphs(plain) == count_graphs(other) == 0
    monkeypatch.setattr("mcgan.engine.pure.all_live", lambda alive: False)
    whole = ours.trainer_of("eager captured", work, 2, "cpu")
    whole.step()
    assert count_graphs(whole) == 2


def test_idle_time_is_what_no_interval_covers():
    from busy import idle_between

    assert idle_between([(0.0, 4.0), (2.0, 5.0), (9.0, 10.0)]) == 0.4
    assert idle_between([(3.0, 4.0), (0.0, 10.0)]) == 0.0
    assert idle_between([]) is None


def test_waits_are_told_by_the_line_that_waits():
    from waits import tally

    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        for _ in range(2):
            warnings.warn("called a synchronizing CUDA operation", stacklevel=1)
        warnings.warn("something else", stacklevel=1)
    [(where, count)] = tally(said).items()
    assert Path(where.rpartition(":")[0]).name == Path(__file__).name and count == 2
