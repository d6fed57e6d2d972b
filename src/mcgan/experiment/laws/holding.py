"""What it is for a law to hold or to fail."""

import sysconfig
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from mcgan.errors import UserError, one_line

OURS = Path(__file__).parents[2]
LIBRARIES = [sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
NOT_THEIRS = (OURS, *map(Path, LIBRARIES))  # torch is a library


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


def try_law(law: str, check: Callable[[], object]) -> Result:
    """Whether a law holds; an error in the code under test breaks it, a UserError is raised."""
    try:
        check()
    except UserError:
        raise
    except LawBroken as broken:
        return Result(law, str(broken))
    except Exception as error:
        first = str(error).strip().partition("\n")[0]
        return Result(law, one_line(f"{find_place(error)}{type(error).__name__}: {first}"))
    return Result(law, "")


def try_laws(laws: Mapping[str, Callable[[], None]]) -> list[Result]:
    """Each law by its name, in their order."""
    return [try_law(law, check) for law, check in laws.items()]


def find_place(error: Exception) -> str:
    """``mine.py:29 in d_term: ``, the innermost line of a user's own that the error passed."""
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if not any(Path(frame.filename).is_relative_to(folder) for folder in NOT_THEIRS)
        and not frame.filename.startswith("<")
    ]
    if not frames:
        return ""
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno} in {frames[-1].name}: "
