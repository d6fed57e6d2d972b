"""`mcgan export`: a finished run in a tracker, from the run's own records."""

from collections.abc import Sequence

from mcgan.cli.run_verbs import RUN, Parser
from mcgan.errors import UserError, near_or_all
from mcgan.run.find import run_of
from mcgan.view.trackers import TRACKERS, export

KEYS = ("to", "project")


def main(words: Sequence[str]) -> int:
    """`mcgan export to=TRACKER RUN [project=NAME]`. Raises UserError for what cannot be done."""
    args = parser().parse_args(words)
    settings = dict(word.split("=", 1) for word in args.words if "=" in word)
    runs = [word for word in args.words if "=" not in word]
    for key in settings:
        if key not in KEYS:
            raise UserError(f"no setting {key!r}{near_or_all(key, KEYS)}")
    tracker, project = settings.get("to", ""), settings.get("project") or "mcgan"
    if tracker not in TRACKERS:
        raise UserError(
            "give the tracker as one of " + ", ".join(f"to={name}" for name in TRACKERS)
        )
    if len(runs) != 1:
        raise UserError("give one run: its folder, its name under runs/, or `last`")
    run = run_of(runs[0])
    export(run, tracker, project)
    print(f"{run} is in {tracker}, project {project}")
    return 0


def parser() -> Parser:
    """The arguments of `mcgan export`, as words, since their order is free."""
    made = Parser(
        "mcgan export",
        usage="mcgan export to=TRACKER RUN [project=NAME]",
        description="Hand a run's numbers, settings and pictures to a tracker, from its "
        "own records; the run stays as it is. TRACKER is trackio, wandb or mlflow, whose "
        f"package is installed apart. RUN is {RUN}.",
    )
    made.add_argument(
        "words",
        metavar="to=TRACKER RUN",
        nargs="*",
        help="project=NAME: where the tracker puts it (default: mcgan)",
    )
    return made
