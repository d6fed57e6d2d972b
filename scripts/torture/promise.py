"""What a promise is: words, a figure to reach, and tries that it has to hold in."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple

from torture import promises

Tries = Callable[[Random, Path], Iterator[object]]


class Promise(NamedTuple):
    """One promise. `tries` yields after each try that held, and raises where one does not.

    It gets the random numbers of its round, and an empty folder, which is the working directory.
    Its files are kept if a try fails.
    """

    name: str  # of its file, for --only
    number: str  # R1 and on, the order of the page
    goal: int  # tries to reach over all campaigns
    says: str  # the promise, in a sentence
    form: str  # how it is tried
    tries: Tries

    @property
    def order(self) -> int:
        return int(self.number[1:])


def find_promises() -> list[Promise]:
    """All there are, by number: a promise is found by its file."""
    names = [module.name for module in pkgutil.iter_modules(promises.__path__)]
    return sorted(map(load, names), key=lambda promise: promise.order)


def load(name: str) -> Promise:
    module = importlib.import_module(f"torture.promises.{name}")
    says, _, form = module.__doc__.strip().partition("\n\n")
    return Promise(name, module.NUMBER, module.GOAL, *map(join, (says, form)), module.tries)


def join(text: str) -> str:
    return " ".join(text.split())
