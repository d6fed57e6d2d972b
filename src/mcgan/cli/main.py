"""The `mcgan` command: a table of verbs, each imported when it is used."""

import errno
import importlib
import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext

from mcgan.config.paths import working_directory
from mcgan.errors import UserError, as_line, near_or_all
from mcgan.run.states import MISTAKE, STOPPED
from mcgan.system import streams
from mcgan.system.collecting import seldom_collecting
from mcgan.system.launched import find_rank
from mcgan.system.memory import memory_errors

TRAINING = ("train", "resume")
UNWRITABLE = (errno.ENOSPC, errno.EIO, errno.EFBIG)  # full; a terminal that was closed
COMMANDS = {
    "train": ("hydra_app:main", "train one GAN, or a sweep with -m"),
    "resume": ("run_verbs:resume", "go on with an interrupted run, or train a run longer"),
    "evaluate": ("run_verbs:evaluate", "measure a run again with other evaluation settings"),
    "sample": ("run_verbs:sample", "draw from a trained run, as .npy or .png"),
    "reproduce": ("reproduce:main", "train what a paper trained, beside the paper's numbers"),
    "compare": ("compare:compare", "compare runs and sweeps: tables, tests, a page"),
    "judge": ("judge:main", "is it collapse? samples of any generator against real ones"),
    "dashboard": ("dashboard:main", "open runs and sweeps in TensorBoard"),
    "explain": ("explain:main", "draw what makes generators collapse, and what cures them"),
    "check": ("check:main", "check a strategy, an objective or a dataset of your own"),
    "cite": ("cite:main", "print BibTeX of all that a run used"),
    "export": ("export:main", "hand a run to trackio, Weights & Biases or MLflow"),
    "list": ("options:main", "list the options of each group: what they are, whose paper"),
}
USAGE = """usage: mcgan COMMAND ...

Trains GANs and measures mode collapse.

{commands}

  mcgan train objective=wgan_gp reg=minibatch

mcgan COMMAND --help explains a command; mcgan --version tells the version.
TAB completes verbs, options, settings, their values and the names of runs after
eval "$(mcgan -sc install=bash)", in zsh eval "$(mcgan -sc install=zsh)".
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Returns the exit code; `mcgan.run.states` has the table."""
    words = list(sys.argv[1:] if argv is None else argv)
    streams.open_missing()
    trains = words[:1] and words[0] in TRAINING
    forgiving = streams.forgiving_output() if trains else nullcontext()
    try:
        with seldom_collecting(), streams.spelled_output(), forgiving:
            return guard(words)
    except BrokenPipeError:  # mcgan list | head
        return 0
    finally:
        streams.let_go()


def guard(words: list[str]) -> int:
    """The exit code of a command: every error that a user can cause is told in one line.

    A broken pipe is raised again, for whoever set up the streams.
    """
    try:
        check_process(words)
        with memory_errors():
            code = dispatch(words)
        sys.stdout.flush()
        return code
    except UserError as error:
        return tell(words, str(error))
    except KeyboardInterrupt as error:
        return getattr(error, "code", STOPPED + signal.SIGINT)
    except SystemExit as end:  # Hydra's --help, argparse
        return end.code if isinstance(end.code, int) else 0
    except BrokenPipeError:
        raise
    except OSError as error:
        if error.errno in UNWRITABLE:
            return tell(words, f"cannot write the output: {str(error.strerror).lower()}")
        return tell(words, f"cannot use {str(error.filename)[:80]}: {error.strerror}")


def tell(words: list[str], mistake: str) -> int:
    """Prints a mistake in one line, and returns its exit code."""
    verb = words[0] if words and words[0] in COMMANDS else ""
    print(f"mcgan {verb}".rstrip() + f": {as_line(mistake)}", file=sys.stderr)
    return MISTAKE


def check_process(words: list[str]) -> None:
    """Raises UserError for what no verb can work with."""
    working_directory()
    for word in words:
        if "\0" in word:
            raise UserError(f"{word[:80]!r} holds the character NUL: type it anew")
        try:
            os.fsencode(word)
        except UnicodeEncodeError as error:
            raise UserError(f"{word[:80]!r} holds half a character: type it anew") from error


def dispatch(words: list[str]) -> int:
    """The exit code of the verb that the words begin with. Raises UserError for no such verb.

    Of several processes that train one run, all but the first follow the first one's work.
    """
    if words[:1] in (["-sc"], ["--shell-completion"]):
        from mcgan.cli.completion import respond

        return respond(words, COMMANDS, load)
    if words[:1] in (["--version"], ["-V"]):
        print(version())
        return 0
    if not words or words[0] in ("--help", "-h", "help"):
        print(usage(), end="", file=sys.stdout if words else sys.stderr)
        return 0 if words else MISTAKE
    verb, *rest = words
    if verb not in COMMANDS:
        raise UserError(f"no command {verb!r}{near_or_all(verb, COMMANDS)}")
    if verb in TRAINING and (mine := find_rank()).size > 1:
        check_single(rest)
        if mine.rank:
            from mcgan.experiment.helper import follow

            follow()
    return load(verb)(rest)


def check_single(words: Sequence[str]) -> None:
    """Raises UserError for a sweep where a launcher has started several processes for a run."""
    if {"-m", "--multirun"} & {*words}:
        raise UserError(
            "a launcher has started several processes (WORLD_SIZE), which train one run: leave -m "
            "out, or unset WORLD_SIZE"
        )


def load(verb: str) -> Callable[[Sequence[str]], int]:
    """The function of a verb: the words after it in, the exit code out."""
    module, _, name = COMMANDS[verb][0].partition(":")
    function: Callable[[Sequence[str]], int]
    function = getattr(importlib.import_module(f"mcgan.cli.{module}"), name)
    return function


def usage() -> str:
    """The help of `mcgan`: every verb with what it does."""
    lines = [f"  {verb:<9}  {what}" for verb, (_, what) in COMMANDS.items()]
    return USAGE.format(commands="\n".join(lines))


def version() -> str:
    """`mcgan 0.2.0`."""
    from mcgan.version import __version__

    return f"mcgan {__version__}"
