"""How the pages are written: sentences of at most 25 words, British spelling."""

import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MOST = 25  # words of a sentence
LOGS = {"CHANGELOG.md", "LOG.md"}  # entries are lists of what changed
PAGES = [
    path
    for path in sorted(chain(*map(ROOT.glob, ("*.md", "docs/*.md", ".github/*.md", "paper/*.md"))))
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


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_sentences_are_short(path):
    found = sentences(path.read_text(encoding="utf-8"))
    assert not [each for each in found if len(each.split()) > MOST]


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_spelling_is_british(path):
    assert not AMERICAN.findall(prose(path.read_text(encoding="utf-8")))


def test_the_first_page_is_read_aloud_in_five_minutes():
    """At 150 words a minute, without its code and tables."""
    text = prose((ROOT / "README.md").read_text(encoding="utf-8"))
    assert 300 < len(re.findall(r"\w[\w'.%-]*", text)) <= 5 * 150


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
