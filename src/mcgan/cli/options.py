"""`mcgan list`: what each group offers, by the comments of its YAMLs; and what an option may be."""

import re
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from mcgan.cli.console import columns
from mcgan.config.option_header import header, read_comments
from mcgan.config.paths import conf_dirs, import_from_here
from mcgan.errors import UserError, near_or_all

if TYPE_CHECKING:
    from mcgan.config.option_file import SettingRow

USAGE = """usage: mcgan list [GROUP [OPTION]] [--markdown]

Lists the options of every group, or of one: what each is, and whose paper.
With an option, such as `mcgan list reg replay`: its settings and what they may be.
--markdown prints tables. Your own YAMLs are found through the environment variable MCGAN_CONF.
"""
ORDER = ["objective", "reg", "dataset", "arch", "optim", "protocol", "experiment"]
PAPER = re.compile(r"\s*\(([A-Z][^()]*\b(?:19|20)\d\d\b[^()]*)\)")


class Option(NamedTuple):
    """An option of a group, as its YAML's header describes it."""

    name: str
    what: str
    paper: str


def main(words: Sequence[str]) -> int:
    """The exit code of `mcgan list`: it prints all groups, one, or the card of an option."""
    if {"--help", "-h"} & set(words):
        print(USAGE, end="")
        return 0
    names = [word for word in words if word != "--markdown"]
    if len(names) == 2 and names[1] not in groups():
        print(page(*names))
        return 0
    shown = choose(names) if names else list(groups())
    show = markdown if "--markdown" in words else plain
    print("\n\n".join(show(group, groups()[group]) for group in shown))
    return 0


def page(group: str, name: str) -> str:
    """An option with its settings. Raises UserError where there is no such group or option."""
    from mcgan.config.option_file import option_file, rows  # imports omegaconf

    import_from_here()
    [known] = choose([group])
    file = option_file(known, name)
    found = rows(file.read_text(encoding="utf-8"), group, f"{group} {name}")
    lines = [line for row in found for line in explain_row(row)] or ["  It has no settings."]
    said = [
        line
        for what, words in read_comments(file.read_text(encoding="utf-8")).items()
        for line in ("", *wrap(f"{what}: {words}", 2, 2))
    ]
    return "\n".join([group, entry(option(file, name), 0), *said, "", *lines])


def explain_row(row: "SettingRow") -> list[str]:
    """A setting in two lines or more: its default, what it may be, and what it is for."""
    more = [line for words in row[2:] if words for line in wrap(words, 6, 6)]
    return [*wrap(f"{row.name}: {row.default}", 2, 6), *more]


def wrap(text: str, first: int, others: int) -> list[str]:
    """The text in lines that the terminal has room for, indented by so many columns."""
    return textwrap.wrap(
        text,
        columns(),
        initial_indent=" " * first,
        subsequent_indent=" " * others,
        break_on_hyphens=False,
    )


def choose(names: list[str]) -> list[str]:
    """The groups as named. Raises UserError for an unknown one."""
    for name in names:
        if name not in groups():
            raise UserError(f"no group {name!r}{near_or_all(name, groups())}")
    return names


def groups() -> dict[str, list[Option]]:
    """Group -> its options, by name; groups in the order of ORDER, a user's own behind them."""
    found: dict[str, dict[str, Path]] = {}
    for folder in conf_dirs():
        for file in sorted(folder.glob("*/**/*.yaml")):
            group, name = place(file.relative_to(folder).with_suffix("").as_posix())
            found.setdefault(group, {}).setdefault(name, file)
    ranked = [*(g for g in ORDER if g in found), *sorted(found.keys() - set(ORDER))]
    return {g: [option(file, name) for name, file in sorted(found[g].items())] for g in ranked}


def place(path: str) -> tuple[str, str]:
    """Group and name: folders within our groups are parts of the name, as `experiment=paper/x`."""
    first, _, rest = path.partition("/")
    if first in ORDER:
        return first, rest
    group, _, name = path.rpartition("/")
    return group, name


def option(file: Path, name: str = "") -> Option:
    """Name, description, and the papers: what stands in brackets with a year."""
    line = header(file.read_text(encoding="utf-8"))
    papers = "; ".join(PAPER.findall(line))
    return Option(name or file.stem, PAPER.sub("", line).strip(), papers)


def plain(group: str, options: list[Option]) -> str:
    """A group's options for the terminal, one below the other."""
    width = max(len(name) for name, _, _ in options)
    return "\n".join([group, *(entry(option, width) for option in options)])


def entry(option: Option, width: int) -> str:
    """One option for the terminal, wrapped below itself; ``width`` is that of the longest name."""
    source = f" ({option.paper})" if option.paper else ""
    below = max(width, len(option.name)) + 4
    return "\n".join(wrap(f"{option.name:<{width}}  {option.what}{source}", 2, below))


def markdown(group: str, options: list[Option]) -> str:
    """A group's options as a table of Markdown."""
    cells = [[text.replace("|", r"\|") for text in each] for each in options]
    rows = [f"| `{group}={name}` | {what} | {paper} |" for name, what, paper in cells]
    return "\n".join([f"| {group} | what it is | source |", "| --- | --- | --- |", *rows])
