"""Runs the Hydra application and turns every end it can take into lines and an exit code."""

import logging
import os
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from mcgan.cli import train
from mcgan.cli.flags import flags_first
from mcgan.cli.jobs import Statuses, Watch, code_of
from mcgan.config.paths import import_from_here, shown
from mcgan.errors import Refused, explain
from mcgan.run.states import BUG, MISTAKE, Interrupted, worst
from mcgan.system.signals import passed_on


def main(words: Sequence[str]) -> int:
    """`mcgan train WORDS`. Returns 0, 1, 2, 3 or 4; a sweep its worst. Raises Interrupted."""
    wants_all = os.environ.get("HYDRA_FULL_ERROR") == "1"
    Watch.forget()
    import_from_here()
    error: Exception | None = None
    with hydra_process(words), passed_on() as signals:
        try:
            train.app()
        except BrokenPipeError:
            raise
        except Exception as caught:
            error = caught
    if signals:
        print("mcgan train: stopped, and saved; the same command goes on", file=sys.stderr)
        raise Interrupted(128 + signals[0])
    error = error or Watch.mistake
    jobs = Watch.ended()
    told = Watch.sweeping and tell_sweep(jobs) and not isinstance(error, Refused)
    # A full disk may have kept the mistake out of the run's own status.
    codes = [code_of(status) for status in jobs.values() if not Watch.mistake]
    return worst([*codes, report(error, told, wants_all)])


@contextmanager
def hydra_process(words: Sequence[str]) -> Iterator[None]:
    """The process as Hydra wants it, and afterwards as it was: arguments, errors raised, logging.

    The bare program name: with a subcommand in it, Hydra registers completion for two words.
    """
    root, arguments, full = logging.getLogger(), sys.argv, os.environ.get("HYDRA_FULL_ERROR")
    handlers, level = root.handlers[:], root.level
    sys.argv = ["mcgan", *flags_first(words)]
    os.environ["HYDRA_FULL_ERROR"] = "1"  # Hydra then raises instead of printing and exiting
    try:
        yield
    finally:
        sys.argv = arguments
        os.environ.update({"HYDRA_FULL_ERROR": full} if full else {})
        if full is None:
            os.environ.pop("HYDRA_FULL_ERROR")
        for handler in set(root.handlers) - set(handlers):
            handler.close()
        root.handlers[:], root.level = handlers, level


def report(error: Exception | None, told: bool, wants_all: bool) -> int:
    """Prints what is to be said of `error`: one line for a mistake, the traceback of a bug."""
    if error is None:
        return 0
    message = explain(error)
    if message is None or wants_all:
        traceback.print_exception(error)
    elif not told:
        print(f"mcgan train: {message}", file=sys.stderr)
    return BUG if message is None else MISTAKE


def tell_sweep(jobs: Statuses) -> bool:
    """The tables of the sweep, and its failed jobs: whether there are any."""
    if jobs and Watch.folder:
        from mcgan.cli.compare import after_sweep

        after_sweep(shown(Watch.folder))
    return tell_failures(jobs)


def tell_failures(jobs: Statuses) -> bool:
    """Hydra raises the first failure of a sweep only: name them all."""
    failed = {out: status for out, status in jobs.items() if status["state"] == "failed"}
    if failed:
        print(f"mcgan train: {len(failed)} of {len(jobs)} jobs failed:", file=sys.stderr)
    for out, status in failed.items():
        print(f"  {out.name}: {status.get('error')}", file=sys.stderr)
    return bool(failed)
