"""What the documents show: their pages, their blocks of code, the commands that a reader types."""

import re
import shlex
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted(chain(ROOT.glob("*.md"), (ROOT / "docs").rglob("*.md")))
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)
SPAN = re.compile(r"`(mcgan [^`]+)`")


def typed_lines() -> list[str]:
    """Every line of the documents' blocks for a shell, without its comment."""
    texts = [path.read_text(encoding="utf-8") for path in PAGES]
    bodies = [
        body for text in texts for language, body in FENCE.findall(text) if language == "bash"
    ]
    return [line.partition(" #")[0].strip() for body in bodies for line in body.splitlines()]


def commands() -> list[str]:
    """Every `mcgan …` line of the documents, without its comment; words in capitals are places."""
    spans = [
        span.partition(" #")[0].rstrip()
        for path in PAGES
        for span in SPAN.findall(FENCE.sub("", path.read_text(encoding="utf-8")))
    ]
    return sorted({line for line in [*typed_lines(), *spans] if line.startswith("mcgan ")})


def words_of(line: str) -> list[str]:
    return shlex.split(line)[1:]


TRAIN = [
    line
    for line in commands()
    if words_of(line)[0] == "train" and "…" not in line and "hydra/sweeper" not in line
]
