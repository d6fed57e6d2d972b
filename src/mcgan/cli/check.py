"""`mcgan check GROUP=OPTION`: which laws an option keeps, one of ours or of the user's own."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mcgan.cli.run_verbs import Parser
from mcgan.config.compose import compose
from mcgan.config.messages import list_options
from mcgan.config.option_file import option_file, own_node
from mcgan.config.paths import import_from_here
from mcgan.errors import UserError

if TYPE_CHECKING:
    from mcgan.experiment.laws.holding import Result

GROUPS = ("reg", "objective", "dataset")
USAGE = "mcgan check [-h] [--pairs] [--config-dir FOLDER] GROUP=OPTION [KEY=VALUE ...]"
GROUPLESS = ("reg", "none")  # no strategy at all
SMALL = ("train.batch_size=8", "train.steps=20", "name=check")


def main(words: Sequence[str]) -> int:
    """Prints a line per law. Exit code: 0 all hold, 1 one fails; a mistake raises UserError."""
    args = parser().parse_intermixed_args(words)
    if not args.option:
        raise UserError("there is nothing to check: give reg=NAME, objective=NAME or dataset=NAME")
    group, name = parse_option(args.option)
    with options_in(args.config_dir):
        import_from_here()
        config = compose(*SMALL, args.option, *args.settings).config
        if group == "reg" and name not in config["reg"]:
            raise UserError(
                f"{option_file(group, name)} does not put its settings under reg: let "
                f"it begin with the line '# @package reg.{name}'"
            )
        results = check(group, name, config, args.pairs)
    print(f"{group}={name}", *map(line, results), summary(results), sep="\n")
    return int(any(result.reason for result in results))


def parser() -> Parser:
    """The arguments of `mcgan check`: the option, its settings and what else is tried."""
    made = Parser(
        "mcgan check",
        usage=USAGE,
        description="Check a strategy, an objective or a "
        "dataset, such as one of your own under MCGAN_CONF, against the laws of its "
        "kind.",
    )
    made.add_argument(
        "option", metavar="GROUP=OPTION", nargs="?", help="reg=, objective= or dataset=NAME"
    )
    made.add_argument(
        "settings",
        metavar="KEY=VALUE",
        nargs="*",
        help="its settings and its company, as for mcgan train",
    )
    made.add_argument(
        "--pairs",
        action="store_true",
        help="also with every other strategy, in both orders (about a minute)",
    )
    made.add_argument(
        "--config-dir",
        type=Path,
        metavar="FOLDER",
        help="a folder of your own YAMLs, beside those of MCGAN_CONF",
    )
    return made


def parse_option(word: str) -> tuple[str, str]:
    """Group and name of the option to check. Raises UserError for what cannot be checked."""
    group, equals, name = word.partition("=")
    if not equals or group not in GROUPS:
        raise UserError(
            f"{word!r} cannot be checked: give reg=NAME, objective=NAME or dataset=NAME"
        )
    if (group, name) == GROUPLESS:
        raise UserError("reg=none is no strategy at all, there is nothing to check: give reg=NAME")
    if not name.isidentifier():
        raise UserError(
            f"{word!r} names no option: NAME is that of a YAML in a folder {group}/, "
            "without .yaml and without a path; the folder above it is given by "
            "--config-dir or MCGAN_CONF"
        )
    return group, name


@contextmanager
def options_in(folder: Path | None) -> Iterator[None]:
    """For a while the YAMLs of a folder are options too, as those of MCGAN_CONF are."""
    before = os.environ.get("MCGAN_CONF")
    if folder:
        if not folder.is_dir():
            raise UserError(f"--config-dir: there is no folder {folder}")
        os.environ["MCGAN_CONF"] = os.pathsep.join(filter(None, (str(folder), before)))
    try:
        yield
    finally:
        if folder and before is None:
            del os.environ["MCGAN_CONF"]
        elif before is not None:
            os.environ["MCGAN_CONF"] = before


def check(group: str, name: str, config: dict[str, Any], pairs: bool) -> "list[Result]":
    """The laws of an option, each with why it fails."""
    from mcgan.experiment.laws.option import CHECKS  # imports torch

    others = [other for other in list_options("reg") if pairs and other not in ("none", name)]
    nodes = {
        other: own_node(option_file("reg", other).read_text(encoding="utf-8"), "reg")
        for other in others
    }
    return CHECKS[group](config, name, nodes)


def line(result: "Result") -> str:
    """One law's line for the terminal; a law that fails is followed by why."""
    if result.reason:
        return f"  FAILS  {result.law}: {result.reason}"
    return f"  holds  {result.law}"


def summary(results: "list[Result]") -> str:
    """How many of the laws hold, as `12 of 13 laws hold`."""
    kept = sum(not result.reason for result in results)
    return f"{kept} of {len(results)} laws hold"
