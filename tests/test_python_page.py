"""docs/python.md: its code runs from top to bottom, and it names every public name."""

import contextlib
import re
from pathlib import Path
from typing import Any

import pytest

import mcgan

PAGE = Path(__file__).parents[1] / "docs" / "python.md"
BLOCKS = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.M | re.S)


@pytest.fixture(scope="module")
def names(folder: Path) -> dict[str, Any]:
    """What the code of the page leaves behind, run in a folder of its own."""
    found: dict[str, Any] = {}
    with contextlib.chdir(folder):
        for number, block in enumerate(BLOCKS):
            exec(compile(block, f"block {number} of {PAGE.name}", "exec"), found)
    return found


def test_what_its_comments_say_is_so(names):
    run = names["run"]
    assert (run.state, run.step, run.seeds) == ("done", 100, [0, 1])
    assert names["x"].shape == (1000, 2) and len(names["losses"]) == 2 * 2
    assert names["course"]["step"].tolist() == [50, 50, 100, 100]
    assert names["as_pacgan"]["modes_covered"] == 8 and len(names["again"].each["kl"]) == 2


def test_the_pictures_it_draws_are_there(names, folder):
    assert (folder / "samples.png").is_file() and (folder / "runs" / "first").is_dir()


def test_it_names_every_public_name():
    text = PAGE.read_text(encoding="utf-8")
    told = set(re.findall(r"`(?:mcgan\.)?(\w+)", text)) | set(re.findall(r"mcgan\.(\w+)", text))
    assert set(mcgan.HOMES) - told <= {"TrainedRun", "Scores"}
