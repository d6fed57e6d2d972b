"""`mcgan export`: what reaches trackio, Weights & Biases and MLflow, by the packages themselves.

Each runs in a process of its own: the packages start threads and warn of their own affairs.
"""

import json
import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

import pytest

from mcgan.run.directory import RunDirectory
from mcgan.view.trackers import TRACKERS, read_records

ROWS = [
    {"kind": "train", "step": 1, "loss/D": [0.5, 0.7]},
    {"kind": "eval", "step": 2, "kl": [0.25, None], "modes_covered": [8.0, 6.0]},
    {"kind": "train", "step": 2, "loss/D": [0.1, 0.3]},
]
READ_MLFLOW = """
import json, mlflow
client = mlflow.MlflowClient()
[experiment] = [e for e in client.search_experiments() if e.name == "study"]
[run] = client.search_runs([experiment.experiment_id])
history = client.get_metric_history(run.info.run_id, "loss/D")
print(json.dumps({"name": run.info.run_name, "loss": [[m.step, m.value] for m in history],
                  "kl": run.data.metrics["quality/kl"], "seed": run.data.params["seed"],
                  "files": [f.path for f in client.list_artifacts(run.info.run_id)]}))
"""


@pytest.fixture
def finished(home) -> Path:
    """A run of two replicas with numbers and a picture, without training."""
    run = RunDirectory(home / "runs" / "first")
    run.start({"seed": 7, "reg": {"r1": {"gamma": 0.5}}}, 2)
    run.metrics.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    run.save_result({"metrics": {"kl": {"mean": 0.25, "values": [0.25, None]}}})
    run.figures.mkdir()
    picture(run.figures / "modes-00000002.png")
    return run.folder


def picture(path: Path) -> None:
    from PIL import Image

    Image.new("RGB", (4, 4)).save(path)


def test_the_records_are_the_runs_own(finished):
    records = read_records(finished)
    assert records.name == "first"
    assert records.settings == {"seed": 7, "reg.r1.gamma": 0.5}
    assert [*records.course] == [1, 2]
    assert records.course[1] == {"loss/D": 0.6, "replica_0/loss/D": 0.5, "replica_1/loss/D": 0.7}
    assert records.course[2]["loss/D"] == 0.2 and records.course[2]["quality/kl"] == 0.25
    assert "replica_1/quality/kl" not in records.course[2]
    assert records.course[2]["coverage/modes_covered"] == 7.0
    assert records.summary == {"quality/kl": 0.25}
    assert [path.name for path in records.pictures] == ["modes-00000002.png"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["first"], "give the tracker as one of to=trackio, to=wandb, to=mlflow"),
        (["to=wandbb", "first"], "give the tracker as one of"),
        (["to=mlflow"], "give one run"),
        (["to=mlflow", "first", "projct=x"], "no setting 'projct'; did you mean 'project'?"),
        (["to=mlflow", "nowhere"], "no run 'nowhere'"),
    ],
)
def test_a_mistake_is_one_line(cli, finished, words, message):
    ended = cli("export", *words)
    assert ended.code == 2 and message in ended.err and ended.err.count("\n") == 1


@pytest.mark.parametrize("tracker", TRACKERS)
def test_a_missing_package_is_one_line(cli, finished, monkeypatch, tracker):
    monkeypatch.setitem(sys.modules, tracker, None)
    ended = cli("export", f"to={tracker}", "first")
    assert ended.code == 2 and ended.err.count("\n") == 1
    assert f"to={tracker} needs the package {tracker}" in ended.err and "pip install" in ended.err


def test_a_run_without_numbers_is_one_line(cli, home):
    RunDirectory(home / "runs" / "new").start({"seed": 0}, 2)
    assert "has no numbers yet" in cli("export", "to=mlflow", "new").err


def run_python(home: Path, *words: str) -> str:
    """What a Python of its own prints, with all places of the trackers below `home`."""
    places = {
        "WANDB_MODE": "offline",
        "WANDB_DIR": str(home),
        "TRACKIO_DIR": str(home / "trackio"),
        "MLFLOW_TRACKING_URI": (home / "mlruns").as_uri(),
        "HF_HUB_OFFLINE": "1",
        "MLFLOW_ALLOW_FILE_STORE": "true",
        "DO_NOT_TRACK": "1",
    }
    done = subprocess.run(
        [sys.executable, *words],
        cwd=home,
        env={**os.environ, **places},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def export(tracker: str, home: Path) -> None:
    if find_spec(tracker) is None:
        pytest.skip(f"{tracker} is not installed: pip install '.[{tracker}]'")
    said = run_python(home, "-m", "mcgan", "export", f"to={tracker}", "first", "project=study")
    assert f"runs/first is in {tracker}, project study" in said


def test_mlflow_has_the_run(finished, home):
    export("mlflow", home)
    found = json.loads(run_python(home, "-c", READ_MLFLOW).splitlines()[-1])
    assert found["name"] == "first" and found["seed"] == "7" and found["kl"] == 0.25
    assert found["loss"] == [[1, 0.6], [2, 0.2]]
    assert {*found["files"]} == {"figures", "result.json"}


def test_trackio_has_the_run(finished, home):
    export("trackio", home)
    with closing(sqlite3.connect(home / "trackio" / "study.db")) as base:
        rows = base.execute("select run_name, step, metrics from metrics").fetchall()
    assert {name for name, *_ in rows} == {"first"}
    logged = [(step, json.loads(text)) for _, step, text in rows]
    losses = [(step, values["loss/D"]) for step, values in logged if "loss/D" in values]
    assert losses == [(1, 0.6), (2, 0.2)]
    assert any("figures/modes-00000002" in values for _, values in logged)
    assert [*(home / "trackio" / "media").rglob("*.png")]


def test_wandb_has_the_run(finished, home):
    export("wandb", home)
    [file] = home.glob("wandb/offline-run-*/run-*.wandb")
    written = file.read_bytes()
    assert re.search(rb"\x06loss/D..\x030\.6", written, re.S)
    assert re.search(rb"quality/kl..\x040\.25", written, re.S)
    assert b"reg.r1.gamma" in written and b"study" in written
    assert [*home.glob("wandb/offline-run-*/files/media/images/figures/*.png")]
