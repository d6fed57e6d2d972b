"""What it is for a law to hold or to fail."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from mcgan.errors import UserError, one_line


class LawBroken(Exception):
    """What broke a law, in one sentence."""


class Result(NamedTuple):
    """A law, and why it fails; an empty reason where it holds."""

    law: str
    reason: str


def require(holds: bool, otherwise: str) -> None:
    """Raises LawBroken with a sentence, unless what a law asks for holds."""
    if not holds:
        raise LawBroken(otherwise)


def try_law(law: str, check: Callable[[], None]) -> Result:
    """Whether a law holds; an error in the code under test breaks it, a UserError is raised."""
    try:
        check()
    except UserError:
        raise
    except LawBroken as broken:
        return Result(law, str(broken))
    except Exception as error:
        first = str(error).strip().partition("\n")[0]
        return Result(law, one_line(f"{type(error).__name__}: {first}"))
    return Result(law, "")


def try_laws(laws: Mapping[str, Callable[[], None]]) -> list[Result]:
    """Each law by its name, in their order."""
    return [try_law(law, check) for law, check in laws.items()]
