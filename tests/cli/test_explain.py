"""`mcgan explain`: topics are files, listed without torch; a picture lands where it should."""

import subprocess
import sys
from pathlib import Path

import pytest

import mcgan
from mcgan.cli import explain
from mcgan.explain._sheet import Picture

MODULES = sorted(file.stem for file in (Path(mcgan.__file__).parent / "explain").glob("[a-z]*.py"))
TESTS = Path(__file__).parents[1]


@pytest.fixture
def drawn(monkeypatch) -> list[str]:
    """Stands for the drawing; notes what was asked for."""
    asked: list[str] = []

    class Topic:
        def __init__(self, name: str) -> None:
            self.name = name

        def draw(self, seed: int) -> Picture:
            asked.append(f"{self.name} {seed}")
            return Picture("png", self.name.encode())

    monkeypatch.setattr(explain, "topic", lambda name: Topic(name))
    return asked


def test_every_module_is_a_topic_with_a_line_and_a_test():
    assert [*explain.topics()] == MODULES and len(MODULES) >= 8
    for name, line in explain.topics().items():
        assert 20 < len(line) < 100, name
        assert (TESTS / "explain" / f"test_{name}.py").is_file()


def test_the_list_needs_no_torch():
    code = (
        "import sys; from mcgan.cli.main import main; assert main(['explain']) == 0; "
        "assert 'torch' not in sys.modules"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert shown.returncode == 0, shown.stderr
    text = " ".join(shown.stdout.split())  # lines are wrapped to the terminal
    for name, line in explain.topics().items():
        assert f"{name} {line}" in text


def test_a_picture_lies_in_its_folder(cli, home, drawn):
    ended = cli("explain", "dirac", "--out", "new/folder", "--seed", "3")
    assert ended.code == 0 and drawn == ["dirac 3"]
    assert (home / "new/folder/dirac.png").read_bytes() == b"dirac"
    assert "new/folder/dirac.png" in ended.out


def test_a_log_says_once_what_is_drawn(cli, home, drawn):
    assert cli("explain", "dirac").err == "drawing dirac\n"


def test_a_terminal_is_told_how_far_it_is(monkeypatch, capsys):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setattr(explain, "EVERY", 0.0)
    tell = explain.teller("dirac")
    tell("training 1, turn 5 of 10")
    assert capsys.readouterr().err == "drawing dirac\r\x1b[Kdrawing dirac: training 1, turn 5 of 10"


def test_all_draws_every_topic(cli, home, drawn):
    assert cli("explain", "all").code == 0
    assert drawn == [f"{name} 0" for name in MODULES]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["dirak"], "mcgan explain: no topic 'dirak'; did you mean 'dirac'?\n"),
        (["dirac", "--seed", "-1"], "mcgan explain: --seed must be at least 0, not -1"),
        (["dirac", "--out", "taken"], "mcgan explain: --out taken: "),
        (["dirac", "--sed", "1"], "mcgan explain: "),
    ],
)
def test_a_mistake_is_one_line(cli, home, drawn, words, message):
    (home / "taken").write_text("a file")
    ended = cli("explain", *words)
    assert ended.code == 2 and not drawn
    assert ended.err.startswith(message) and ended.err.count("\n") == 1
