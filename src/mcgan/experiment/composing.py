"""The words of the command line, given from Python: what has a meaning there, and what has not."""

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.errors import HydraException

from mcgan.config.compose import Composed, compose
from mcgan.config.messages import explain
from mcgan.errors import UserError

SWEEPING = ("-m", "--multirun")


def compose_one(*words: str) -> Composed:
    """What `compose` returns. Raises UserError for a sweep or a flag of the command line, too."""
    for word in words:
        check(word)
    return compose(*words)


def check(word: str) -> None:
    """Raises UserError for what is no setting of one run."""
    if not isinstance(word, str):
        raise UserError(f"settings are words such as 'dataset=ring', not {word!r}")
    if word.startswith("-") and word not in SWEEPING:
        raise UserError(
            f"{word!r} is a flag of the command line: in Python give settings such as "
            "'dataset=ring', and type help(mcgan.train) for help"
        )
    if word.startswith("-"):
        raise UserError(
            f"{word!r} is a flag of the command line: for a sweep, type "
            "`mcgan train -m ...` there, or call mcgan.train in a loop"
        )
    if word.lstrip("+~").startswith("hydra"):
        raise UserError(f"{word!r} is for Hydra's command line: leave it out in Python")
    if is_sweep(word):
        raise UserError(
            f"{word!r} is a sweep: type `mcgan train -m ...` on the command line, "
            "or call mcgan.train in a loop"
        )


def is_sweep(word: str) -> bool:
    """Whether a word has several values. Raises UserError for a word that cannot be read."""
    try:
        return OverridesParser.create().parse_overrides([word])[0].is_sweep_override()
    except HydraException as error:
        raise UserError(explain(error) or str(error)) from error
