"""One living process per run; a dead one never blocks."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from mcgan.errors import UserError
from mcgan.system.lock import lock

HOLD = """
import sys
from pathlib import Path
from mcgan.errors import UserError
from mcgan.system.lock import lock
sys.stdin.readline()
try:
    with lock(Path(sys.argv[1])):
        print("won", flush=True)
        sys.stdin.readline()
except UserError as error:
    print(error, flush=True)
"""


@pytest.fixture
def start(tmp_path: Path):
    """Starts processes that wait for a line, then take the lock."""
    started: list[subprocess.Popen[str]] = []

    def one() -> subprocess.Popen[str]:
        process = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path / ".lock")], text=True,
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # fmt: skip
        started.append(process)
        return process

    yield one
    for process in started:
        process.kill()
        process.communicate()


def say(process: subprocess.Popen[str]) -> None:
    process.stdin.write("\n")
    process.stdin.flush()


def test_a_race_has_one_winner_and_the_losers_name_it(start) -> None:
    racers = [start() for _ in range(4)]
    for racer in racers:
        say(racer)
    lines = {racer.pid: racer.stdout.readline() for racer in racers}
    (winner,) = [pid for pid, line in lines.items() if line == "won\n"]
    losers = [line for line in lines.values() if line != "won\n"]
    assert all(f"is in use by process {winner}: wait until it ends" in line for line in losers)


def test_a_killed_owner_does_not_block(start, tmp_path: Path) -> None:
    owner = start()
    say(owner)
    assert owner.stdout.readline() == "won\n"
    with pytest.raises(UserError, match=f"process {owner.pid}"), lock(tmp_path / ".lock"):
        pass
    os.kill(owner.pid, signal.SIGKILL)
    owner.wait()
    with lock(tmp_path / ".lock"):
        assert (tmp_path / ".lock").read_text() == str(os.getpid())


def test_free_again_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), lock(tmp_path / ".lock"):
        raise RuntimeError
    with lock(tmp_path / ".lock"):
        with pytest.raises(UserError, match=f"process {os.getpid()}"), lock(tmp_path / ".lock"):
            pass


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such file"), lock(tmp_path / "gone" / ".lock"):
        pass


def test_a_file_system_without_locks_warns(tmp_path: Path, monkeypatch, caplog) -> None:
    def refuse(file: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr("mcgan.system.lock.seize", refuse)
    with lock(tmp_path / ".lock"):
        assert "cannot be locked" in caplog.text
