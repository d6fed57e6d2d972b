"""How the pages are written: sentences of at most 25 words, British spelling.

Pages that were longer before have a number of long sentences in tests/prose.json, which may only
become smaller: `python tests/test_prose.py` writes the smaller ones down.
"""

import json
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
STORED = Path(__file__).with_name("prose.json")
MOST = 25  # words of a sentence
LOGS = {"CHANGELOG.md", "LOG.md"}  # entries are lists of what changed
PAGES = [
    path
    for path in sorted(chain(ROOT.glob("*.md"), ROOT.glob("docs/*.md"), ROOT.glob(".github/*.md")))
    if path.name not in LOGS and not path.name.endswith(".zh.md")
]
NOT_PROSE = re.compile(r"^(?:```.*?^```$|<!--.*?-->|#+ .*?$|\|.*?$)", re.M | re.S)
LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
CODE = re.compile(r"`[^`\n]*`")
BULLET = re.compile(r"^\s*(?:[*+-]|\d+\.)\s+", re.M)
SHORT = re.compile(r"\b(et al|eq|e\.g|i\.e|vs|cf|approx|no)\. ")
END = re.compile(r"(?<=[.!?:;])[\")*_]*\s+|\n\s*\n")
AMERICAN = re.compile(
    r"\b(\w*(?:optimiz|normaliz|regulariz|initializ|recogniz|generaliz|minimiz|maximiz|penaliz)\w*"
    r"|colors?|colored|behaviors?|neighbors?|favors?|gray|centered|modeling|labeled)\b",
    re.I,
)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def prose(text: str) -> str:
    """A page without code, tables, headings and the targets of links."""
    return CODE.sub("code", LINK.sub(r"\1", NOT_PROSE.sub("\n\n", text)))


def sentences(text: str) -> Iterator[str]:
    """Every sentence of a page. A colon, a semicolon and the end of a list's item end one."""
    lines = SHORT.sub(r"\1 ", BULLET.sub("\n\n", prose(text)))
    yield from (" ".join(part.split()) for part in END.split(lines) if part.split())


def long_sentences(path: Path) -> list[str]:
    found = sentences(path.read_text(encoding="utf-8"))
    return [each for each in found if len(each.split()) > MOST]


def stored() -> dict[str, int]:
    return json.loads(STORED.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_sentences_are_short(path):
    found = long_sentences(path)
    assert len(found) <= stored().get(name_of(path), 0), "\n".join(found)


def test_the_exceptions_are_pages_with_long_sentences():
    assert stored().keys() <= {name_of(path) for path in PAGES}
    assert all(number > 0 for number in stored().values())


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_spelling_is_british(path):
    assert not AMERICAN.findall(prose(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("One. Two is\nlonger. `a. b. c` ends", ["One.", "Two is longer.", "code ends"]),
        (
            "# Head. Line\n| a. b | c |\n\n* first\n* second, by Metz et al. 2017",
            ["first", "second, by Metz et al 2017"],
        ),
        (
            "A [link. here](x.md): `code`\n```bash\nmcgan train. No\n```\nEnd.",
            ["A link.", "here:", "code", "End."],
        ),
    ],
)
def test_what_a_sentence_is(text, found):
    assert [*sentences(text)] == found


if __name__ == "__main__":
    now = {name_of(path): len(long_sentences(path)) for path in PAGES}
    kept = stored() if STORED.is_file() else now
    least = {name: min(number, now[name]) for name, number in kept.items() if now.get(name)}
    STORED.write_text(json.dumps(least, indent=1) + "\n", encoding="utf-8")
