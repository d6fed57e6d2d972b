"""One living process per run; a dead one never blocks."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mcgan.errors import UserError
from mcgan.system.lock import lock

HOLD = """
import sys
import time
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


def test_a_place_that_cannot_be_a_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match=r"cannot write .*: not a directory"):
        with lock(tmp_path / "file" / "deep" / ".lock"):
            pass


def test_an_owner_may_take_its_folder_away_while_others_wait_for_it(start, tmp_path: Path) -> None:
    """A lock on a file that has no name any more is none: the next one takes the file there is."""
    folder, removed, taken = tmp_path / "run", [], open

    def slow(*words: object, **more: object) -> object:
        file = taken(*words, **more)
        if not removed:  # between opening and locking, the owner goes, with the folder
            removed.append(folder)
            (folder / ".lock").unlink()
            folder.rmdir()
        return file

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("mcgan.system.lock.open", slow, raising=False)
        with lock(folder / ".lock"):
            assert (folder / ".lock").read_text() == str(os.getpid())
            with pytest.raises(UserError, match="in use"), lock(folder / ".lock"):
                pass


def test_the_name_of_a_dead_owner_is_not_told(tmp_path: Path, monkeypatch) -> None:
    """A new owner has the lock, but has not signed yet: the file still names the killed one."""
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    monkeypatch.setattr("mcgan.system.lock.PATIENCE", 0.05)
    with lock(tmp_path / ".lock"):
        (tmp_path / ".lock").write_text(str(dead.pid))
        began = time.monotonic()
        with pytest.raises(UserError, match="in use by process"), lock(tmp_path / ".lock"):
            pass
        assert time.monotonic() - began > 0.05  # it was asked again


def test_a_file_system_without_locks_warns(tmp_path: Path, monkeypatch, caplog) -> None:
    def refuse(file: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr("mcgan.system.lock.seize", refuse)
    with lock(tmp_path / ".lock"):
        assert "cannot be locked" in caplog.text
