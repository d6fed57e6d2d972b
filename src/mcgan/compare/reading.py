"""Run directories as they are found: whole, unfinished or damaged. Nothing here raises for one."""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from mcgan.compare.curves import course
from mcgan.compare.index import read_indexed
from mcgan.compare.run import Run
from mcgan.errors import UserError, one_line, printable
from mcgan.metrics.measures import with_new_names
from mcgan.run.directory import RunDirectory
from mcgan.run.states import ENDED
from mcgan.system.quick_yaml import read_yaml

MARKS = {"status.json", "result.json"}  # what makes a folder a run
INSIDE = {"checkpoints", "figures", "evaluations", ".hydra"}  # a run holds these, and no runs


def read_all(folders: Iterable[Path]) -> list[Run]:
    """The runs in and below `folders`, none twice. Raises UserError where a folder holds none."""
    return read_indexed(list_runs(folders), read)


def list_runs(folders: Iterable[Path]) -> list[Path]:
    """The folders of runs in and below `folders`, none twice. Raises UserError as `read_all`."""
    found: dict[str, Path] = {}
    for folder in folders:
        runs = list(find(folder))
        if not runs:
            raise UserError(f"{folder} holds no runs: give the folder of a run or of a sweep")
        for run in runs:
            found.setdefault(os.path.realpath(run), run)
    return [*found.values()]


def find(folder: Path) -> Iterator[Path]:
    """Every run directory below a folder, in the order of names."""
    for place, below, files in os.walk(folder):
        below[:] = sorted(set(below) - INSIDE)
        if MARKS & set(files):
            yield Path(place)


def read(folder: Path) -> Run:
    """One run; what cannot be used of it is said in its `note`."""
    run = RunDirectory(folder)
    try:
        status, result = run.status(), run.result()
        return read_ended(run, dict(status), result and printable(dict(result)))
    except (
        UserError,
        OSError,
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        RecursionError,
    ) as error:
        return damaged(folder, error)


def damaged(folder: Path, error: Exception) -> Run:
    """A run that cannot be read, and why."""
    kind = "" if isinstance(error, (UserError, ValueError)) else f"{type(error).__name__}: "
    return Run(folder, "damaged", note=printable(f"{kind}{one_line(error)}"))


def read_ended(run: RunDirectory, status: dict[str, Any], result: dict[str, Any] | None) -> Run:
    """The run if it has ended with a result, else what its status says. Raises where damaged."""
    state = printable(str(status.get("state") or (result or {}).get("state", "damaged")))
    if state not in ENDED:
        return Run(run.folder, state, note=describe_progress(status))
    if result is None:
        return Run(run.folder, state, note="it has no result.json")
    measured = [check(result), *read_evaluations(run.folder, result)]
    config, ended = dict(status.get("config") or run.config()), str(status.get("ended") or "")
    return Run(
        run.folder,
        state,
        "",
        ended,
        printable(config),
        measured,
        course(run.metrics),
        printable(dict(status.get("choices") or {})),
        verdicts(result),
        read_words(run.folder),
    )


def read_words(folder: Path) -> list[str]:
    """What was typed for a run, without `mcgan train`; nothing where that cannot be read."""
    try:
        words = read_yaml((folder / ".hydra" / "overrides.yaml").read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError, yaml.YAMLError):
        return []
    return [str(printable(str(word))) for word in words] if isinstance(words, list) else []


def verdicts(result: Mapping[str, Any]) -> dict[int, bool]:
    """Whether each seed has collapsed, by its number; nothing for a result without a verdict."""
    replicas = (result.get("verdict") or {}).get("replicas") or []
    return {int(replica["seed"]): bool(replica["collapsed"]) for replica in replicas}


def describe_progress(status: Mapping[str, Any]) -> str:
    """How far an unfinished run came, or the error that ended it."""
    if status.get("error"):
        return str(printable(one_line(status["error"])))
    return f"at step {status.get('step', 0):,} of {status['steps']:,}" if "steps" in status else ""


def check(result: dict[str, Any]) -> dict[str, Any]:
    """The result, if its numbers are where they belong. Raises ValueError, KeyError, TypeError."""
    seeds, metrics = result["seeds"], result["metrics"]
    lengths = {len(metric["values"]) for metric in metrics.values()}
    if lengths != {len(seeds)}:
        raise ValueError("result.json is damaged: its values do not belong to its seeds")
    numbers = [value for metric in metrics.values() for value in metric["values"]]
    if not all(value is None or isinstance(value, (int, float)) for value in numbers):
        raise ValueError("result.json is damaged: its values are no numbers")
    if not isinstance(result["step"], int):
        raise ValueError("result.json is damaged: its step is no number")
    dict(result["protocol"]), int(result["evaluation"]["samples"])
    return result


def read_evaluations(folder: Path, result: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """What `mcgan evaluate` measured of the same weights in another way; damaged files are not."""
    seen = [way(result)]
    for path in sorted(folder.glob("evaluations/*.json")):
        try:
            found = check(with_new_names(printable(json.loads(path.read_text()))))
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            continue
        if found["step"] == result["step"] and way(found) not in seen:
            seen.append(way(found))
            yield found


def way(result: Mapping[str, Any]) -> tuple[Any, Any]:
    """How a result was counted: its protocol and its settings of evaluation."""
    return result["protocol"], result["evaluation"]
