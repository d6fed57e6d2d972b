"""`mcgan reproduce`: rows of papers trained again, published and measured side by side."""

import json
from collections.abc import Sequence

from mcgan.cli.run_verbs import Parser, check_settings, experiment
from mcgan.config.paths import conf_dirs
from mcgan.errors import UserError, near_or_all
from mcgan.run.states import RunState


def main(words: Sequence[str]) -> int:
    """`mcgan reproduce [NAME [KEY=VALUE ...]] [--json]`. Exit code 0 once there is a table.

    An interrupted run has the code of its signal; the same command goes on with it.
    """
    args = parser().parse_intermixed_args(words)
    if args.name is None:
        list_rows(args.json)
        return 0
    if args.name not in row_names():
        raise UserError(f"no published row {args.name!r}" + near_or_all(args.name, row_names()))
    return reproduce(args.name, check_settings(args.overrides), args.json)


def parser() -> Parser:
    """The arguments of `mcgan reproduce`: a row of a paper, and settings to change."""
    made = Parser(
        "mcgan reproduce",
        description="Train a row of a paper with the paper's nets, "
        "optimiser, length and counting, and print published and measured numbers side "
        "by side. Without NAME: list the rows, with a forecast of their time here. An "
        "interrupted run goes on, and a finished one is only read.",
    )
    made.add_argument(
        "name", metavar="NAME", nargs="?", help="a row, as experiment=paper/NAME names it"
    )
    made.add_argument(
        "overrides",
        metavar="KEY=VALUE",
        nargs="*",
        help="settings to change, or name=RUN for a run that was trained already",
    )
    made.add_argument("--json", action="store_true", help="print JSON, with each seed's numbers")
    return made


def row_names() -> list[str]:
    """The rows there are, a user's own among them."""
    homes = [folder / "experiment" / "paper" for folder in conf_dirs()]
    return sorted({file.stem for home in homes for file in home.glob("*.yaml")})


def reproduce(name: str, overrides: list[str], as_json: bool) -> int:
    """The exit code, after published and measured numbers of a row of a paper were printed."""
    outcome, content = experiment("reproduction").reproduce(name, overrides, quiet=as_json)
    if outcome.state == RunState.INTERRUPTED:
        code: int = outcome.code
        return code
    from mcgan.view.terminal.side_by_side import comparison  # imports scipy

    print(json.dumps(content, indent=2, allow_nan=False) if as_json else comparison(content))
    return 0


def list_rows(as_json: bool) -> None:
    """All rows; as text each when its forecast is known."""
    outlooks = map(experiment("reproduction").outlook, row_names())
    if as_json:
        print(json.dumps(list(outlooks), indent=2, allow_nan=False))
        return
    from mcgan.view.terminal.side_by_side import entry  # imports scipy

    for each in outlooks:
        print(entry(each), flush=True)
    print("\nmcgan reproduce NAME trains one. Times are of its steps, on one core here.")
