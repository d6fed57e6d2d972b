"""A run in its folder, by one way for the command line and for Python; torch comes when it trains.

A folder is never overwritten: `mcgan.run.existing` says what its content allows.
"""

import logging
import os
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from omegaconf import OmegaConf

from mcgan.config.choices import Choices
from mcgan.config.paths import show_path, with_absolute_files
from mcgan.errors import Refused, UserError, one_line
from mcgan.run import existing
from mcgan.run.directory import LOCK, RunDirectory, is_lean
from mcgan.run.existing import LAUNCHED, Plan
from mcgan.run.states import Outcome, RunState
from mcgan.system.atomic import disk_errors, write_text
from mcgan.system.memory import memory_errors

if TYPE_CHECKING:
    from mcgan.view.terminal.screen import Screen

log = logging.getLogger(__name__)


def start(
    config: dict[str, Any],
    choices: Choices,
    out: Path,
    words: Sequence[str],
    sweeping: bool = False,
    screen: "Screen | None" = None,
) -> Outcome:
    """Trains, continues or skips, as the folder ``out`` needs; ``words`` are what was typed.

    The caller holds the folder: `run_folder`. Raises Refused where an earlier run would be lost,
    UserError for other mistakes.
    """
    plan = existing.decide(out, config, sweeping)
    if plan is Plan.SKIP:
        return skip(out)
    from mcgan.experiment import fit  # imports torch
    from mcgan.view.terminal.screen import Screen

    screen = screen or Screen(offers=not sweeping)
    with memory_errors():
        if plan is Plan.CONTINUE:
            return fit.resume(out, [], screen)
        write_origin(out, config, words)
        return fit.fit(with_absolute_files(config), out, choices, screen)


def resume(out: Path, overrides: list[str]) -> Outcome:
    """Goes on with the run in ``out``, some settings changed, and holds it while it trains."""
    with run_folder(out):
        from mcgan.experiment import fit  # imports torch

        return fit.resume(out, overrides)


def skip(out: Path) -> Outcome:
    """What became of a run that has ended before."""
    status = RunDirectory(out).status()
    os.utime(out / "status.json")  # this sweep's exit code counts it
    if is_lean(status.get("config", {})):
        RunDirectory(out).slim()
    log.info("skipped, already %s: %s", status["state"], show_path(out))
    return Outcome(RunState(status["state"]), status.get("score"))


def write_origin(out: Path, config: dict[str, Any], words: Sequence[str]) -> None:
    """What Hydra writes as .hydra/, once the folder is this run's; not of a lean run."""
    if is_lean(config):
        return
    with disk_errors(out):
        (out / ".hydra").mkdir(exist_ok=True)
    write_text(out / existing.CONFIG, OmegaConf.to_yaml(OmegaConf.create(config)))
    write_text(out / ".hydra" / "overrides.yaml", OmegaConf.to_yaml(OmegaConf.create([*words])))


def mark_failed(out: Path, error: Exception) -> None:
    """status.json for other processes, the traceback of a bug for the log of this run alone."""
    mistake = isinstance(error, UserError)
    text = one_line(error) if mistake else f"{type(error).__name__}: {one_line(error)}"
    with suppress(UserError):  # a full disk
        RunDirectory(out).end(RunState.FAILED, error=text, mistake=mistake)
    if not mistake:
        with suppress(OSError), open(out / "train.log", "a", encoding="utf-8") as file:
            traceback.print_exception(error, file=file)


@contextmanager
def run_folder(out: Path, made: Sequence[Path] = (), sweeping: bool = False) -> Iterator[None]:
    """Holds the folder of a run against all other processes, from the first look to the last word.

    It is made where it is missing, and taken away again if no run begins in it, with the folders
    ``made`` for it. A run that began and fails is marked, in a sweep every failure. A folder that
    held anything stays as it is. Raises Refused while another process holds it.
    """
    missing = [*make_folder(out), *made]
    try:
        with RunDirectory(out).lock():
            fresh = existing.is_free(out)
            try:
                yield
            except BaseException as error:
                tidy(out, fresh, error, sweeping)
                raise
    except BaseException:
        remove_empty(missing)
        raise


def tidy(out: Path, fresh: bool, error: BaseException, sweeping: bool) -> None:
    """Leaves nothing half-written where an error ends a run; ``fresh``: its folder was free.

    Where no run has begun, what was written for it goes; a run that has begun is marked. Jobs of a
    sweep are marked anyhow: the sweep tells at its end which of them failed.
    """
    failure = error if isinstance(error, Exception) else None
    if sweeping and failure and not isinstance(error, Refused):
        mark_failed(out, failure)
    elif not (out / "status.json").exists():
        clear(out, LAUNCHED if fresh else ())
    elif failure and (fresh or not isinstance(error, UserError)):
        mark_failed(out, failure)


def make_folder(out: Path) -> list[Path]:
    """Makes a folder and returns what was missing of its path, the innermost first.

    Raises UserError where it cannot be made; then nothing was made.
    """
    missing: list[Path] = []
    try:
        missing += [place for place in (out, *out.parents) if not place.exists()]
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        remove_empty(missing)
        reason = "a file lies there" if out.is_file() else (error.strerror or str(error)).lower()
        raise UserError(
            f"{show_path(out)} cannot be the folder of a run: {reason}; choose another"
        ) from error
    return missing


def clear(out: Path, names: Sequence[str]) -> None:
    """Takes away what was written for a run that did not begin; the lock goes last."""
    for name in (*names, LOCK):
        path = out / name
        with suppress(OSError):
            path.rmdir() if path.is_dir() else path.unlink()


def remove_empty(folders: Sequence[Path]) -> None:
    """Takes away those of the folders that are empty: another run may have moved in."""
    for folder in folders:
        with suppress(OSError):
            folder.rmdir()
