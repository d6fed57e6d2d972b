"""A run in its folder, by one way for the command line and for Python; torch comes when it trains.

A folder is never overwritten: `mcgan.run.existing` says what its content allows.
"""

import logging
import os
import shutil
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from omegaconf import OmegaConf

from mcgan.config.choices import Choices
from mcgan.config.paths import show_path
from mcgan.errors import UserError, one_line
from mcgan.run import existing
from mcgan.run.directory import RunDirectory
from mcgan.run.existing import Plan
from mcgan.run.states import Outcome, RunState
from mcgan.system.atomic import write_text
from mcgan.system.memory import memory_errors

if TYPE_CHECKING:
    from mcgan.view.terminal.screen import Screen
    
log = logging.getLogger(__name__)


def start(config: dict[str, Any], choices: Choices, out: Path, words: Sequence[str],
          sweeping: bool = False, screen: "Screen | None" = None) -> Outcome:
    """Trains, continues or skips, as the folder ``out`` needs; ``words`` are what was typed.

    Raises Refused where an earlier run would be lost, UserError for other mistakes.
    """
    plan = existing.decide(out, config, sweeping)
    if plan is Plan.SKIP:
        return skip(out)
    from mcgan.experiment import fit  # imports torch
    from mcgan.view.terminal.screen import Screen

    screen = screen or Screen()
    with memory_errors():
        if plan is Plan.CONTINUE:
            return fit.resume(out, [], screen)
        write_origin(out, config, words)
        return fit.fit(config, out, choices, screen)


def skip(out: Path) -> Outcome:
    """What became of a run that has ended before."""
    status = RunDirectory(out).status()
    os.utime(out / "status.json")  # this sweep's exit code counts it
    log.info("skipped, already %s: %s", status["state"], show_path(out))
    return Outcome(RunState(status["state"]), status.get("score"))


def write_origin(out: Path, config: dict[str, Any], words: Sequence[str]) -> None:
    """What Hydra writes as .hydra/, but only once the folder is known to be this run's."""
    (out / ".hydra").mkdir(exist_ok=True)
    write_text(out / existing.CONFIG, OmegaConf.to_yaml(OmegaConf.create(config)))
    write_text(out / ".hydra" / "overrides.yaml", OmegaConf.to_yaml(OmegaConf.create([*words])))


def mark_failed(out: Path, error: Exception) -> None:
    """status.json for other processes, the traceback of a bug for the log of this run alone."""
    mistake = isinstance(error, UserError)
    text = one_line(error) if mistake else f"{type(error).__name__}: {one_line(error)}"
    with suppress(UserError), RunDirectory(out).lock():  # another process may own the run
        RunDirectory(out).end(RunState.FAILED, error=text, mistake=mistake)
    if not mistake:
        with suppress(OSError), open(out / "train.log", "a") as file:
            traceback.print_exception(error, file=file)


@contextmanager
def run_folder(out: Path) -> Iterator[None]:
    """Makes the folder of a run, and takes it away again if no run begins in it.

    A run that began and fails is marked as failed. A folder that held anything stays as it is.
    """
    missing = make_folder(out)
    fresh = not any(out.iterdir())
    try:
        yield
    except BaseException as error:
        tidy(out, fresh, missing, error)
        raise


def tidy(out: Path, fresh: bool, made: Sequence[Path], error: BaseException) -> None:
    """Leaves nothing half-written where an error ends a run; ``fresh``: its folder was empty.

    Before the run has begun, the folders ``made`` for it go; a run that has begun is marked.
    """
    if fresh and not (out / "status.json").exists():
        remove(out, made)
    elif isinstance(error, Exception) and (fresh or not isinstance(error, UserError)):
        mark_failed(out, error)


def make_folder(out: Path) -> list[Path]:
    """Makes a folder and returns what was missing of its path, the innermost first.

    Raises UserError where it cannot be made; then nothing was made.
    """
    missing: list[Path] = []
    try:
        missing += [place for place in (out, *out.parents) if not place.exists()]
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        for place in missing:
            with suppress(OSError):
                place.rmdir()
        reason = "a file lies there" if out.is_file() else (error.strerror or str(error)).lower()
        raise UserError(f"{show_path(out)} cannot be the folder of a run: {reason}; "
                        "choose another") from error
    return missing


def remove(out: Path, made: Sequence[Path]) -> None:
    """Takes away what was made for a run that did not begin, the innermost folder first."""
    shutil.rmtree(out)
    if out not in made:
        out.mkdir()
    for place in made:
        with suppress(OSError):  # another run may have moved in
            place.rmdir()
