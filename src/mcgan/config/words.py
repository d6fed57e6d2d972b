"""What the words of a command may be, before anything is composed of them."""

import re
from collections.abc import Iterable
from typing import Any

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import ChoiceSweep, Override, RangeSweep

from mcgan.config.paths import conf_dirs
from mcgan.errors import UserError

JOBS = 10_000  # of a sweep, at most
BEFORE_QUOTE = re.compile(r'(\\*)("|$)')
SEARCH = "hydra.searchpath"  # may import packages, to look for YAMLs in them


def check_words(words: Iterable[str]) -> None:
    """Raises UserError for a word that leaves the folders of options, and for too large a sweep.

    Raises HydraException for one that cannot be read.
    """
    jobs = 1
    for override in OverridesParser.create().parse_overrides([*words]):
        if override.key_or_group == SEARCH:
            raise UserError(f"{SEARCH} is not allowed: add a folder of YAMLs by --config-dir")
        jobs *= count_values(override)
        if override.key_or_group == "name":
            check_name(override)
        if is_group(override.key_or_group):
            check_option(override)
    if jobs > JOBS:
        raise UserError(
            f"a sweep of {jobs:,} jobs is too large: give fewer values, for at most {JOBS:,} jobs"
        )


def check_name(override: Override) -> None:
    """Raises UserError for a name that would be read as something else, such as 1e3 as 1000.0."""
    if override.is_delete():
        raise UserError(f"{override.input_line}: leave this word out, and the run names itself")
    text = str(override.input_line).partition("=")[2]
    typed = [each.strip() for each in text.split(",")]
    for value in list_names(override):
        if value is None or (isinstance(value, (bool, float)) and str(value) not in typed):
            raise UserError(f"name={text} would be read as {value}: add a letter to the name")


def count_values(override: Override) -> int:
    """How many values a word gives, without listing them."""
    value = override.value()
    if isinstance(value, RangeSweep):
        steps = (float(value.stop or 0) - float(value.start or 0)) / float(value.step or 1)
        return max(int(min(steps, 2.0**62)), 1)
    return max(len(value.list), 1) if isinstance(value, ChoiceSweep) else 1


def is_group(key: str) -> bool:
    """Whether a word chooses an option, rather than a value."""
    if key.startswith("hydra/"):
        return True
    return key.isidentifier() and any((folder / key).is_dir() for folder in conf_dirs())


def check_option(override: Override) -> None:
    """Raises UserError where the option of a group is no name, or a path out of its folder."""
    for name in [] if override.is_delete() else list_names(override):
        if not isinstance(name, str):
            shown = "null" if name is None else repr(name)
            raise UserError(
                f"{override.input_line}: an option is a name, not {shown}; write a "
                f"list as {override.key_or_group}=[NAME,NAME]"
            )
        if name.startswith("/") or ".." in name.split("/"):
            raise UserError(f"{override.input_line}: an option is a name, not the path {name!r}")


def list_names(override: Override) -> list[Any]:
    """The names that a word gives a group, also those of a list and of a sweep."""
    value = override.value()
    values = value.list if isinstance(value, ChoiceSweep) else [value]
    return [
        name
        for each in values
        for name in (each if isinstance(each, list) else [each])
        if not isinstance(name, RangeSweep)
    ]


def quote_word(key: str, value: object) -> str:
    """The word KEY=VALUE, for any text as the value."""
    text = str(value)
    if re.fullmatch(r"[A-Za-z0-9_./+-]+", text):
        return f"{key}={text}"
    # A backslash is itself, except before a quotation mark and at the end.
    return f'{key}="{re.sub(BEFORE_QUOTE, double_backslashes, text)}"'


def double_backslashes(found: re.Match[str]) -> str:
    """The match with its backslashes twice, and its quotation mark escaped if it has one."""
    return found[1] * 2 + ('\\"' if found[2] else "")
