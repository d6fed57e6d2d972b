"""Write the pages of the documentation's site into build/pages, for Zensical (`make site`).

    python scripts/site.py

The pages under docs/, README, CONTRIBUTING and CHANGELOG are taken as they are, but for links that
lead to files outside the site: of these the words are left. The reference is generated: a page for
each strategy (card, picture, BibTeX, class), the options, the verbs, the Python API.
"""

import contextlib
import io
import json
import os
import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from strategy_companies import NOT_DRAWN, SEEN

import mcgan
from mcgan.cli import options
from mcgan.cli.main import COMMANDS, main
from mcgan.config.bibliography import cited_by, read_entries
from mcgan.config.option_file import option_file, own_node

ROOT = Path(__file__).resolve().parents[1]
PAGES = ROOT / "build" / "pages"
HOME = {"README.md": "index.md", "README.zh.md": "index.zh.md",
        "CONTRIBUTING.md": "contributing.md",
        "CHANGELOG.md": "changelog.md"}  # fmt: skip
FENCE = re.compile(r"(^```.*?^```$)", re.M | re.S)
LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)")
SURFACE = (
    "Below, dark is more real for the discriminator, and arrows show where the generator's samples "
    "are pushed."
)
CLASSES = ("objective", "dataset", "arch", "optim", "protocol")


def sources() -> dict[Path, Path]:
    """Every file that is taken as it is -> its place within the site."""
    docs = ROOT / "docs"
    files = [file for kind in ("md", "png", "gif", "css") for file in docs.rglob(f"*.{kind}")]
    found = {file: strategy_place(file.relative_to(docs)) for file in files}
    return found | {ROOT / name: Path(place) for name, place in HOME.items()}


def strategy_place(place: Path) -> Path:
    """docs/cards/r1.md is strategies/r1.md."""
    if place.parts[0] != "cards":
        return place
    return Path("strategies", "index.md" if place.name == "README.md" else place.name)


def relink(text: str, file: Path, places: dict[Path, Path]) -> str:
    """The text with its links as they are within the site; code stays as it is."""
    parts = FENCE.split(text)
    parts[::2] = [
        LINK.sub(lambda found: new_link(found, file, places), part) for part in parts[::2]
    ]
    return "".join(parts)


def new_link(found: re.Match[str], file: Path, places: dict[Path, Path]) -> str:
    """A link to where its file lies in the site; its words alone where it is not there."""
    picture, words, target = found.groups()
    name, _, anchor = target.partition("#")
    if "://" in target or not name:
        return found[0]
    place = places.get((file.parent / name).resolve())
    if place is None:
        return words
    here = os.path.relpath(place, places[file].parent)
    return f"{picture}[{words}]({Path(here).as_posix()}{'#' + anchor if anchor else ''})"


def card(file: Path, text: str) -> str:
    """The page of a strategy: its card with a picture, then how to cite it and its class."""
    if file.stem == "README":
        return text
    text = text.replace("**How to use it.**", f"{picture(file.stem)}**How to use it.**", 1)
    known, target = read_entries(), own_node(option_file("reg", file.stem).read_text(), "reg")
    papers = "\n".join(known[key] for key in cited_by("reg", file.stem))
    return (
        f"{text}\n## How to cite it\n\n```bibtex\n{papers}```\n\n"
        f"## In Python\n\n{autodoc(target['_target_'])}"
    )


def picture(strategy: str) -> str:
    """Its effect in the plane, as scripts/strategy_pictures.py has drawn it, or why there is none.

    Raises KeyError for a strategy of which there is neither.
    """
    if strategy in NOT_DRAWN:
        return f"**No picture in the plane.** {NOT_DRAWN[strategy]}\n\n"
    drawn = json.loads((ROOT / "docs/pictures/strategies/drawn.json").read_text(encoding="utf-8"))
    return (
        f"![Samples of a small game and its discriminator's scores, without and with {strategy}]"
        f"(../pictures/strategies/{strategy}.png)\n\n"
        f"{caption(drawn[strategy], SEEN.get(strategy, ''))}\n\n"
    )


def caption(told: dict[str, Any], seen: str) -> str:
    """What the picture shows: both games, what they cover, and what one seed can't say."""
    left, right = (told[key] for key in ("without", "with"))
    company = f" (`{shlex.join(left['words'])}`)" if left["words"] else ""
    sentences = (
        f"One game of one seed after {told['steps']:,} steps: left without it{company}, right "
        f"with it (`{shlex.join(right['words'])}`).",
        f"{covered('On the left', left)}, {covered('on the right', right)}.",
        SURFACE,
        seen,
        "One seed shows a kind of effect, not its size.",
    )
    return f"*{' '.join(each for each in sentences if each)}*"


def covered(side: str, game: dict[str, Any]) -> str:
    return (
        f"{side} the samples cover {game['modes']:.0f} of 8 modes and "
        f"{100 * game['quality']:.0f} % of them are good"
    )


def autodoc(name: str, level: int = 3) -> str:
    return f"::: {name}\n    options:\n      heading_level: {level}\n\n"


def python_page() -> str:
    """What `import mcgan` shows, from the docstrings."""
    names = [name for name in mcgan.HOMES if name != "functional"]
    return "# The Python API\n\n" + "".join(
        autodoc(f"mcgan.{mcgan.HOMES[name]}.{name}", 2) for name in names
    )


def functional_page() -> str:
    names = mcgan.functional.__all__
    homes = {name: getattr(mcgan.functional, name).__module__ for name in names}
    return "# mcgan.functional\n\n" + "".join(autodoc(f"{homes[n]}.{n}", 2) for n in names)


def verbs_page() -> str:
    """Every verb with its help."""
    helps = [
        f"## mcgan {verb}\n\n{what[0].upper()}{what[1:]}.\n\n```text\n{help_of(verb)}\n```\n"
        for verb, (_, what) in COMMANDS.items()
    ]
    return "\n".join(["# The command line\n", *helps])


def help_of(verb: str) -> str:
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        main([verb, "--help"])
    return said.getvalue().rstrip()


def options_page() -> str:
    """Every option of every group, each with its settings."""
    return "# Options and settings\n\n" + "\n".join(
        line for group, found in options.groups().items() for line in group_lines(group, found)
    )


def group_lines(group: str, found: list[options.Option]) -> Iterator[str]:
    yield f"## {group}\n\n{options.markdown(group, found)}\n"
    for option in found if group in CLASSES else []:
        yield f"### {group}={option.name}\n\n```text\n{options.page(group, option.name)}\n```\n"


def in_chinese(text: str) -> str:
    """The page, its language named for a program that reads it aloud: the theme says English."""
    title, _, rest = text.partition("\n")
    return f'{title}\n\n<div lang="zh" markdown>\n{rest}\n</div>\n'


GENERATED = {
    "reference/python.md": python_page,
    "reference/functional.md": functional_page,
    "reference/command_line.md": verbs_page,
    "reference/options.md": options_page,
}


def write(place: Path, text: str) -> None:
    (PAGES / place).parent.mkdir(parents=True, exist_ok=True)
    (PAGES / place).write_text(text, encoding="utf-8")


def make_site() -> None:
    os.environ.pop("MCGAN_CONF", None)  # a reader does not have your own options
    os.environ["COLUMNS"] = "80"  # of the help's lines
    shutil.rmtree(PAGES, ignore_errors=True)
    places = sources()
    for file, place in places.items():
        if file.suffix == ".md":
            text = relink(file.read_text(encoding="utf-8"), file, places)
            text = card(file, text) if place.parts[0] == "strategies" else text
            write(place, in_chinese(text) if file.name.endswith(".zh.md") else text)
        else:
            (PAGES / place).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, PAGES / place)
    for name, page in GENERATED.items():
        write(Path(name), page())


if __name__ == "__main__":
    make_site()
