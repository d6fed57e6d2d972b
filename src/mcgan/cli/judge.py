"""`mcgan judge`: words in, a verdict out."""

import argparse
import json
import re
import shlex
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mcgan.cli.outputs import save, target
from mcgan.cli.run_verbs import Parser
from mcgan.config.paths import import_from_here
from mcgan.errors import UserError, near_or_all
from mcgan.run.states import EXIT_CODES, RunState

if TYPE_CHECKING:
    from mcgan.judging.report.judged import JudgedSamples

USAGE = """mcgan judge [-h] [--json FILE] [--html FILE] [--figure FILE]
                   FAKES... REAL [KEY=VALUE ...]"""
KEYS = {
    "labels": "classes of the real side: `folders` (those that come with it), FILE, a column",
    "heldout": "real samples that the generator was not trained on",
    "features": "auto, pixels, channels, efficientnet, inception, dinov2, clip, module:function",
    "n": "samples of each side, at most (default: 10,000)",
    "seed": "of all that is drawn (default: 0)",
    "key": "the array's name in an .npz or .pt file, the part of a batch",
    "tensorboard": "a folder for the numbers and the figure",
}
SETTING = re.compile(r"([A-Za-z_]+)=(.*)", re.S)
FIGURES = (".png", ".svg")
EPILOG = """FAKES and REAL are .npy, .npz, .pt, .csv or .parquet files, folders of pictures,
functions n -> samples as module:function, or runs: a folder, a name under
runs/, or run:NAME. As REAL a run stands for its data, and REAL may be left out.
The last one is REAL, and all others are judged against it.

settings:
{keys}

Exit code: 0 no collapse, 3 collapsed (one of them), 2 a mistake.
"""


def main(words: Sequence[str]) -> int:
    """Prints the verdict. The exit code: 0, or 3 where one generator is collapsed."""
    args = parser().parse_intermixed_args(words)
    sources, settings = split(args.words)
    outputs, board = check_outputs(args), check_board(settings.pop("tensorboard", None))
    import_from_here()
    from mcgan.experiment.judge import judge_all  # imports torch

    fakes, real = (sources[:-1], sources[-1]) if len(sources) > 1 else (sources, None)
    found = judge_all(fakes, real, progress=True, **settings)
    write(found, outputs, shlex.join(["mcgan", "judge", *words]))
    if board:
        from mcgan.judging.report.events import write_events

        write_events(board, found)
    return EXIT_CODES[RunState.COLLAPSED] if any(each.collapsed for each in found) else 0


def parser() -> Parser:
    """The arguments of `mcgan judge`: sides and settings as words, and files to write."""
    keys = "\n".join(
        textwrap.fill(what, 78, initial_indent=f"  {key + '=':<14}", subsequent_indent=" " * 16)
        for key, what in KEYS.items()
    )
    made = Parser(
        "mcgan judge",
        usage=USAGE,
        epilog=EPILOG.format(keys=keys),
        description="Whether samples of any generator are collapsed, by real ones.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument(
        "words",
        metavar="FAKES... REAL [KEY=VALUE ...]",
        nargs="*",
        help="samples, real samples, and settings",
    )
    made.add_argument("--json", metavar="FILE", help="also as JSON; - prints that alone")
    made.add_argument("--html", metavar="FILE", type=Path, help="also one page, to open offline")
    made.add_argument("--figure", metavar="FILE", type=Path, help="also a .png or .svg")
    return made


def split(words: Sequence[str]) -> tuple[list[str], dict[str, Any]]:
    """Sources and settings. Raises UserError for no source, and for a setting there is not."""
    found: dict[str, str] = {}
    sources = []
    for word in words:
        setting = SETTING.fullmatch(word)
        if setting is None or Path(word).exists():
            sources.append(word)
            continue
        name, value = setting.groups()
        if name not in KEYS:
            raise UserError(f"no setting {name!r}{near_or_all(name, KEYS)}")
        found[name] = value
    if not sources:
        raise UserError("there is nothing to judge: give the samples, then the real ones")
    numbers = {name: whole(name, found[name]) for name in ("n", "seed") if name in found}
    usual = {"labels": None, "heldout": None, "features": "auto", "n": None, "seed": 0, "key": None}
    return sources, usual | found | numbers


def whole(name: str, text: str) -> int:
    """A number of the command line. Raises UserError for what is none."""
    if not text.isdecimal() or not int(text) < 2**63:
        raise UserError(f"{name} must be a whole number of at least 0, not {text!r}")
    return int(text)


def check_outputs(args: argparse.Namespace) -> dict[str, Path]:
    """What is to be written where, `-` for standard output. Raises UserError for wrong places."""
    flags = ("json", "html", "figure")
    given = {flag: Path(file) for flag in flags if (file := getattr(args, flag))}
    for flag, file in given.items():
        if str(file) != "-" or flag != "json":
            target(f"--{flag}", file)
    if "figure" in given and given["figure"].suffix not in FIGURES:
        raise UserError(f"--figure {given['figure']} must end in {' or '.join(FIGURES)}")
    return given


def check_board(word: str | None) -> Path | None:
    """The folder of TensorBoard. Raises UserError for a file."""
    if word is not None and Path(word).is_file():
        raise UserError(f"tensorboard={word} is a file: give a folder")
    return None if word is None else Path(word)


def write(found: "list[JudgedSamples]", outputs: dict[str, Path], command: str) -> None:
    """Files first: whoever reads the text may close the pipe."""
    if "html" in outputs:
        from mcgan.judging.report.page import page

        save("page", outputs["html"], page(found, command))
    if "figure" in outputs:
        save("figure", outputs["figure"], picture(found, outputs["figure"].suffix))
    content = [each.to_dict() for each in found]
    text = json.dumps(content if len(content) > 1 else content[0], indent=2) + "\n"
    if outputs.get("json") == Path("-"):
        sys.stdout.write(text)
        return
    if "json" in outputs:
        save("json", outputs["json"], text)
    from mcgan.judging.report.several import tell_several

    print(found[0] if len(found) == 1 else tell_several(found))


def picture(found: "list[JudgedSamples]", suffix: str) -> bytes:
    """The figure as the content of a file."""
    from mcgan.judging.report.drawing import draw
    from mcgan.view.figures.style import png, svg

    return svg(draw(found)) if suffix == ".svg" else png(draw(found), scale=2)
