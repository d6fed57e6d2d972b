"""A run directory of an earlier mcgan (commit 2bb1a74): it loads, and every verb takes it.

It was made by `mcgan train` with the words in its `.hydra/overrides.yaml`; its events, figures and
log are left out.
"""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

import mcgan
from mcgan.metrics.measures import by_new_names
from mcgan.run.directory import RunDirectory

STORED = Path(__file__).parent / "stored" / "old_run"


def rows(folder: Path) -> list[dict]:
    """The lines of metrics.jsonl without times, of which no two runs have the same."""
    found = map(json.loads, (folder / "metrics.jsonl").read_text().splitlines())
    return [
        {key: value for key, value in row.items() if not key.startswith("time/")} for row in found
    ]


def close(values: list) -> list:
    """Equal but for the last digits, which differ between processors."""
    return [value if value is None else pytest.approx(value, rel=1e-3) for value in values]


@pytest.fixture
def old(home: Path) -> Path:
    """A copy of it: verbs write into a run."""
    return Path(shutil.copytree(STORED, home / "runs" / "old_run"))


def test_it_loads():
    run = mcgan.load(STORED)
    assert run.step == 20 and run._parts.seeds == [3, 4]
    assert run.sample(10, replica=1).shape == (10, 2)


def test_it_is_sampled(cli, old):
    assert cli("sample", "old_run", "--n", "7").code == 0
    assert np.load(old / "samples.npy").shape == (7, 2)


def test_it_is_measured_again_and_scores_what_it_scored(cli, old):
    ended = cli("evaluate", "old_run")
    assert ended.code == 0, ended.err
    [file] = (old / "evaluations").glob("*.json")
    again = json.loads(file.read_text())["metrics"]["effective_modes"]["values"]
    before = RunDirectory(old).result()["metrics"]["effective_modes"]["values"]
    assert again == pytest.approx(before, rel=1e-3)


def test_it_is_compared(cli, old):
    ended = cli("compare", "old_run", "--format", "json")
    assert ended.code == 0, ended.err
    [table] = json.loads(ended.out)["tables"]
    [group] = table["groups"]
    assert group["seeds"] == 2 and group["collapsed"] == 1


def test_it_goes_on_as_it_went_on(cli, old):
    """From its first checkpoint, to the numbers that the earlier mcgan got."""
    (old / "checkpoints" / "step-00000020.pt").unlink()
    (old / "status.json").write_text(json.dumps(RunDirectory(old).status() | {"step": 10}))
    assert cli("resume", "old_run").code == 0
    assert [row["step"] for row in rows(old)] == [row["step"] for row in rows(STORED)]
    for now, then in zip(rows(old), rows(STORED), strict=True):
        now, then = by_new_names(now), by_new_names(then)
        assert now.keys() >= then.keys()
        for key, value in then.items():
            assert now[key] == (close(value) if isinstance(value, list) else value), key


def test_it_is_trained_longer(cli, old):
    assert cli("resume", "old_run", "train.steps=30").code == 0
    status = RunDirectory(old).status()
    assert (status["state"], status["step"], status["steps"]) == ("done", 30, 30)


def test_the_same_command_knows_it(cli, old):
    ended = cli("train", *typed(), "optim.lr=2e-4", "name=old_run")  # the default of its time
    assert ended.code == 2 and "is already done: use another name" in ended.err


def typed() -> list[str]:
    lines = (STORED / ".hydra" / "overrides.yaml").read_text().splitlines()
    return [line.removeprefix("- ") for line in lines]
