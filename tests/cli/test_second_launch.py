"""A second launch of one name, at any moment: one run, and the others are told who has it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from mcgan.run.directory import RunDirectory

RACERS = 4
SMALL = ["arch.latent=2", "arch.width=4", "train.batch_size=4", "train.steps=2", "eval.samples=20",
         "train.threads=1", "train.compile=false"]  # fmt: skip
FORKS = """
import json, os, sys, time, random
import torch
import mcgan.experiment.fit
from mcgan.cli.main import main
torch.set_num_threads(1)
pids, start = {}, time.time() + 0.05
for racer in range(int(sys.argv[1])):
    pid = os.fork()
    if pid:
        pids[pid] = racer
        continue
    sys.stdout = open(os.devnull, "w")
    sys.stderr = open(f"{sys.argv[2]}-{racer}", "w")
    time.sleep(max(0, start - time.time()) + random.random() * float(sys.argv[3]))
    code = main([*sys.argv[4:], f"seed={racer}"])
    sys.stderr.flush()
    os._exit(code)
codes = [os.waitpid(pid, 0) for pid in pids]
print(json.dumps([[pid, os.waitstatus_to_exitcode(status)] for pid, status in codes]))
"""


def race(folder: Path, spread: float, *words: str) -> list[tuple[int, int, str]]:
    """Launches of one name, each with a seed of its own: pid, exit code and what it was told."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    err = folder.parent / "err"
    done = subprocess.run(
        [sys.executable, "-c", FORKS, str(RACERS), str(err), str(spread), "train", *SMALL, *words,
         f"runs_dir={folder.parent}", f"name={folder.name}"],
        stdout=subprocess.PIPE, text=True, check=True)  # fmt: skip
    return [(pid, code, Path(f"{err}-{racer}").read_text())
            for racer, (pid, code) in enumerate(json.loads(done.stdout))]


def check(folder: Path, ended: list[tuple[int, int, str]]) -> None:
    """One winner, whose files are all of its seed; the losers are told of it in one line."""
    assert [code for _, code, _ in ended if code not in (0, 2)] == [], ended
    (winner,) = [seed for seed, (_, code, _) in enumerate(ended) if code == 0]
    run, origin = RunDirectory(folder), (folder / ".hydra" / "config.yaml").read_text()
    assert f"\nseed: {winner}\n" in origin
    assert run.config()["seed"] == winner and run.status()["state"] == "done"
    assert run.result()["seeds"] == [winner] and run.load()[0] == 2
    assert [json.loads(line)["step"] for line in run.metrics.read_text().splitlines()] == [2] * 3
    for _, code, told in ended:
        reasons = (f"is in use by process {ended[winner][0]}:", "holds a run with other settings")
        assert code == 0 or (told.count("\n") == 1 and any(each in told for each in reasons)), told


def test_of_launches_at_once_one_wins(tmp_path: Path) -> None:
    check(tmp_path / "runs/one", race(tmp_path / "runs/one", 0.0))


@pytest.mark.long
@pytest.mark.parametrize("round", range(6))
def test_of_launches_at_any_moment_one_wins(tmp_path: Path, round: int) -> None:
    """The spread is about the length of a run: some look while another begins, saves or ends."""
    check(tmp_path / "runs/one", race(tmp_path / "runs/one", 0.15 * round))


@pytest.mark.long
@pytest.mark.parametrize("round", range(3))
def test_of_launches_that_fail_none_leaves_anything(tmp_path: Path, round: int) -> None:
    """All are mistaken: each takes away what it made, and nobody else's."""
    ended = race(tmp_path / "runs/one", 0.02 * round, "reg=pac", "reg.pac.m=3")
    assert {code for _, code, _ in ended} == {2}
    assert not (tmp_path / "runs/one").exists()
