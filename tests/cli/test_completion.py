"""What TAB offers, as a shell would ask for it, and in shells themselves."""

import os
import pty
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest


@pytest.fixture
def tab(cli, monkeypatch):
    """What may stand at the end of a line."""

    def ask(line: str) -> set[str]:
        monkeypatch.setenv("COMP_LINE", line)
        ended = cli("-sc", "query=bash")
        assert ended.code == 0 and not ended.err
        return {*ended.out.splitlines()}

    return ask


@pytest.mark.parametrize(
    ("line", "answers"),
    [
        ("mcgan tr", {"train"}),
        ("mcgan --v", {"--version"}),
        ("mcgan nothing x", set()),
        ("mcgan train obj", {"objective=", "objective."}),
        ("mcgan train objective=plain", {"objective=plain_loss"}),
        ("mcgan train experiment=paper/gdpp_r", {"experiment=paper/gdpp_ring"}),
        ("mcgan train reg=jitter reg.jit", {"reg.jitter."}),
        ("mcgan train reg=[jitter,wa", {"reg=[jitter,wave,", "reg=[jitter,wave]"}),
        ("mcgan train 'reg=[minibatch_s", {"reg=[minibatch_std,", "reg=[minibatch_std]"}),
        ("mcgan train reg=[mini", {"reg=[minibatch", "reg=[minibatch_std"}),
        (
            "mcgan train reg=[minibatch,minib",
            {"reg=[minibatch,minibatch_std,", "reg=[minibatch,minibatch_std]"},
        ),  # not twice
        ("mcgan train -m reg=jitter,wa", {"reg=jitter,wave"}),
        ("mcgan train reg=jitter ~reg.", {"~reg.jitter."}),
        ("mcgan train train.batch_size=", {"train.batch_size=64"}),
        (
            "mcgan train train.device=",
            {f"train.device={d}" for d in ("auto", "cpu", "cuda", "mps")},
        ),
        ("mcgan train resume=", {"resume=true", "resume=false"}),
        ("mcgan train reg=replay reg.replay.policy=f", {"reg.replay.policy=fifo"}),
        ("mcgan train nothing=x train.batch", {"train.batch_size="}),  # a mistake stands before
        ("mcgan train hydra/laun", {"hydra/launcher="}),
        ("mcgan train --c", {"--cfg", "--config-dir"}),
        ("mcgan check reg=jit", {"reg=jitter"}),
        ("mcgan check --p", {"--pairs"}),
        ("mcgan reproduce gdpp_r", {"gdpp_ring"}),
        ("mcgan reproduce pacgan_ring_pac2 reg.pac.", {"reg.pac.m="}),
        ("mcgan list re", {"reg"}),
        ("mcgan list reg jit", {"jitter"}),
        ("mcgan explain fo", {"forgetting"}),
        ("mcgan sample x --n", {"--n"}),
        ("mcgan compare --f", {"--format"}),
        ("mcgan judge a.npy b.npy la", {"labels="}),
        ("mcgan judge --h", {"--help", "--html"}),
    ],
)
def test_what_may_stand_there(tab, line, answers):
    assert tab(line) == answers


@pytest.mark.parametrize(
    ("line", "answers"),
    [
        ("mcgan resume ", {"first", "sweep/seed-1", "last"}),
        ("mcgan sample fi", {"first"}),
        ("mcgan compare s", {"sweep", "sweep/seed-1"}),
        ("mcgan resume first train.st", {"train.steps=", "train.stop_on="}),
        ("mcgan resume first train.stop_on=c", {"train.stop_on=collapse"}),
        ("mcgan evaluate first protocol=pac", {"protocol=pacgan"}),
        ("mcgan sample first x", set()),
    ],
)
def test_runs_and_what_may_be_changed_of_them(tab, home, line, answers):
    for name in ("first", "sweep/seed-1"):
        (home / "runs" / name).mkdir(parents=True)
        (home / "runs" / name / "config.yaml").touch()
        (home / "runs" / name / ".hydra").mkdir()
        (home / "runs" / name / ".hydra/config.yaml").touch()
    assert tab(line) == answers


def test_what_is_behind_the_cursor_does_not_count(tab, monkeypatch):
    monkeypatch.setenv("COMP_POINT", str(len("mcgan tr")))
    assert tab("mcgan tr objective=plain") == {"train"}


def test_other_shells_are_hydras(cli):
    assert "hydra_fish_completion" in cli("-sc", "install=fish").out


BELL = "\a"
SHELLS = {"bash": ["--norc", "--noprofile", "-i"], "zsh": ["-f", "-i"]}


class Terminal:
    """A shell in a terminal of its own, typed at and read as by a person."""

    def __init__(self, shell: str, folder: Path) -> None:
        script = folder / "mcgan"
        script.write_text(f'#!/bin/sh\nexec {sys.executable} -m mcgan "$@"\n')
        script.chmod(0o755)
        self.file, inside = pty.openpty()
        names = {"PATH": f"{folder}:{os.environ['PATH']}", "HOME": str(folder), "TERM": "dumb"}
        self.shell = subprocess.Popen(
            [shell, *SHELLS[shell]],
            stdin=inside,
            stdout=inside,
            stderr=inside,
            env=os.environ | names,
            start_new_session=True,
        )
        os.close(inside)

    def type(self, keys: str, until: str) -> None:
        """Types, and waits until the terminal shows the text."""
        os.write(self.file, keys.encode())
        seen, end = "", time.monotonic() + 60
        while until not in seen:
            assert time.monotonic() < end, seen
            if select.select([self.file], [], [], 0.2)[0]:
                seen += os.read(self.file, 4096).decode(errors="replace").replace(BELL, "")

    def close(self) -> None:
        self.shell.kill()
        self.shell.wait()
        os.close(self.file)


@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_completes(shell, home, tmp_path):
    """Words as they are typed, the script as `mcgan --help` prints it."""
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell} here")
    terminal = Terminal(shell, tmp_path)
    try:
        terminal.type(f'eval "$(mcgan -sc install={shell})"; echo 1""2\n', until="12")
        terminal.type("mcgan train 'reg=[jitter,wa\t", until="wave")
        terminal.type("]' train.batch\t", until="_size=")
        terminal.type("\x15mcgan trai\t", until="train")
    finally:
        terminal.close()
