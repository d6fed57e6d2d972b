"""How parameters move along their gradients: what every update rule has, and counts with."""

from abc import ABC, abstractmethod
from typing import Any, ClassVar

import torch
from torch import Tensor

from mcgan.schedule import fit
from mcgan.types import Tensors

State = dict[str, Tensors]  # what (exp_avg, step, ...) -> parameter name -> tensor


class Rule(ABC):
    """How parameters move along their gradients, elementwise: stacked replicas are one tensor."""

    momentum: float = 0.0

    @abstractmethod
    def start(self, params: Tensors) -> State:
        """The state before the first move, shaped like the parameters."""

    @abstractmethod
    def step_(self, params: Tensors, grads: Tensors, state: State, progress: Tensor) -> None:
        """Move ``params`` and ``state`` in place; ``progress`` is the share of the run done."""


class WrappedRule(Rule):
    """Another rule whose moves are changed: a base for those that strategies put around it."""

    slots: ClassVar[tuple[str, ...]] = ()  # more state, shaped like the parameters, zero at first

    def __init__(self, rule: Rule) -> None:
        self.rule, self.momentum = rule, rule.momentum

    def start(self, params: Tensors) -> State:
        own = {slot: {n: torch.zeros_like(p) for n, p in params.items()} for slot in self.slots}
        return self.rule.start(params) | own

    def moves(self, params: Tensors, grads: Tensors, state: State, progress: Tensor) -> Tensors:
        """Lets the other rule move; returns how far each parameter has gone."""
        before = {n: p.clone() for n, p in params.items()}
        self.rule.step_(params, grads, state, progress)
        return {n: p - before[n] for n, p in params.items()}


def takes_scheduled(progress: Tensor) -> bool:
    """Whether torch's kernels take what a schedule gives: where it is traced or on the CPU."""
    return torch.compiler.is_compiling() or progress.device.type == "cpu"


def exact(step: Tensor) -> Tensor:
    """Steps in double precision, where there is one: 1 - 0.999 ** step cancels in single."""
    return step if step.device.type == "mps" else step.double()


def root(square: Tensor) -> Tensor:
    """The square root, with a gradient of 0 at 0."""
    some = square > 0
    return torch.where(some, torch.where(some, square, 1.0).sqrt(), 0.0)


def begin(betas: list[Any], step: Tensor) -> Tensor:
    """The weight (averages, ...) that each running average has after so many steps.

    Compiled code computes a power anew for every few parameters, but once what exp gives.
    """
    bases = [fit(b, step) if isinstance(b, Tensor) else step.new_full((), b) for b in betas]
    logs = torch.stack(torch.broadcast_tensors(*bases)).log()
    return 1 - (step * logs).exp()
