"""docs/own_loop.md: its script, its change to the script, and its further pieces run."""

import re
from pathlib import Path
from typing import Any

import pytest
import torch

PAGE = Path(__file__).resolve().parents[1] / "docs" / "own_loop.md"
FENCES = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.M | re.S)
PLAIN, *PIECES = [body for language, body in FENCES if language == "python"]
[CHANGE] = [body for language, body in FENCES if language == "diff"]
SIZES = "Z, WIDTH, BATCH, STEPS = 64, 64, 64, 20_000", "Z, WIDTH, BATCH, STEPS = 4, 2, 8, 2"


def shrink(script: str) -> str:
    """The script with small networks and few steps."""
    assert script.count(SIZES[0]) == 1
    return script.replace(*SIZES)


def patch(script: str, change: str) -> str:
    """The script with the lines of a diff; all lines that stay or go must be in it, in order."""
    lines, place = script.splitlines(), 0
    for line in change.splitlines():
        mark, text = line[:1], line[1:]
        if mark == "+":
            lines.insert(place, text)
            place += 1
        else:
            place = lines.index(text, place)
            if mark == "-":
                del lines[place]
            else:
                place += 1
    return "\n".join(lines)


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with twenty small pictures."""
    monkeypatch.chdir(tmp_path)
    torch.manual_seed(0)
    torch.save(torch.rand(20, 1, 32, 32) * 2 - 1, "pictures.pt")


def run(script: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    exec(compile(script, PAGE.name, "exec"), found)
    return found


def test_the_plain_script_is_short_and_trains(small):
    assert len(PLAIN.splitlines()) <= 60 and "mcgan" not in PLAIN
    found = run(shrink(PLAIN))
    assert found["shown"].shape == (16, 1, 32, 32) and found["loss"].isfinite()


def test_three_lines_bring_the_strategies_in_and_the_pieces_run(small, capsys):
    found = run("\n".join([patch(shrink(PLAIN), CHANGE)]))
    assert found["shown"].shape == (16, 1, 32, 32) and found["loss"].isfinite()
    assert [*found["game"].game.reg] == ["r1", "r2", "minibatch_std", "ema"]
    assert found["game"].count == 2
    for piece in PIECES:
        exec(compile(piece, PAGE.name, "exec"), found)
    assert found["values"].keys() >= {"loss"} and found["first"] == 1
    assert found["loss"].isfinite() and found["packed"].critic.judges_batches


def test_a_change_that_does_not_fit_the_script_is_found():
    with pytest.raises(ValueError):
        patch(PLAIN, "-no such line\n")
