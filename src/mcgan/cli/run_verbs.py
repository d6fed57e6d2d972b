"""The verbs that work on a run that exists: words in, a call of `mcgan.experiment` out."""

import argparse
import importlib
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import NoReturn

from mcgan.cli.console import ConsoleLines
from mcgan.config.paths import import_from_here
from mcgan.errors import UserError
from mcgan.run.directory import RunDirectory, log_of
from mcgan.run.find import run_of
from mcgan.run.states import Outcome
from mcgan.system.logs import file_handler

RUN = "its folder, its name under runs/, or `last`: the newest of them"
SUFFIXES = (".npy", ".npz", ".csv", ".png")
DEVICES = ("auto", "cpu", "cuda", "mps")


class Parser(argparse.ArgumentParser):
    """A mistake is one line, as everywhere in mcgan."""

    def error(self, message: str) -> NoReturn:
        """Raises UserError with argparse's complaint, where argparse would exit."""
        raise UserError(f"{message}; see `{self.prog} --help`")


def resume(words: Sequence[str]) -> int:
    """`mcgan resume RUN [KEY=VALUE ...]`: goes on from its last checkpoint. Exit code of train."""
    args = run_and_overrides(
        "resume",
        "Continue a run from its last checkpoint, bit for bit.",
        "settings to change, such as train.steps=20000; data=changed goes on "
        "where the files of the data have changed",
    ).parse_args(words)
    run, overrides = run_of(args.run), check_settings(args.overrides)
    log_to(log_of(run, RunDirectory(run).config()))
    outcome: Outcome = experiment("start").resume(run, overrides)
    return outcome.code


def evaluate(words: Sequence[str]) -> int:
    """`mcgan evaluate RUN [KEY=VALUE ...]`: measures its last checkpoint and prints the table."""
    args = run_and_overrides(
        "evaluate",
        "Measure a run again; the run itself stays as it is.",
        "eval.samples=N, protocol=NAME, ...",
    ).parse_args(words)
    run, overrides = run_of(args.run), check_settings(args.overrides)
    log_to(None)
    experiment("verbs").evaluate(run, overrides)
    return 0


def sample(words: Sequence[str]) -> int:
    """`mcgan sample RUN --n N --out FILE ...`: writes an array, a table, or pictures."""
    args = sample_options().parse_args(words)
    run = run_of(args.run)
    out = target(args.out or str(run / "samples.npy"))
    check_numbers(args)
    experiment("verbs").sample(
        run,
        out,
        n=args.n,
        replica=args.replica,
        seed=args.seed,
        latents=args.latents,
        device=args.device,
        interpolate=args.interpolate,
    )
    print(out)
    return 0


def sample_options() -> Parser:
    """The arguments of `mcgan sample`: a run, how many samples, and into which file."""
    parser = Parser(
        "mcgan sample",
        description="Draw from the generator of a run. The data that it learnt are not needed.",
    )
    parser.add_argument("run", metavar="RUN", help=RUN)
    parser.add_argument("--n", type=int, help="how many (default: 1000)")
    parser.add_argument("--replica", type=int, default=0, help="of which replica (default: 0)")
    parser.add_argument("--seed", type=int, default=0, help="of the latents (default: 0)")
    parser.add_argument(
        "--out",
        help="a .npy or .npz file: an array in data units; a .csv: "
        "vectors; a .png: one picture of all; DIR/: pictures, one by one "
        "(default: RUN/samples.npy)",
    )
    parser.add_argument(
        "--latents",
        type=Path,
        metavar="FILE",
        help="a .npy of latents, a row each, instead of drawn ones",
    )
    parser.add_argument(
        "--interpolate",
        type=int,
        metavar="K",
        help="K samples from each of the n latents (default: 9) to the next; in a "
        ".png of pictures each path is a row",
    )
    parser.add_argument("--device", choices=DEVICES, help="default: the run's, if it is here")
    return parser


def check_numbers(args: argparse.Namespace) -> None:
    """Raises UserError for numbers out of range."""
    low = {"n": 1, "replica": 0, "seed": 0, "interpolate": 2}
    for name, least in low.items():
        value = getattr(args, name)
        if value is not None and value < least:
            raise UserError(f"--{name} must be at least {least}, not {value}")


def experiment(module: str) -> ModuleType:
    """A module of mcgan.experiment, which imports torch, with the user's own classes in reach."""
    import_from_here()
    return importlib.import_module(f"mcgan.experiment.{module}")


def run_and_overrides(verb: str, what: str, settings: str) -> Parser:
    """The arguments of a verb that takes a run and settings; ``what`` describes the verb."""
    parser = Parser(f"mcgan {verb}", description=what)
    parser.add_argument("run", metavar="RUN", help=RUN)
    parser.add_argument("overrides", metavar="KEY=VALUE", nargs="*", help=settings)
    return parser


def check_settings(overrides: list[str]) -> list[str]:
    """The words themselves. Raises UserError for one that is not KEY=VALUE."""
    for word in overrides:
        if "=" not in word:
            raise UserError(f"{word!r} is no setting: write KEY=VALUE")
    return overrides


def target(out: str) -> Path:
    """Where samples go: a folder if it ends in / or is one, else a file. Raises UserError."""
    path = Path(out)
    folder = out.endswith(("/", os.sep)) or path.is_dir()
    if not folder and path.suffix not in SUFFIXES:
        raise UserError(f"--out {out} must end in {', '.join(SUFFIXES)}, or in / for a folder")
    if folder and path.suffix in SUFFIXES:
        raise UserError(f"--out {out} is a folder with the name of a file: choose another name")
    if not path.parent.is_dir():
        raise UserError(f"--out {out}: there is no folder {path.parent}")
    if folder and path.is_file():
        raise UserError(f"--out {out}: a file of that name is there, choose another")
    return path


def log_to(file: Path | None) -> None:
    """Bare messages on the console, with the time in the run's log: as conf/config.yaml has it."""
    console = logging.StreamHandler(sys.stdout)
    console.setFormatter(ConsoleLines("%(message)s"))
    handlers: list[logging.Handler] = [console]
    if file:
        handlers.append(file_handler(file))
    logging.basicConfig(level=logging.INFO, handlers=handlers)
