"""`mcgan compare`: words in, tables and a page out."""

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from mcgan.cli.outputs import save, target
from mcgan.cli.run_verbs import Parser
from mcgan.compare import comparison
from mcgan.compare.comparison import Comparison
from mcgan.compare.formats import FORMATS
from mcgan.compare.index import Answer, answer_indexed
from mcgan.compare.reading import list_runs
from mcgan.compare.terminal import print_tables, show
from mcgan.errors import UserError
from mcgan.run.find import folder_of


def compare(words: Sequence[str]) -> int:
    """`mcgan compare DIR... [--baseline LABEL] [--mix-steps] [--format FORMAT] [--html FILE]`."""
    args = parser().parse_args(words)
    page = target("--html", args.html) if args.html else None
    folders = [folder_of(word) for word in args.folders]
    if page:  # first: whoever reads the tables may close the pipe
        from mcgan.compare.html import page as html  # imports matplotlib

        found = comparison.compare(folders, args.baseline, args.mix_steps)
        save("report", page, html(found, shlex.join(["mcgan", "compare", *words])))
        tell(say(found, args.format))
        return 0
    screen = Console()
    asked = [
        args.format,
        args.baseline,
        args.mix_steps,
        screen.width,
        screen.is_terminal,
        screen.color_system,
    ]
    tell(
        answer_indexed(
            list_runs(folders),
            asked,
            lambda: say(comparison.compare(folders, args.baseline, args.mix_steps), args.format),
        )
    )
    return 0


def parser() -> Parser:
    """The arguments of `mcgan compare`: folders, the baseline, and in which form to print."""
    made = Parser(
        "mcgan compare",
        description="Compare finished runs: a table for each dataset "
        "and protocol, a row for all runs that differ in their seeds alone.",
    )
    made.add_argument(
        "folders",
        metavar="DIR",
        nargs="+",
        help="of runs or sweeps, their names under runs/, or `last`: the newest run",
    )
    made.add_argument(
        "--baseline",
        metavar="LABEL",
        help="test every group against this one: its label, or a part of it",
    )
    made.add_argument(
        "--mix-steps", action="store_true", help="rank runs of different train.steps in one table"
    )
    made.add_argument(
        "--format",
        choices=["table", *FORMATS],
        default="table",
        help="of what is printed (default: table)",
    )
    made.add_argument(
        "--html",
        metavar="FILE",
        type=Path,
        help="also write one page with tables and pictures, to open offline",
    )
    return made


def say(found: Comparison, form: str) -> Answer:
    """The tables; what a CSV file has no room for goes to standard error."""
    if form == "table":
        screen = Console()
        with screen.capture() as captured:
            show(found, screen)
        return Answer(captured.get())
    lines = [*found.notes, *(f"not compared: {run.fate}" for run in found.left_out)]
    told = [f"mcgan compare: {line}\n" for line in lines] if form == "csv" else []
    return Answer(FORMATS[form](found), "".join(told))


def tell(answer: Answer) -> None:
    """Prints an answer: the tables to standard output, remarks to standard error."""
    sys.stdout.write(answer.out)
    sys.stderr.write(answer.err)


def after_sweep(folder: Path) -> None:
    """What `mcgan train -m` says at its end: the tables of its sweep, if any job has a result.

    TensorBoard gets them too; where the disk has no room for that, it costs a line.
    """
    from mcgan.compare import tensorboard

    found = comparison.compare([folder])
    if found.sections:
        print_tables(found)
    try:
        tensorboard.write(folder, found)
    except UserError as error:
        print(f"mcgan train: {error}", file=sys.stderr)
