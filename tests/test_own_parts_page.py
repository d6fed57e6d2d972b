"""docs/own_parts.md: its files, written down elsewhere, keep all laws and train as it says."""

import re
import shlex
import sys
from pathlib import Path

import pytest

import mcgan
from mcgan.cli.main import main
from mcgan.run.directory import RunDirectory

PAGE = (Path(__file__).resolve().parents[1] / "docs/own_parts.md").read_text(encoding="utf-8")
FILE = re.compile(r"^\*\*`(\S+)`\*\*.*?\n\n```\w+\n(.*?)^```$", re.M | re.S)
COMMAND = re.compile(r"^(mcgan (?:check|train) .*?)(?: +#.*)?$", re.M)
COMMANDS = COMMAND.findall(PAGE)
SMALL = (
    "train.steps=4",
    "train.batch_size=8",
    "train.threads=1",
    "train.device=cpu",
    "arch.width=8",
    "eval.samples=50",
    "name=mine",
)


@pytest.fixture
def files(tmp_path, monkeypatch):
    """The page's files in a folder of their own, which is worked in."""
    for name, text in FILE.findall(PAGE):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        with open(file, "a", encoding="utf-8") as opened:
            opened.write("\n\n" + text if name.endswith(".py") else text)
    monkeypatch.setenv("MCGAN_CONF", str(tmp_path / "conf"))
    monkeypatch.setattr(sys, "path", sys.path[:])
    monkeypatch.chdir(tmp_path)
    sys.modules.pop("mine", None)  # another page's
    yield tmp_path
    sys.modules.pop("mine", None)


def test_the_page_has_commands_for_each_part():
    assert len(COMMANDS) == 10 and len(FILE.findall(PAGE)) == 10


@pytest.mark.parametrize("command", COMMANDS)
def test_its_commands_work(files, command, capsys):
    _, verb, *words = shlex.split(command)
    code = main([verb, *words, *(SMALL if verb == "train" else ())])
    ended = capsys.readouterr()
    assert code == 0, ended
    if verb == "check":
        kept, laws = re.search(r"(\d+) of (\d+) laws hold", ended.out).groups()
        assert kept == laws and int(laws) >= 6
    else:
        assert RunDirectory("runs/mine").status()["state"] == "done"


def test_its_python_works(files, capsys):
    [code] = re.findall(r"^```python\n(import mcgan\n.*?)^```$", PAGE, re.M | re.S)
    exec(compile(code, "own_parts.md", "exec"), {})
    assert "kl" in capsys.readouterr().out.lower()
    assert mcgan.load("runs/mine").state == "done"
