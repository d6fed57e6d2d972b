"""The folder of a run: its states, its lock, what a new run clears."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from mcgan.errors import UserError
from mcgan.run.directory import RunDirectory
from mcgan.run.states import RunState

CONFIG = {"seed": 3, "train": {"steps": 10, "lr": 1e-05, "betas": [0.5, 0.9]}, "reg": {}, "x": None}

CHOICES = {"objective": "r3gan", "reg": ["r1", "ema"]}


@pytest.fixture
def run(tmp_path: Path) -> RunDirectory:
    run = RunDirectory(tmp_path / "some run" / "here")
    with run.lock():
        run.start(CONFIG, steps=10, choices=CHOICES)
    return run


def test_a_handle_makes_nothing_and_needs_no_torch(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path / "new")
    assert run.status() == {} and run.result() is None
    with pytest.raises(UserError, match=r"is not a run: it has no config\.yaml"):
        run.config()
    assert not run.folder.exists()
    code = "import sys, mcgan.run.directory; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_the_states_of_a_run(run: RunDirectory) -> None:
    status = run.status()
    assert (status["state"], status["step"], status["steps"]) == ("running", 0, 10)
    assert status["pid"] == os.getpid() and status["ended"] is None and status["config"] == CONFIG
    run.save(4, {"w": torch.ones(2)})
    assert run.status()["step"] == 4
    run.end(RunState.INTERRUPTED, step=5, signal=12, mistake=True)
    assert run.status()["signal"] == 12
    assert run.status()["ended"] >= run.status()["started"]
    run.restart(steps=20, config={**CONFIG, "seed": 3, "more": True})
    again = run.status()
    assert (again["state"], again["steps"], again["ended"]) == ("running", 20, None)
    assert again["signal"] is None and again["mistake"] is False
    assert status["choices"] == again["choices"] == CHOICES
    assert again["started"] == status["started"] and run.config()["more"] is True
    assert run.load()[0] == 4  # a setting changed by resume does not make its checkpoints foreign
    run.end(RunState.DONE, score=0.5)
    assert run.status()["score"] == 0.5


def test_config_comes_back_as_it_was(run: RunDirectory) -> None:
    assert run.config() == CONFIG
    assert isinstance(run.config()["train"]["lr"], float)


def test_damaged_files_are_one_sentence(run: RunDirectory) -> None:
    (run.folder / "status.json").write_text('{"state": ')
    with pytest.raises(UserError, match=r"status\.json cannot be read"):
        run.status()
    for text in ("[", "just text", ""):
        (run.folder / "config.yaml").write_text(text)
        with pytest.raises(UserError, match=r"config\.yaml"):
            run.config()


DAMAGE = [
    "5",
    "[]",
    "[" * 100_000,
    '{"state": "odd"}',
    '{"state": 5}',
    '{"step": "7"}',
    "\0" * 9,
    '{"steps": [1]}',
    '{"threads": 1.5}',
    '{"choices": []}',
    '{"origin": null}',
    "NaN",
    '{"data": [1]}',
    '{"data": {"cat": 5}}',
    '{"data": {"cat": ["5", "ab"]}}',
]


@pytest.mark.parametrize("text", DAMAGE, ids=range(len(DAMAGE)))
def test_a_status_that_is_none_is_one_sentence(run: RunDirectory, text: str) -> None:
    (run.folder / "status.json").write_text(text)
    with pytest.raises(UserError, match=r"status\.json cannot be read .*; take it away, and"):
        run.status()


@pytest.mark.parametrize("text", ["5", '{"seeds": []}', '{"metrics": 3}'])
def test_a_result_that_is_none_is_one_sentence(run: RunDirectory, text: str) -> None:
    (run.folder / "result.json").write_text(text)
    with pytest.raises(UserError, match=r"result\.json (cannot be read|is damaged)"):
        run.result()


def test_files_are_read_as_they_were_written_whatever_the_locale(run: RunDirectory) -> None:
    with run.lock():
        run.start({**CONFIG, "root": "中文/é"}, steps=1)
    code = (
        "import sys; from mcgan.run.directory import RunDirectory as R; "
        "print(ascii(R(sys.argv[1]).config()['root']))"
    )
    done = subprocess.run([sys.executable, "-X", "utf8=0", "-c", code, str(run.folder)], text=True,
                          env={**os.environ, "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"},
                          capture_output=True)  # fmt: skip
    assert done.stdout.strip() == ascii("中文/é"), done.stderr


def test_a_checkpoint_says_whose_it_is_where_the_status_is_lost(
    run: RunDirectory, tmp_path: Path, caplog
) -> None:
    other = RunDirectory(tmp_path / "other")
    with other.lock():
        other.start({**CONFIG, "seed": 4}, steps=10)
    theirs = other.save(2, {"w": torch.zeros(2)})
    run.mark(RunState.RUNNING, compiled=True, threads=3)
    run.save(1, {"w": torch.ones(2)})
    (run.checkpoints / theirs.name).write_bytes(theirs.read_bytes())
    (run.folder / "status.json").unlink()
    with run.lock():
        step, state = run.load()
        run.recover(state)
    assert step == 1 and "belongs to a run with another configuration" in caplog.text
    status = run.status()
    assert (status["compiled"], status["threads"], status["choices"]) == (True, 3, CHOICES)
    changed = {**CONFIG, "train": {**CONFIG["train"], "steps": 99}, "name": "moved"}
    run.restart(99, changed)
    (run.folder / "status.json").unlink()  # what resume may change does not make it foreign
    assert run.load()[0] == 1


def test_a_checkpoint_of_another_run_is_refused(run: RunDirectory, tmp_path: Path, caplog) -> None:
    other = RunDirectory(tmp_path / "other")
    with other.lock():
        other.start({**CONFIG, "seed": 4}, steps=10)
    path = other.save(1, {"w": torch.ones(2)})
    run.checkpoints.mkdir()
    (run.checkpoints / path.name).write_bytes(path.read_bytes())
    with pytest.raises(UserError):
        run.load()
    assert "belongs to a run with another configuration" in caplog.text


def test_a_new_run_clears_the_old_ones_files_alone(run: RunDirectory) -> None:
    run.save(1, {"w": torch.ones(2)})
    run.metrics.write_text("{}\n")
    run.save_result({"metrics": {}})
    assert run.save_evaluation("metz-25600", {"kl": 1.0}).parent.name == "evaluations"
    (run.folder / "events.out.tfevents.1").write_text("")
    (run.folder / "notes.txt").write_text("mine")
    with run.lock():
        run.start(CONFIG, steps=5)
    names = {path.name for path in run.folder.iterdir()}
    assert names == {"config.yaml", "status.json", "notes.txt", ".lock"}


def test_the_lock_sweeps_what_a_killed_writer_left(run: RunDirectory) -> None:
    run.save(1, {"w": torch.ones(2)})
    for folder in (run.folder, run.checkpoints):
        (folder / ".status.json.123-abcd.tmp").write_text("half")
    with run.lock():
        assert not list(run.folder.rglob("*.tmp"))
        with pytest.raises(UserError, match=f"in use by process {os.getpid()}"), run.lock():
            pass


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_place(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(UserError, match="permission denied"), RunDirectory(tmp_path / "x").lock():
        pass
