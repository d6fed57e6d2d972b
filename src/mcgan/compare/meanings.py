"""Options that did not mean the same in all runs of a comparison."""

from collections.abc import Iterable, Iterator
from typing import Any

from mcgan.compare.run import Run

FORMULA = "runs of {option} have version {values} of its formula: they are not of one method."
DEFAULTS = (
    "runs of {option} are from before and after a change of its defaults (mcgan {values}): "
    "what nobody typed may differ."
)
Found = tuple[Any, Any, str]  # version, digest of the defaults, mcgan's own version


def flag_meanings(runs: Iterable[Run]) -> list[str]:
    """A sentence for each option whose runs differ in its formula, or else in its defaults.

    Runs of before there were meanings tell nothing, and are passed over.
    """
    known: dict[str, list[Found]] = {}
    for run in runs:
        for option, found in read(run):
            known.setdefault(option, []).append(found)
    flags = (flag(option, found) for option, found in known.items())
    return [sentence for sentence in flags if sentence]


def read(run: Run) -> Iterator[tuple[str, Found]]:
    """Each option of a run with its formula's version, its defaults, and the version of mcgan."""
    result = run.results[0]
    own = str((result.get("versions") or {}).get("mcgan"))
    for option, meaning in (result.get("meanings") or {}).items():
        yield option, (meaning.get("version"), meaning.get("defaults"), own)


def flag(option: str, found: list[Found]) -> str:
    """A sentence if an option had two formulas or two sets of defaults among the runs.

    Else nothing.
    """
    versions, defaults, ours = (
        list(dict.fromkeys(map(str, each))) for each in zip(*found, strict=True)
    )
    if len(versions) > 1:
        return FORMULA.format(option=option, values=" and ".join(sorted(versions)))
    if len(defaults) > 1:
        return DEFAULTS.format(option=option, values=" and ".join(sorted(ours)))
    return ""
