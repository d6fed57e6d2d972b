"""How a module points to modules that are not its own."""

from collections.abc import Iterator
from typing import Generic, TypeVar

from torch import nn

M = TypeVar("M", bound=nn.Module)


class References(Generic[M]):
    """Modules that another module owns.

    A module that is assigned to an attribute becomes a submodule: its tensors would stand twice in
    the checkpoint, and two players could train them. ``nn.Module`` does not look in here.
    """

    def __init__(self, *modules: M) -> None:
        self._held = list(modules)

    def __iter__(self) -> Iterator[M]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)

    def add(self, module: M) -> M:
        """The module itself, now referred to."""
        self._held.append(module)
        return module

    @property
    def last(self) -> M:
        """The module added last; of the critics that is D, which a game builds last."""
        return self._held[-1]
