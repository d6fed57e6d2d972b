"""A move as a function of the tensors of N replicas, so that it can be vmapped and compiled."""

from __future__ import annotations  # an annotation of a function inside a move is not traced

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor
from torch.func import functional_call, vmap
from torch.utils._pytree import tree_map

from mcgan.engine.lane_numbers import (
    ALIKE,
    Differences,
    LaneTensors,
    stack_differences,
    with_numbers,
)
from mcgan.engine.packed import PackedTensors, pick
from mcgan.engine.replicas import StackedNetworks
from mcgan.engine.scalars import Measured, Scalars, stack_scalars
from mcgan.gan.game import Game
from mcgan.gan.ranks import ALONE, Ranks, mean_over, whole_report
from mcgan.gan.strategy import Strategy
from mcgan.rule import Rule, State, exact
from mcgan.types import Moment, Player, Report, Tensors


class PureMove:
    """One player's move: the gradient of its loss, an update, and what strategies do after it.

    ``update`` computes all that changes and writes it at its end, into the tensors it was given.
    ``run`` is ``update`` itself, or the same compiled. With ``apart`` the replicas' gradients are
    taken one after the other: vmapped convolutions become grouped ones, which are slow on a CPU.
    Each replica plays with its own numbers where ``differences`` names some.
    """

    def __init__(
        self,
        game: Game,
        replicas: StackedNetworks,
        rule: Rule,
        player: Player,
        apart: bool,
        differences: Differences = ALIKE,
        ranks: Ranks = ALONE,
    ) -> None:
        self.game, self.replicas, self.rule, self.player = game, replicas, rule, player
        self.ranks = ranks
        self.differences, like = differences, replicas.like
        self.numbers = stack_differences(differences, like, exact(like))
        self.packed = replicas.packed
        self.then = game.chain.having(Strategy.after)
        # Vmap's axes: of a moment's fields the noise has one of replicas, the progress has none.
        per_replica = Moment(0, None)  # type: ignore[arg-type]
        self.apart = apart
        self.differentiate = (
            self._one_by_one if apart else vmap(self._differentiate, in_dims=(0, 0, per_replica, 0))
        )
        self.after = vmap(self._after, in_dims=(0, 0, 0, 0))
        self.run = self.update

    @property
    def parts(self) -> tuple[Any, ...]:
        """All that decides what ``update`` computes of its tensors."""
        return self.game, self.rule, self.player, self.apart, self.differences

    def __call__(self, x: Tensor, moment: Moment) -> Scalars:
        """The turn's scalars, (N,) each. A replica's tensors stay if one of its is not finite."""
        r = self.replicas
        held = r.parameters, r.buffers, r.state[self.player], r.alive, self.numbers
        return Scalars(*self.run(*held, x, moment))

    def update(
        self,
        parameters: PackedTensors,
        buffers: Tensors,
        state: State,
        alive: Tensor,
        numbers: LaneTensors,
        x: Tensor,
        moment: Moment,
    ) -> Measured:
        """Make the move on tensors stored as in `StackedNetworks`; what the turn measured.

        ``numbers`` are given, as tensors are, so that other values need no other program.
        """
        who, tensors = self.player, self.unpack_all(parameters) | buffers
        grads, report, scalars = self.differentiate(tensors, x, moment, numbers.of_game)
        grads, scalars = mean_over(self.ranks, grads, scalars)
        mine: dict[Any, Tensor] = {who: parameters[who].clone()}
        packed_grads: dict[Any, Tensor] = {who: self.packed[who].pack(grads)}
        moved = {slot: {n: t.clone() for n, t in each.items()} for slot, each in state.items()}
        with_numbers(
            self.differences.of_rules,
            numbers.of_rules,
            self.rule.step_,
            mine,
            packed_grads,
            moved,
            moment.progress,
        )
        fits = mine[who].sum(1).isfinite()  # an update that overflows counts as a bad gradient
        norm = torch.linalg.vector_norm(packed_grads[who], dim=1).masked_fill(~fits, torch.inf)
        names, rows = stack_scalars(scalars, norm)
        living = alive & rows.isfinite().all(0)
        changed = (
            self.after(tensors | self.unpack_all(mine), report, grads, numbers.of_game)
            if self.then
            else {}
        )
        kept = where(living, {n: t for n, t in changed.items() if n in buffers}, buffers)
        write_living(living, mine | self.repack(parameters | mine, changed), parameters)
        for slot, each in moved.items():
            write_living(living, each, state[slot])
        write(kept, buffers)
        alive.copy_(living)
        return names, rows

    def unpack_all(self, parameters: PackedTensors) -> Tensors:
        """Every parameter of these players, by its name."""
        parts = [self.packed[p].unpack(parameters[p]) for p in self.packed if p in parameters]
        return {name: tensor for part in parts for name, tensor in part.items()}

    def repack(self, parameters: PackedTensors, changed: Tensors) -> PackedTensors:
        """The packed parameters of the players whose parameters strategies have changed."""
        touched = [p for p, packed in self.packed.items() if packed.shapes.keys() & changed.keys()]
        return {
            p: self.packed[p].pack(self.packed[p].unpack(parameters[p]) | changed) for p in touched
        }

    def _differentiate(
        self, tensors: Tensors, x: Tensor, moment: Moment, numbers: Tensors
    ) -> tuple[Tensors, Report, Tensors]:
        """Of one replica: the gradient of the player's loss, the report and its scalars."""
        return with_numbers(self.differences.of_game, numbers, self._play, tensors, x, moment)

    def _play(self, tensors: Tensors, x: Tensor, moment: Moment) -> tuple[Tensors, Report, Tensors]:
        def loss(mine: Tensors) -> tuple[Tensor, Report]:
            turn: tuple[Tensor, Report] = functional_call(
                self.game, {**tensors, **mine}, (Game.play, self.player, x, moment)
            )
            return turn

        grads, report = self.game.autodiff.of_loss(
            loss, pick(tensors, list(self.packed[self.player].shapes))
        )
        report = whole_report(self.ranks, report) if self.then else report
        return grads, report, {name: value.detach() for name, value in report.scalars.items()}

    def _one_by_one(
        self, tensors: Tensors, x: Tensor, moment: Moment, numbers: Tensors
    ) -> tuple[Tensors, Report, Tensors]:
        """As the vmapped ``_differentiate``, one replica after the other."""
        owned = {name for packed in self.packed.values() for name in packed.shapes}

        def lane(i: int) -> tuple[Tensors, Any, Tensors]:
            own = {n: channels_last(t[i]) if n in owned else t[i] for n, t in tensors.items()}
            noise = {name: drawn[i] for name, drawn in moment.noise.items()}
            grads, report, scalars = self._differentiate(
                own, x[i], moment._replace(noise=noise), {n: t[i] for n, t in numbers.items()}
            )
            return grads, tree_map(Tensor.detach, report) if self.then else {}, scalars

        stacked: tuple[Tensors, Report, Tensors] = tree_map(
            lambda *parts: torch.stack(parts), *map(lane, range(len(x)))
        )
        return stacked

    def _after(self, tensors: Tensors, report: Report, grads: Tensors, numbers: Tensors) -> Tensors:
        return with_numbers(
            self.differences.of_game,
            numbers,
            self.game.chain.after,
            self.player,
            tensors,
            report,
            grads,
        )


def channels_last(weight: Tensor) -> Tensor:
    """A kernel as oneDNN is fastest with it; other tensors as they are."""
    return weight.contiguous(memory_format=torch.channels_last) if weight.dim() == 4 else weight


def where(alive: Tensor, new: Mapping[Any, Tensor], old: Mapping[Any, Tensor]) -> dict[Any, Tensor]:
    """``new``, but ``old`` for dead replicas; what replicas share (step counts) is always new."""

    def one(name: Any) -> Tensor:
        lead = alive.reshape(alive.shape + (1,) * (new[name].dim() - alive.dim()))
        return torch.where(lead, new[name], old[name])

    return {n: one(n) if new[n].dim() >= alive.dim() else new[n] for n in new}


def all_live(alive: Tensor) -> bool:
    """Whether all replicas live, where it takes no waiting to know: eager and on the CPU."""
    return not torch.compiler.is_compiling() and alive.device.type == "cpu" and bool(alive.all())


def write_living(alive: Tensor, new: Mapping[Any, Tensor], old: Mapping[Any, Tensor]) -> None:
    """Copy ``new`` into ``old`` for the living replicas. They must not share memory."""
    write(new if all_live(alive) else where(alive, new, old), old)


def write(new: Mapping[Any, Tensor], old: Mapping[Any, Tensor]) -> None:
    """Copy the tensors of ``new`` into those of ``old``."""
    for name, value in new.items():
        old[name].copy_(value)
