"""How many processes train a sweep as one program, and which jobs each gets."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mcgan.cli import shares
from mcgan.cli.shares import find_workers, share_out
from mcgan.errors import UserError
from mcgan.experiment.lanes.composed import Job
from mcgan.system import device
from mcgan.system.gpu_files import may_have_gpu


def jobs(count: int, **train: Any) -> list[Job]:
    config = {"train": {"device": "cpu", "threads": None} | train}
    return [Job(config, {}, [], Path(str(i)), []) for i in range(count)]


@pytest.fixture(autouse=True)
def cores(monkeypatch):
    monkeypatch.setattr(shares, "count_cores", lambda: 4)


def test_shares_are_equal_and_in_order():
    assert share_out("abcde", 1) == ["abcde"] and share_out("abcde", 2) == ["ab", "cde"]
    assert share_out("ab", 3) == ["a", "b"] and share_out("", 3) == [""]


@pytest.mark.parametrize("wrong", [0, "two", 1.5, 2000])
def test_what_is_no_number_of_workers_is_a_mistake(wrong):
    with pytest.raises(UserError, match="workers must be a whole number from 1 to 1024, not "):
        share_out("ab", wrong)


@pytest.mark.parametrize(("count", "workers"), [(0, 1), (2, 1), (31, 1), (32, 2), (63, 3), (99, 4)])
def test_many_jobs_get_a_process_for_each_core(count, workers):
    assert find_workers(jobs(count)) == workers
    assert len(share_out(jobs(count), None)) == workers


@pytest.mark.parametrize(("threads", "workers"), [(1, 4), (2, 2), (3, 1), (8, 1)])
def test_a_process_takes_as_many_cores_as_its_runs_have_threads(threads, workers):
    assert find_workers(jobs(64, threads=threads)) == workers


@pytest.mark.parametrize(("wish", "found", "workers"), [
    ("cuda", "cuda", 1), ("auto", "cuda", 1), ("auto", "cpu", 4), ("cpu", "cuda", 4)])  # fmt: skip
def test_on_a_gpu_one_process_trains_all(wish, found, workers, monkeypatch):
    monkeypatch.setattr(shares, "may_have_gpu", lambda: True)
    monkeypatch.setattr(device, "device_of", lambda wish: found)
    assert find_workers(jobs(64, device=wish)) == workers


def test_torch_is_not_asked_where_there_is_no_driver(monkeypatch):
    monkeypatch.setattr(shares, "may_have_gpu", lambda: False)
    monkeypatch.setattr(device, "device_of", lambda wish: pytest.fail("it is asked"))
    assert find_workers(jobs(64, device="auto")) == 4


def test_a_driver_has_a_file_among_the_devices(tmp_path, monkeypatch):
    monkeypatch.setattr("sys.platform", "linux")
    assert not may_have_gpu(tmp_path)
    (tmp_path / "nvidia0").touch()
    assert may_have_gpu(tmp_path)


def test_a_sweep_whose_jobs_run_elsewhere_does_not_load_torch():
    code = "import sys, mcgan.cli.lanes, mcgan.cli.shares; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_without_joblib_one_process_trains_all_and_says_so(monkeypatch, caplog):
    caplog.set_level("INFO", logger="mcgan")
    monkeypatch.setattr(shares, "find_spec", lambda name: None)
    assert find_workers(jobs(64)) == 1
    assert "one process trains all: 4 would need mcgan[parallel]" in caplog.text
