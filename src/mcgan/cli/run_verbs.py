"""The verbs that work on a run that exists: words in, a call of `mcgan.experiment` out."""

import argparse
import importlib
import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import NoReturn

from mcgan.config.paths import import_from_here
from mcgan.errors import UserError
from mcgan.run.find import run_of
from mcgan.run.states import Outcome
from mcgan.system.logs import file_handler

RUN = "its folder, its name under runs/, or `last`: the newest of them"
SUFFIXES = (".npy", ".png")


class Parser(argparse.ArgumentParser):
    """A mistake is one line, as everywhere in mcgan."""

    def error(self, message: str) -> NoReturn:
        raise UserError(f"{message}; see `{self.prog} --help`")


def resume(words: Sequence[str]) -> int:
    """`mcgan resume RUN [KEY=VALUE ...]`: on from its last checkpoint. Exit code as of train."""
    args = run_and_overrides("resume", "Continue a run from its last checkpoint, bit for bit.",
                             "settings to change, such as train.steps=20000; data=changed goes on "
                             "where the files of the data have changed").parse_args(words)
    run, overrides = run_of(args.run), check_settings(args.overrides)
    log_to(run / "train.log")
    outcome: Outcome = experiment("start").resume(run, overrides)
    return outcome.code


def evaluate(words: Sequence[str]) -> int:
    """`mcgan evaluate RUN [KEY=VALUE ...]`: measures its last checkpoint and prints the table."""
    args = run_and_overrides("evaluate", "Measure a run again; the run itself stays as it is.",
                             "eval.samples=N, protocol=NAME, ...").parse_args(words)
    run, overrides = run_of(args.run), check_settings(args.overrides)
    log_to(None)
    experiment("verbs").evaluate(run, overrides)
    return 0


def sample(words: Sequence[str]) -> int:
    """`mcgan sample RUN --n N --replica I --seed S --out FILE`: writes an array or a picture."""
    parser = Parser("mcgan sample", description="Draw from the generator of a run.")
    parser.add_argument("run", metavar="RUN", help=RUN)
    parser.add_argument("--n", type=int, default=1000, help="how many (default: 1000)")
    parser.add_argument("--replica", type=int, default=0, help="of which replica (default: 0)")
    parser.add_argument("--seed", type=int, default=0, help="of the latents (default: 0)")
    parser.add_argument("--out", type=Path, help="a .npy or .png file (default: RUN/samples.npy)")
    args = parser.parse_args(words)
    run = run_of(args.run)
    out = target(args.out or run / "samples.npy")
    if args.n < 1 or args.replica < 0 or args.seed < 0:
        raise UserError("--n must be at least 1, --replica and --seed at least 0, not "
                        f"{args.n}, {args.replica} and {args.seed}")
    experiment("verbs").sample(run, n=args.n, replica=args.replica, seed=args.seed, out=out)
    print(out)
    return 0


def experiment(module: str) -> ModuleType:
    """A module of mcgan.experiment, which imports torch, with the user's own classes in reach."""
    import_from_here()
    return importlib.import_module(f"mcgan.experiment.{module}")


def run_and_overrides(verb: str, what: str, settings: str) -> Parser:
    parser = Parser(f"mcgan {verb}", description=what)
    parser.add_argument("run", metavar="RUN", help=RUN)
    parser.add_argument("overrides", metavar="KEY=VALUE", nargs="*", help=settings)
    return parser


def check_settings(overrides: list[str]) -> list[str]:
    for word in overrides:
        if "=" not in word:
            raise UserError(f"{word!r} is no setting: write KEY=VALUE")
    return overrides


def target(out: Path) -> Path:
    if out.suffix not in SUFFIXES:
        raise UserError(f"--out {out} must end in {' or '.join(SUFFIXES)}")
    if not out.parent.is_dir():
        raise UserError(f"--out {out}: there is no folder {out.parent}")
    return out


def log_to(file: Path | None) -> None:
    """Bare messages on the console, with the time in the run's log: as conf/config.yaml has it."""
    handlers: list[logging.Handler] = [logging.StreamHandler(sys.stdout)]
    if file:
        handlers.append(file_handler(file))
    logging.basicConfig(level=logging.INFO, format="%(message)s", handlers=handlers)
