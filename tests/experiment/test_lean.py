"""Runs with log=lean: few files and small ones, and all that is done with a run still goes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import mcgan
from mcgan.cli.main import main
from mcgan.run.directory import RunDirectory

WORDS = (
    "arch.width=64",
    "optim.lr=2e-4",
    "train.steps=200",
    "train.log_every=50",
    "train.checkpoint_every=50",
    "eval.every=100",
    "eval.samples=200",
    "train.compile=false",
    "train.threads=1",
)
SWEEP = ("train", "-m", "seed=0,1", "log=lean", *WORDS, "name=study")
JOBS = ("seed-0", "seed-1")
LEFT = [
    "checkpoints/step-00000200.pt",
    "config.yaml",
    "metrics.jsonl",
    "result.json",
    "status.json",
]


def files(folder: Path) -> list[str]:
    return sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )


@pytest.fixture(scope="module")
def study(folder: Path) -> Iterator[Path]:
    """A sweep of two lean runs, in a folder that is the working directory."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert main([*SWEEP]) == 0
        [place] = folder.glob("runs/study")
        yield place


def jobs(study: Path) -> list[Path]:
    return sorted(path.parent for path in study.glob("*/status.json"))


def test_a_run_leaves_five_files_and_300_kb(study: Path) -> None:
    assert len(jobs(study)) == 2
    for job in jobs(study):
        assert files(job) == LEFT
        assert sum(path.stat().st_size for path in job.rglob("*") if path.is_file()) < 300_000


def test_the_same_command_skips_what_has_ended(study: Path) -> None:
    before = [(job / "result.json").read_bytes() for job in jobs(study)]
    assert main([*SWEEP]) == 0
    assert [(job / "result.json").read_bytes() for job in jobs(study)] == before
    assert [files(job) for job in jobs(study)] == [LEFT] * 2


def test_other_settings_in_its_place_are_refused(study: Path, capsys: Any) -> None:
    words = [word for word in SWEEP if word != "arch.width=64"]
    assert (
        main(
            [
                *words,
                "arch.width=64",
                "optim.lr=0.5",
                f"hydra.sweep.dir={study}",
                "hydra.sweep.subdir=" + jobs(study)[0].name,
            ]
        )
        == 2
    )
    assert "holds a run with other settings (optim.lr: 0.0002, now 0.5)" in capsys.readouterr().out


def test_it_is_compared_and_loaded(study: Path, capsys: Any) -> None:
    assert main(["compare", str(study), "--format", "csv"]) == 0
    assert ",2,0," in capsys.readouterr().out  # two seeds, none diverged
    run = mcgan.load(jobs(study)[0])
    assert run.sample(5).shape == (5, 2) and run.result["step"] == 200


def test_it_goes_on_bit_for_bit_and_stays_lean(study: Path, folder: Path) -> None:
    longer = ("train.steps=300",)
    assert main(["resume", str(jobs(study)[0]), *longer]) == 0
    whole = [word for word in WORDS if not word.startswith("train.steps")]
    assert main(["train", *whole, *longer, "log=full", "name=whole"]) == 0
    resumed, alone = (
        RunDirectory(place).load()[1]["trainer"]
        for place in (jobs(study)[0], folder / "runs" / "whole")
    )
    assert all(
        (resumed["tensors"][name] == alone["tensors"][name]).all() for name in alone["tensors"]
    )
    assert len(files(jobs(study)[0])) == 5
    assert len(files(folder / "runs" / "whole")) > 8  # full is as it was


def test_a_run_from_python_is_lean_too(study: Path, tmp_path: Path) -> None:
    short = [word for word in WORDS if not word.startswith("train.steps")]
    mcgan.train(*short, "log=lean", steps=10, folder=tmp_path / "run", progress=False)
    assert len(files(tmp_path / "run")) == 5
    assert not RunDirectory(tmp_path / "run").classifier.exists()
