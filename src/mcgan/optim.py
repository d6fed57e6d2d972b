"""Update rules: torch.optim's functional forms over state kept as plain tensors."""

import inspect
import math
from abc import abstractmethod
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Annotated, Any, ClassVar

import torch
from torch import Tensor
from torch.optim.adam import adam
from torch.optim.rmsprop import rmsprop
from torch.optim.sgd import sgd

from mcgan.config.settings import AtLeast, AtMost, Below, Scheduled, check_settings
from mcgan.rule import Rule, State, begin, exact, root, takes_scheduled
from mcgan.schedule import Number, Schedule, fit, now, number
from mcgan.types import Player, Tensors


@dataclass
class Optim(Rule):
    """Learning rate, and what differs for one player (``d``, ``g``: null means the same).

    A rate that falls ends no lower than ``lr_floor`` times its first, so one player can learn on.
    """

    lr: Annotated[Any, Scheduled, AtLeast(0), AtMost(1e38)] = 2e-4
    lr_floor: Annotated[float, AtLeast(0), AtMost(1)] = 0.0
    d: dict[str, Any] = field(default_factory=dict)
    g: dict[str, Any] = field(default_factory=dict)
    slots: ClassVar[tuple[str, ...]] = ()  # state shaped like the parameters

    def __post_init__(self) -> None:
        check_settings(self)
        if isinstance(self.lr, Schedule):
            self.lr = replace(self.lr, end=max(self.lr.end, self.lr_floor * self.lr.start))
        for player in ("D", "G"):
            self.of(player)

    def of(self, player: Player) -> "Optim":
        """The rule with one player's own settings."""
        own = {k: v for k, v in {"D": self.d, "G": self.g}[player].items() if v is not None}
        unknown = own.keys() - (inspect.signature(type(self)).parameters.keys() - {"d", "g"})
        if unknown:
            raise ValueError(f"{player.lower()} has no setting {', '.join(sorted(unknown))}")
        try:
            return replace(self, **own, d={}, g={}) if self.d or self.g else self
        except ValueError as error:
            raise ValueError(f"{player.lower()}.{error}") from None

    def start(self, params: Tensors) -> State:
        state = {slot: {n: torch.zeros_like(p) for n, p in params.items()} for slot in self.slots}
        return {**state, "step": {n: torch.zeros((), device=p.device) for n, p in params.items()}}

    def step_(self, params: Tensors, grads: Tensors, state: State, progress: Tensor) -> None:
        if self.goes_by_formula(progress):
            self.move_by_formula(params, grads, state, progress)
            return
        ordered = [[state[slot][n] for n in params] for slot in (*self.slots, "step")]
        lists = [list(params.values()), [laid_like(grads[n], params[n]) for n in params], *ordered]
        self.apply(lists, positive(now(self.lr, progress)), progress)

    def goes_by_formula(self, progress: Tensor) -> bool:
        """Whether torch's kernels cannot take the numbers: they want one for all lanes, known here.

        A value for each lane is (N, 1). What a schedule gives on a GPU would have to be read.
        Compiled, the formula is quicker: torch's computes powers anew for every few parameters.
        """
        if torch.compiler.is_compiling() and type(self).move is not Optim.move:
            return True
        held = (each if isinstance(each, list) else [each] for each in vars(self).values())
        found = [now(each, progress) for each in chain.from_iterable(held)]
        known = takes_scheduled(progress)
        return any(isinstance(each, Tensor) and (each.dim() > 0 or not known) for each in found)

    def move_by_formula(
        self, params: Tensors, grads: Tensors, state: State, progress: Tensor
    ) -> None:
        """Moves in place as ``step_`` does, by the formula of ``walk``."""
        moved, new = self.walk(params, grads, state, progress)
        for name, value in moved.items():
            params[name].copy_(value)
        for slot, each in new.items():
            for name, value in each.items():
                state[slot][name].copy_(value)

    def walk(
        self, params: Tensors, grads: Tensors, state: State, progress: Tensor
    ) -> tuple[Tensors, State]:
        """The parameters and the state after ``step_``, as new tensors.

        They can be differentiated in the gradients, also where these are 0, and vmapped.
        """
        lr, moved = now(self.lr, progress), {}
        new: State = {slot: {} for slot in (*self.slots, "step")}
        for name, param in params.items():
            step = state["step"][name] + 1
            before = [state[slot][name] for slot in self.slots]
            move, *after = self.move(grads[name], before, step, progress)
            moved[name], new["step"][name] = param - fit(lr, param) * move, step
            for slot, value in zip(self.slots, after, strict=True):
                new[slot][name] = value
        return moved, new

    def move(
        self, grad: Tensor, before: list[Tensor], step: Tensor, progress: Tensor
    ) -> tuple[Tensor, ...]:
        """How far back a parameter goes at a learning rate of 1, and what its slots become."""
        raise NotImplementedError(f"{type(self).__name__} has no move for walk")

    @abstractmethod
    def apply(self, lists: list[list[Tensor]], lr: Any, progress: Tensor) -> None:
        """Moves parameters and state in place by torch.optim's functional form.

        ``lists`` are parameters, gradients, one list for each slot, and steps.
        """


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
    """Kingma & Ba 2015. Each of ``betas`` may be a schedule."""

    betas: list[Any] = field(default_factory=lambda: [0.5, 0.999])
    eps: Annotated[float, AtLeast(0)] = 1e-8
    slots: ClassVar[tuple[str, ...]] = ("exp_avg", "exp_avg_sq")

    def __post_init__(self) -> None:
        self.betas = [decay(beta, self.betas) for beta in self.betas]
        if len(self.betas) != 2:
            raise ValueError(f"betas must be two numbers, not {self.betas}")
        first = self.betas[0]
        self.momentum = max(first.start, first.end) if isinstance(first, Schedule) else first
        super().__post_init__()

    def move(
        self, grad: Tensor, before: list[Tensor], step: Tensor, progress: Tensor
    ) -> tuple[Tensor, ...]:
        first, second = (now(beta, progress) for beta in self.betas)
        mean = fit(first, grad) * before[0] + fit(1 - first, grad) * grad
        square = fit(second, grad) * before[1] + fit(1 - second, grad) * grad**2
        begun = begin([first, second], exact(step)).to(grad)
        length = root(square / begun[1]) + fit(self.eps, grad)
        return mean / begun[0] / length, mean, square

    def apply(self, lists: list[list[Tensor]], lr: Any, progress: Tensor) -> None:
        params, grads, exp_avg, exp_avg_sq, steps = lists
        betas = [float(now(beta, progress)) for beta in self.betas]  # the kernel takes no tensors
        adam(
            params,
            grads,
            exp_avg,
            exp_avg_sq,
            [],
            steps,
            lr=lr,
            beta1=betas[0],
            beta2=betas[1],
            eps=self.eps,
            weight_decay=0.0,
            amsgrad=False,
            maximize=False,
            foreach=False,
            fused=True,
        )


def decay(beta: Any, betas: list[Any]) -> Number:
    """A number from 0 to below 1, or a schedule of such."""
    try:
        return number(beta, "betas", low=0.0, high=math.nextafter(1.0, 0.0))
    except ValueError:
        raise ValueError(
            f"betas must be two numbers from 0 to below 1, or schedules of such, not {betas}"
        ) from None


@dataclass
class RMSprop(Optim):
    """Hinton 2012; the optimiser of WGAN with clipping."""

    alpha: Annotated[float, AtLeast(0), Below(1)] = 0.99
    eps: Annotated[float, AtLeast(0)] = 1e-8
    slots: ClassVar[tuple[str, ...]] = ("square_avg",)

    def move(
        self, grad: Tensor, before: list[Tensor], step: Tensor, progress: Tensor
    ) -> tuple[Tensor, ...]:
        square = fit(self.alpha, grad) * before[0] + fit(1 - self.alpha, grad) * grad**2
        return grad / (root(square) + fit(self.eps, grad)), square

    def apply(self, lists: list[list[Tensor]], lr: Any, progress: Tensor) -> None:
        params, grads, square_avg, steps = lists
        rmsprop(
            params,
            grads,
            square_avg,
            [],
            [],
            steps,
            lr=lr,
            alpha=self.alpha,
            eps=self.eps,
            weight_decay=0.0,
            momentum=0.0,
            centered=False,
            foreach=True,
        )


@dataclass
class SGD(Optim):
    """Stochastic gradient descent, with momentum if wanted."""

    momentum: Annotated[float, AtLeast(0), Below(1)] = 0.0
    slots: ClassVar[tuple[str, ...]] = ("momentum_buffer",)

    def move(
        self, grad: Tensor, before: list[Tensor], step: Tensor, progress: Tensor
    ) -> tuple[Tensor, ...]:
        moving = fit(self.momentum, grad) * before[0] + grad
        return moving, moving

    def apply(self, lists: list[list[Tensor]], lr: Any, progress: Tensor) -> None:
        params, grads, buffers, _ = lists
        sgd(
            params,
            grads,
            list(buffers),
            weight_decay=0.0,
            momentum=self.momentum,
            lr=lr,
            dampening=0.0,
            nesterov=False,
            maximize=False,
            foreach=False,
        )
