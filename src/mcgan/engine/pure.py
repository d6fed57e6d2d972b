"""One player's move: the gradient of its loss, an update, and what strategies do after it.

Two ways, which a law holds equal: in place by plain autograd, or as a function of the tensors of N
replicas, which can be vmapped and compiled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import FunctionType
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.func import functional_call, vmap
from torch.utils._pytree import tree_map

from mcgan.engine.packed import pick
from mcgan.gan.game import Game
from mcgan.gan.strategy import Strategy
from mcgan.optim import State
from mcgan.types import Moment, Player, Report, Tensors

if TYPE_CHECKING:
    from mcgan.engine.trainer import Trainer

Held = dict[Player, Tensor]  # each player's parameters as one tensor (N, P)
Measured = tuple[tuple[str, ...], Tensor]  # names, and their values (M,) or (M, N)


class Scalars(Mapping[str, Tensor]):
    """What a turn measured, by name: rows of one tensor, left on the device."""

    def __init__(self, names: tuple[str, ...], rows: Tensor) -> None:
        self.names, self.rows = names, rows

    def __getitem__(self, name: str) -> Tensor:
        return self.rows[self.names.index(name)]

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)


class InPlaceMove:
    """A move by plain autograd on the game's own parameters: one network, eager, CPU."""

    def __init__(self, trainer: Trainer, player: Player, compiled: bool) -> None:
        self.game, self.player, self.rule = trainer.game, player, trainer.rules[player]
        self.tensors, self.state, self.alive = trainer.tensors, trainer.state[player], trainer.alive
        self.mine = pick(trainer.tensors, trainer.owned[player])

    def __call__(self, x: Tensor, moment: Moment) -> Scalars:
        grads, report = self.game.autodiff.of_loss(
            lambda _: self.game.play(self.player, x, moment), self.mine
        )
        norms = torch.stack([torch.linalg.vector_norm(g) for g in grads.values()])
        names, rows = measured(report.scalars, torch.linalg.vector_norm(norms))
        self.alive &= rows.isfinite().all()
        if self.alive:
            self._update(report, grads)
        return Scalars(names, rows)

    @torch.no_grad()
    def _update(self, report: Report, grads: Tensors) -> None:
        self.rule.step_(self.mine, grads, self.state, report.moment.progress)
        changed = self.game.chain.after(self.player, self.tensors, report, grads)
        for name, value in changed.items():
            self.tensors[name].copy_(value)


class PureMove:
    """A move as a function of tensors, so that it can be vmapped and compiled.

    It computes all that changes and writes it at its end: ``held``, each player's parameters as
    one tensor (N, P), which is also what the update rule sees; the other tensors; the rule's state;
    ``alive``.
    """

    def __init__(self, trainer: Trainer, player: Player, compiled: bool) -> None:
        self.trainer, self.game, self.player = trainer, trainer.game, player
        self.rule, self.packed = trainer.rules[player], trainer.packed
        lanes = Moment(0, None)  # type: ignore[arg-type]
        self.then = self.game.chain.having(Strategy.after)
        self.look = self.one_by_one if trainer.apart else vmap(self._look, in_dims=(0, 0, lanes))
        self.after = vmap(self._after, in_dims=(0, 0, 0))
        self.move = lean(self._move, trainer.device) if compiled else self._move

    def __call__(self, x: Tensor, moment: Moment) -> Scalars:
        t = self.trainer
        return Scalars(*self.move(t.held, t.rest, t.state[self.player], t.alive, x, moment))

    def _move(self, held: Held, rest: Tensors, state: State, alive: Tensor, x: Tensor,
              moment: Moment) -> Measured:
        who, tensors = self.player, self.named(held) | rest
        grads, report, scalars = self.look(tensors, x, moment)
        mine, slope = {who: held[who].clone()}, {who: self.packed[who].pack(grads)}
        moved = {slot: {n: t.clone() for n, t in each.items()} for slot, each in state.items()}
        self.rule.step_(mine, slope, moved, moment.progress)
        fits = mine[who].sum(1).isfinite()  # or the step is too long for the weights
        norm = torch.linalg.vector_norm(slope[who], dim=1).masked_fill(~fits, torch.inf)
        names, rows = measured(scalars, norm)
        living = alive & rows.isfinite().all(0)
        changed = self.after(tensors | self.named(mine), report, grads) if self.then else {}
        others = {name: value for name, value in changed.items() if name in rest}
        kept = where(living, others, rest)
        settle(living, mine | self.repacked(held | mine, changed), held)
        for slot, each in moved.items():
            settle(living, each, state[slot])
        write(kept, rest)
        alive.copy_(living)
        return names, rows

    def named(self, held: Held) -> Tensors:
        """Every parameter that is held, by its name."""
        parts = [self.packed[p].unpack(held[p]) for p in self.packed if p in held]
        return {name: tensor for part in parts for name, tensor in part.items()}

    def repacked(self, held: Held, changed: Tensors) -> Held:
        """What is held by the players whose parameters strategies have changed."""
        touched = [p for p, packed in self.packed.items() if packed.shapes.keys() & changed.keys()]
        return {p: self.packed[p].pack(self.packed[p].unpack(held[p]) | changed) for p in touched}

    def _look(self, tensors: Tensors, x: Tensor, moment: Moment
              ) -> tuple[Tensors, Report, Tensors]:
        def loss(mine: Tensors) -> tuple[Tensor, Report]:
            return functional_call(self.game, {**tensors, **mine},
                                   (Game.play, self.player, x, moment))

        grads, report = self.game.autodiff.of_loss(
            loss, pick(tensors, list(self.packed[self.player].shapes)))
        return grads, report, {name: value.detach() for name, value in report.scalars.items()}

    def one_by_one(self, tensors: Tensors, x: Tensor, moment: Moment
                   ) -> tuple[Tensors, Report, Tensors]:
        """As ``look`` vmapped: convolutions of many nets at once are grouped, slow on a CPU."""
        owned = {name for packed in self.packed.values() for name in packed.shapes}

        def lane(i: int) -> tuple[Tensors, Report, Tensors]:
            own = {n: channels_last(t[i]) if n in owned else t[i] for n, t in tensors.items()}
            noise = {name: drawn[i] for name, drawn in moment.noise.items()}
            grads, report, scalars = self._look(own, x[i], moment._replace(noise=noise))
            return grads, tree_map(Tensor.detach, report) if self.then else {}, scalars

        return tree_map(lambda *parts: torch.stack(parts), *map(lane, range(len(x))))

    def _after(self, tensors: Tensors, report: Report, grads: Tensors) -> Tensors:
        return self.game.chain.after(self.player, tensors, report, grads)


class PureStep:
    """A step of two turns as one graph: to call a graph costs much of a small net's turn."""

    def __init__(self, trainer: Trainer, moves: Mapping[Player, Any]) -> None:
        self.trainer, self.moves = trainer, [moves[player] for player in trainer.turns]
        self.turns = lean(self._turns, trainer.device)

    def __call__(self, given: list[tuple[Tensor, Moment]]) -> list[Scalars]:
        t = self.trainer
        return [Scalars(*seen) for seen in self.turns(t.held, t.rest, t.state, t.alive, given)]

    def _turns(self, held: Held, rest: Tensors, state: dict[Player, State], alive: Tensor,
               given: list[tuple[Tensor, Moment]]) -> list[Measured]:
        return [move._move(held, rest, state[move.player], alive, *each)
                for move, each in zip(self.moves, given, strict=True)]


def lean(move: Callable[..., Any], device: str) -> Callable[..., Any]:
    """``move`` compiled, without the checks at every call that nothing has changed: a trainer's
    shapes and settings never do, and the checks cost more than a small network's turn. On a CPU
    the compiled kernels are called from C++ for the same reason.

    Compiled code is found by the code object, hence one of its own.
    """
    from torch._inductor import config as inductor  # slow to import

    def run(*given: Any) -> Any:
        return move(*given)

    own = FunctionType(run.__code__.replace(), run.__globals__, "run", None, run.__closure__)
    inductor.cpp_wrapper = device == "cpu"  # as one of the options it would be set at every call
    unchecked: dict[str, Any] = {"guard_filter_fn": torch.compiler.skip_all_guards_unsafe}
    return torch.compile(own, fullgraph=True, dynamic=False, options=unchecked)


def convolves(module: nn.Module) -> bool:
    return any(isinstance(m, nn.modules.conv._ConvNd) for m in module.modules())


def channels_last(weight: Tensor) -> Tensor:
    """A kernel as oneDNN is fastest with it; other tensors as they are."""
    return weight.contiguous(memory_format=torch.channels_last) if weight.dim() == 4 else weight


def measured(scalars: Tensors, grad_norm: Tensor) -> Measured:
    """A turn's scalars and the norm of its whole gradient."""
    found = {**scalars, "grad_norm": grad_norm}
    return tuple(found), torch.stack([value.detach() for value in found.values()])


def where(alive: Tensor, new: dict[Any, Tensor], old: dict[Any, Tensor]) -> dict[Any, Tensor]:
    """``new``, but ``old`` for dead replicas; what replicas share (step counts) just moves on."""
    def one(name: Any) -> Tensor:
        lead = alive.reshape(alive.shape + (1,) * (new[name].dim() - alive.dim()))
        return torch.where(lead, new[name], old[name])
    return {n: one(n) if new[n].dim() >= alive.dim() else new[n] for n in new}


def all_of(alive: Tensor) -> bool:
    """Whether all live, where that is told without waiting."""
    return not torch.compiler.is_compiling() and alive.device.type == "cpu" and bool(alive.all())


def settle(alive: Tensor, new: dict[Any, Tensor], old: dict[Any, Tensor]) -> None:
    """``new``, of which nothing is a view of ``old``, over ``old`` for living replicas."""
    write(new if all_of(alive) else where(alive, new, old), old)


def write(new: dict[Any, Tensor], old: dict[Any, Tensor]) -> None:
    for name, value in new.items():
        old[name].copy_(value)
