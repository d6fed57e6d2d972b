"""Update rules: torch.optim's functional forms over state kept as plain tensors."""

import inspect
from abc import ABC, abstractmethod
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.optim.adam import adam
from torch.optim.rmsprop import rmsprop
from torch.optim.sgd import sgd

from mcgan.schedule import now, number
from mcgan.strategy import Player, Tensors

State = dict[str, Tensors]  # what (exp_avg, step, ...) -> parameter name -> tensor


class Rule(ABC):
    """How parameters move along their gradients, elementwise: stacked replicas are one tensor."""

    momentum: float = 0.0

    @abstractmethod
    def start(self, params: Tensors) -> State: ...

    @abstractmethod
    def step_(self, params: Tensors, grads: Tensors, state: State, progress: Tensor) -> None:
        """Move ``params`` and ``state`` in place; ``progress`` is the share of the run done."""


@dataclass
class Optim(Rule):
    """Learning rate, and what differs for one player (``d``, ``g``: null means the same)."""

    lr: Any = 2e-4
    d: dict[str, Any] = field(default_factory=dict)
    g: dict[str, Any] = field(default_factory=dict)
    slots: ClassVar[tuple[str, ...]] = ()  # state shaped like the parameters

    def __post_init__(self) -> None:
        self.lr = number(self.lr, "lr", low=0.0, high=1e38)
        for player in ("D", "G"):
            self.of(player)  # type: ignore[arg-type]

    def of(self, player: Player) -> "Optim":
        """The rule with one player's own settings."""
        own = {k: v for k, v in {"D": self.d, "G": self.g}[player].items() if v is not None}
        unknown = own.keys() - (inspect.signature(type(self)).parameters.keys() - {"d", "g"})
        if unknown:
            raise ValueError(f"{player.lower()} has no setting {', '.join(sorted(unknown))}")
        return replace(self, **own, d={}, g={}) if self.d or self.g else self

    def start(self, params: Tensors) -> State:
        state = {slot: {n: torch.zeros_like(p) for n, p in params.items()} for slot in self.slots}
        return {**state, "step": {n: torch.zeros((), device=p.device) for n, p in params.items()}}

    def step_(self, params: Tensors, grads: Tensors, state: State, progress: Tensor) -> None:
        ordered = [[state[slot][n] for n in params] for slot in (*self.slots, "step")]
        lists = [list(params.values()), [laid_like(grads[n], params[n]) for n in params], *ordered]
        self.apply(lists, positive(now(self.lr, progress)), torch.compiler.is_compiling())

    @abstractmethod
    def apply(self, lists: list[list[Tensor]], lr: Any, compiling: bool) -> None: ...


def laid_like(grad: Tensor, param: Tensor) -> Tensor:
    """The gradient in its parameter's memory layout: the fused kernels walk both as they lie."""
    if torch.compiler.is_compiling() or grad.stride() == param.stride():
        return grad
    return torch.empty_like(param).copy_(grad)


def positive(lr: Tensor | float) -> Tensor | float:
    """torch's compilable Adam divides by the learning rate: a schedule may end at 0."""
    return lr.clamp(min=1e-10) if isinstance(lr, Tensor) else lr


@dataclass
class Adam(Optim):
    """Kingma & Ba 2015."""

    betas: list[float] = field(default_factory=lambda: [0.5, 0.999])
    eps: float = 1e-8
    slots: ClassVar[tuple[str, ...]] = ("exp_avg", "exp_avg_sq")

    def __post_init__(self) -> None:
        if len(self.betas) != 2 or not all(0 <= b < 1 for b in self.betas):
            raise ValueError(f"betas must be two numbers from 0 to below 1, not {self.betas}")
        self.momentum = self.betas[0]
        super().__post_init__()

    def apply(self, lists: list[list[Tensor]], lr: Any, compiling: bool) -> None:
        params, grads, exp_avg, exp_avg_sq, steps = lists
        adam(params, grads, exp_avg, exp_avg_sq, [], steps, lr=lr, beta1=self.betas[0],
             beta2=self.betas[1], eps=self.eps, weight_decay=0.0, amsgrad=False, maximize=False,
             foreach=False, fused=not compiling, capturable=compiling)


@dataclass
class RMSprop(Optim):
    """Hinton 2012; the optimiser of WGAN with clipping."""

    alpha: float = 0.99
    eps: float = 1e-8
    slots: ClassVar[tuple[str, ...]] = ("square_avg",)

    def __post_init__(self) -> None:
        if not 0 <= self.alpha < 1:
            raise ValueError(f"alpha must be from 0 to below 1, not {self.alpha:g}")
        super().__post_init__()

    def apply(self, lists: list[list[Tensor]], lr: Any, compiling: bool) -> None:
        params, grads, square_avg, steps = lists
        rmsprop(params, grads, square_avg, [], [], steps, lr=lr, alpha=self.alpha, eps=self.eps,
                weight_decay=0.0, momentum=0.0, centered=False, foreach=not compiling,
                capturable=compiling)


@dataclass
class SGD(Optim):
    """Stochastic gradient descent, with momentum if wanted."""

    momentum: float = 0.0
    slots: ClassVar[tuple[str, ...]] = ("momentum_buffer",)

    def __post_init__(self) -> None:
        if not 0 <= self.momentum < 1:
            raise ValueError(f"momentum must be from 0 to below 1, not {self.momentum:g}")
        super().__post_init__()

    def apply(self, lists: list[list[Tensor]], lr: Any, compiling: bool) -> None:
        params, grads, buffers, _ = lists
        sgd(params, grads, list(buffers), weight_decay=0.0, momentum=self.momentum, lr=lr,
            dampening=0.0, nesterov=False, maximize=False, foreach=False)
