"""Runs the Hydra application and turns every end it can take into lines and an exit code."""

import argparse
import logging
import os
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NoReturn
from unittest.mock import patch

from mcgan.cli.jobs import JobWatch, Statuses, code_of
from mcgan.cli.train import application
from mcgan.config.loader import check_configurations
from mcgan.config.messages import explain
from mcgan.config.mode import quick_mode
from mcgan.config.paths import show_path
from mcgan.config.words import check_words
from mcgan.errors import JobError, Refused, UserError, as_line, near
from mcgan.experiment.start import remove_empty
from mcgan.run.states import BUG, MISTAKE, STOPPED, Interrupted, RunState, worst
from mcgan.system.signals import pass_on

VALUED = {"--cfg", "-c", "--package", "-p", "--config-dir", "-cd"}  # flags that take a value
REFUSED = {"--config-path", "-cp", "--config-name", "-cn", "--experimental-rerun"}  # may run code
BARE = {
    "--help",
    "-h",
    "--hydra-help",
    "--version",
    "--resolve",
    "--run",
    "-r",
    "--multirun",
    "-m",
    "--info",
    "-i",
    "--shell-completion",
    "-sc",
}  # and those that need none
INFO = {"all", "config", "defaults", "defaults-tree", "plugins", "searchpath"}


def main(words: Sequence[str]) -> int:
    """`mcgan train WORDS`. Returns the exit code, of a sweep its worst. Raises Interrupted."""
    wants_all = os.environ.get("HYDRA_FULL_ERROR") == "1"
    watch = JobWatch()
    app = application(watch)
    error: Exception | None = None
    with hydra_process(words), check_configurations(), quick_mode(), pass_on() as signals:
        try:
            check_overrides(words)
            app()
        except Exception as caught:
            error = caught
            remove_empty(watch.missing)  # Hydra made it, before it read the rest of its settings
    if signals:
        print("mcgan train: stopped, and saved; the same command goes on", file=sys.stderr)
        raise Interrupted(STOPPED + signals[0])
    error = blame_words(error, words) or watch.mistake
    jobs = watch.find_ended()
    told = watch.sweeping and tell_sweep(watch, jobs) and not isinstance(error, Refused)
    # A full disk may have kept the mistake out of the run's own status.
    codes = [code_of(status) for status in jobs.values() if not watch.mistake]
    return worst([*codes, report(error, told, wants_all)])


def check_overrides(words: Sequence[str]) -> None:
    """Checks the words before Hydra reads them; those of the shell's completion are half typed."""
    flags, overrides = split_words(words)
    if not {"-sc", "--shell-completion"} & {*flags}:
        check_words(overrides)
    elif "COMP_LINE" not in os.environ and any(word.startswith("query=") for word in overrides):
        raise UserError("-sc query=SHELL is for the shell itself: type -sc install=SHELL")


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
        with patch("argparse.ArgumentParser.error", refuse):  # of Hydra's, which prints its usage
            yield
    finally:
        sys.argv = arguments
        os.environ.update({"HYDRA_FULL_ERROR": full} if full else {})
        if full is None:
            os.environ.pop("HYDRA_FULL_ERROR")
        for handler in set(root.handlers) - set(handlers):
            handler.close()
        root.handlers[:], root.level = handlers, level


def refuse(parser: argparse.ArgumentParser, message: str) -> NoReturn:
    """Raises UserError with argparse's complaint, where argparse would exit."""
    raise UserError(f"{message}; see `mcgan train --hydra-help`")


def blame_words(error: Exception | None, words: Sequence[str]) -> Exception | None:
    """The error; a mistake where Hydra fails by itself, and what it has was changed.

    What a job raises is a JobError or a mistake already.
    """
    own = [word[:80] for word in words if word.lstrip("+~").startswith("hydra.")]
    if error is None or isinstance(error, JobError) or explain(error) is not None or not own:
        return error
    return UserError(
        f"{', '.join(own)}: Hydra cannot use this ({type(error).__name__}): leave it out"
    ).with_traceback(error.__traceback__)


def report(error: Exception | None, told: bool, wants_all: bool) -> int:
    """Prints what is to be said of `error`: one line for a mistake, the traceback of a bug."""
    if error is None:
        return 0
    message = explain(error)
    if message is None or wants_all:
        bug = error.__cause__ if isinstance(error, JobError) else None
        traceback.print_exception(bug or error)
    elif not told:
        print(f"mcgan train: {as_line(message)}", file=sys.stderr)
    return BUG if message is None else MISTAKE


def tell_sweep(watch: JobWatch, jobs: Statuses) -> bool:
    """Prints the tables of the sweep and its failed jobs. Returns whether any failed."""
    if jobs and watch.folder:
        from mcgan.cli.compare import after_sweep

        after_sweep(show_path(watch.folder))
    return tell_failures(jobs)


def tell_failures(jobs: Statuses) -> bool:
    """Hydra raises the first failure of a sweep only: name them all."""
    failed = {out: status for out, status in jobs.items() if status.get("state") == RunState.FAILED}
    if failed:
        print(f"mcgan train: {len(failed)} of {len(jobs)} jobs failed:", file=sys.stderr)
    for out, status in failed.items():
        print(f"  {out.name}: {as_line(status.get('error'))}", file=sys.stderr)
    return bool(failed)


def flags_first(words: Sequence[str]) -> list[str]:
    """The words with Hydra's flags before the overrides, where its parser wants them.

    Raises UserError for a flag that is none of Hydra's.
    """
    flags, overrides = split_words(words)
    return flags + overrides


def split_words(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Hydra's flags, with their values, and the overrides."""
    flags, overrides, rest = [], [], list(words)
    while rest:
        word = rest.pop(0)
        if not word.startswith("-"):
            overrides.append(word)
        elif word in ("--info", "-i"):  # Its value is optional: it must not take an override.
            flags.append(f"--info={rest.pop(0) if rest and rest[0] in INFO else 'all'}")
        else:
            flags += [check_flag(word), *(rest[:1] if word in VALUED else [])]
            rest = rest[1:] if word in VALUED else rest
    return flags, overrides


def check_flag(flag: str) -> str:
    """The flag itself. Raises UserError for one that is unknown or has no use here."""
    name = flag.partition("=")[0]
    if name in REFUSED:
        raise UserError(
            f"{name} is not allowed: the configuration is mcgan's; add a folder of "
            "your own YAMLs by --config-dir"
        )
    if name.startswith("--") and name not in VALUED | BARE:
        known = [each for each in VALUED | BARE if each.startswith("--")]
        raise UserError(
            f"no flag {name!r}{near(name, known)}; settings are KEY=VALUE, see `mcgan train --help`"
        )
    return flag
