"""`mcgan dashboard` as typed: what it refuses in one line, and how it starts and ends."""

import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from mcgan.cli.dashboard import check_events
from mcgan.view.tensorboard.events import EventFile
from served import ask, server


@pytest.fixture
def runs(home: Path) -> Path:
    (home / "runs/sweep/a").mkdir(parents=True)
    (home / "runs/bare").mkdir()
    EventFile(home / "runs/sweep/a").close()
    return home / "runs"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("sweeep", "no folder 'sweeep'"),
        ("bare", "runs/bare holds no events of TensorBoard: train something first, such as `mcgan"),
        (
            "sweep --port http",
            "argument --port: invalid int value: 'http'; see `mcgan dashboard --h",
        ),
        ("sweep --port 65536", "--port must be from 0 (any that is free) to 65535, not 65536"),
    ],
)
def test_mistakes_are_one_line(cli, runs, words, message) -> None:
    ended = cli("dashboard", *words.split())
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(f"mcgan dashboard: {message}") and ended.err.count("\n") == 1


def test_nothing_trained_yet_is_one_line(cli) -> None:
    assert cli("dashboard") == (2, "", "mcgan dashboard: no folder 'runs': give a run or a folder "
                                       "of runs\n")  # fmt: skip


def outside(*words: str) -> tuple[int, str, str]:
    """In a process of its own, with which the data server ends."""
    line = [sys.executable, "-m", "mcgan", "dashboard", *words]
    done = subprocess.run(line, capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def test_a_busy_port_is_one_line(runs) -> None:
    with socket.create_server(("localhost", 0)) as busy:
        port = busy.getsockname()[1]
        assert outside("sweep", "--port", str(port)) == (
            2, "", f"mcgan dashboard: port {port} is in use: stop what runs there, or choose "
                   "another, such as --port 0 for any that is free\n")  # fmt: skip


def test_a_host_that_is_not_here_is_one_line(runs) -> None:
    code, out, err = outside("sweep", "--host", "no.invalid", "--port", "0")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("mcgan dashboard: cannot serve at --host no.invalid: ")


def test_runs_behind_a_link_count(runs, home) -> None:
    (home / "chosen").mkdir()
    (home / "chosen/a").symlink_to(runs / "sweep/a")
    assert check_events(home / "chosen") == home / "chosen"


WATCHED = """
import atexit, sys
from mcgan.cli.main import main
atexit.register(lambda: print("LOADED", *sorted({"torch", "matplotlib"} & set(sys.modules))))
sys.exit(main(sys.argv[1:]))
"""


def test_it_serves_until_ctrl_c_without_torch(runs, home) -> None:
    line = [sys.executable, "-u", "-c", WATCHED, "dashboard", "--port", "0"]
    with server(line, home) as (child, said):
        address, _, guide = said.partition("/#custom_scalars")
        assert address.startswith("http://localhost:") and guide.count("\n") == 1
        assert "Custom Scalars (empty? reload the page); Ctrl-C stops" in guide
        assert ask(address, "/data/environment")["data_location"] == "runs"
        child.send_signal(signal.SIGINT)
        assert child.communicate(timeout=30) == ("LOADED\n", "")
    assert child.returncode == 0
