"""The training step: one network or many replicas, eager or compiled, are the same game."""

import math
from collections.abc import Callable
from functools import partial
from itertools import product
from types import FunctionType
from typing import Any

import torch
from torch import Tensor
from torch.func import functional_call, vmap

from mcgan.autodiff import Classic, Functional
from mcgan.draws import DrawData, Draws, stream
from mcgan.game import PLAYERS, Game
from mcgan.optim import Optim, State
from mcgan.strategy import Moment, Player, Report, Tensors


class Trainer:
    """Trains N games of one kind, one for each seed, as one.

    Args: ``build`` makes the game of a seed; ``data`` draws n real examples; ``seeds``, one per
    replica: replica i is the solo run of its seed. ``alive``, () or (N,), turns False when a loss
    or gradient is not finite; from that turn on the replica's tensors stay as they were.
    """

    def __init__(self, build: Callable[[int], Game], data: DrawData, optim: Optim,
                 seeds: list[int], device: str = "cpu", compiled: bool = False,
                 dtype: torch.dtype = torch.float32) -> None:
        games = [build(seed).to(device=device, dtype=dtype) for seed in seeds]
        self.game, self.seeds, self.count, self.data = games[0], seeds, 0, data
        self.renewers = self.game.chain.renewers()
        self.stacked = len(seeds) > 1
        in_place = not self.stacked and not compiled and device == "cpu"
        self.game.autodiff = Classic() if in_place else Functional()
        self.tensors = games[0].tensors() if in_place else self._gather(games)
        self.alive = torch.ones(len(seeds), dtype=torch.bool, device=device)
        if not self.stacked:
            self.alive = self.alive[0]
        self.rules = {p: self.game.chain.fold("update", optim.of(p), p) for p in PLAYERS}
        self.owned = {p: self.game.owned(p) for p in PLAYERS}
        self.state = {p: self.rules[p].start(pick(self.tensors, self.owned[p])) for p in PLAYERS}
        critic_steps = self.game.objective.critic_steps
        self.turns: list[Player] = [*["D"] * critic_steps, "G"]  # type: ignore[list-item]
        self.draws = Draws(data, self.game.draws(self.game.batch), seeds, self.game.batch,
                           len(self.turns), next(iter(self.tensors.values())).detach(),
                           self.stacked, math.prod(self.game.shape))
        kind = InPlaceMove if in_place else PureMove
        self.moves = {p: kind(self, p, compiled) for p in PLAYERS}

    def step(self) -> list[tuple[Player, Tensors]]:
        """One step: the critic's turns, then one of the generator; the scalars of each."""
        progress = torch.tensor(self.count / self.game.steps, dtype=torch.float32)
        seen = []
        for turn, player in enumerate(self.turns):
            x, noise = self.draws(self.count, turn)
            seen.append((player, self.moves[player](x, Moment(noise, progress))))
        self.count += 1
        self.renew()
        return seen

    @torch.no_grad()
    def renew(self) -> None:
        """The rare moment between steps of the strategies that ask for one, replica by replica."""
        due = [s for s in self.renewers if self.count % s.period == 0]
        for strategy, (i, seed) in product(due, enumerate(self.seeds)):
            data = partial(self._data, stream(seed, f"renew.{strategy.name}", self.count))
            for name, value in strategy.renew(self.game, self.replica(i), data).items():
                held = self.tensors[name]
                (held[i] if self.stacked else held).copy_(value)

    def _data(self, generator: torch.Generator, n: int) -> Tensor:
        return self.data(n, generator).to(next(iter(self.tensors.values())))

    def replica(self, i: int) -> Tensors:
        """The tensors of one replica, as a solo game names them."""
        return {n: (t[i] if self.stacked else t).detach() for n, t in self.tensors.items()}

    def sound(self) -> list[bool]:
        """Per replica: are its tensors finite? An update can overflow without a bad loss."""
        alone = [self.replica(i).values() for i in range(len(self.seeds))]
        return [all(bool(t.isfinite().all()) for t in tensors) for tensors in alone]

    def checkpoint(self) -> dict[str, Any]:
        """All that the next step depends on; the random draws are a function of the step."""
        tensors = {name: t.detach() for name, t in self.tensors.items()}
        return {"count": self.count, "tensors": tensors, "optim": self.state, "alive": self.alive}

    @torch.no_grad()
    def restore(self, saved: dict[str, Any]) -> None:
        """Take up a checkpoint of the same configuration; raises ValueError for another's."""
        now, then = flat(self.checkpoint()), flat(saved)
        shapes = [{k: t.shape for k, t in f.items()} for f in (now, then)]
        if shapes[0] != shapes[1]:
            odd = next(k for k in now | then if shapes[0].get(k) != shapes[1].get(k))
            raise ValueError(f"the checkpoint is of another configuration: {odd} differs")
        for key, tensor in now.items():
            tensor.copy_(then[key])
        self.count = saved["count"]

    def _gather(self, games: list[Game]) -> Tensors:
        each = [game.tensors() for game in games]
        if not self.stacked:
            return {n: t.detach().clone() for n, t in each[0].items()}
        return {n: torch.stack([tensors[n].detach() for tensors in each]) for n in each[0]}


class InPlaceMove:
    """One player's move by plain autograd on the game's own parameters: one network, eager, CPU."""

    def __init__(self, trainer: Trainer, player: Player, compiled: bool) -> None:
        self.game, self.player, self.rule = trainer.game, player, trainer.rules[player]
        self.tensors, self.state, self.alive = trainer.tensors, trainer.state[player], trainer.alive
        self.mine = pick(trainer.tensors, trainer.owned[player])

    def __call__(self, x: Tensor, moment: Moment) -> Tensors:
        grads, report = self.game.autodiff.of_loss(
            lambda _: self.game(self.player, x, moment), self.mine
        )
        scalars = measured(report, grads)
        self.alive &= finite(scalars)
        if self.alive:
            self._update(report, grads)
        return scalars

    @torch.no_grad()
    def _update(self, report: Report, grads: Tensors) -> None:
        self.rule.step_(self.mine, grads, self.state, report.moment.progress)
        changed = self.game.chain.after(self.player, self.tensors, report, grads)
        for name, value in changed.items():
            self.tensors[name].copy_(value)


class PureMove:
    """One player's move as a pure function of tensors, so that it can be vmapped and compiled."""

    def __init__(self, trainer: Trainer, player: Player, compiled: bool) -> None:
        self.trainer, self.game, self.player = trainer, trainer.game, player
        self.rule, self.owned = trainer.rules[player], trainer.owned[player]
        over = vmap if trainer.stacked else lambda f, in_dims: f
        self.look = over(self._look, in_dims=(0, 0, Moment(0, None)))  # type: ignore[arg-type]
        self.after = over(self._after, in_dims=(0, 0, 0))
        self.move = lean(self._move) if compiled else self._move

    def __call__(self, x: Tensor, moment: Moment) -> Tensors:
        t = self.trainer
        changed, t.state[self.player], t.alive, scalars = self.move(
            t.tensors, t.state[self.player], t.alive, x, moment
        )
        t.tensors |= changed
        return scalars

    def _move(self, tensors: Tensors, state: State, alive: Tensor, x: Tensor, moment: Moment
              ) -> tuple[Tensors, State, Tensor, Tensors]:
        grads, report, scalars = self.look(tensors, x, moment)
        mine = {name: tensors[name].clone() for name in self.owned}
        moved = {slot: {n: t.clone() for n, t in held.items()} for slot, held in state.items()}
        self.rule.step_(mine, grads, moved, moment.progress)
        fits = whole(mine, alive.dim())  # or the step is too long for the weights
        scalars["grad_norm"] = torch.where(fits, scalars["grad_norm"], torch.inf)
        alive = alive & finite(scalars)
        changed = mine | self.after({**tensors, **mine}, report, grads)
        moved = {s: where(alive, moved[s], state[s]) for s in state}
        return where(alive, changed, tensors), moved, alive, scalars

    def _look(self, tensors: Tensors, x: Tensor, moment: Moment
              ) -> tuple[Tensors, Report, Tensors]:
        def loss(mine: Tensors) -> tuple[Tensor, Report]:
            return functional_call(self.game, {**tensors, **mine}, (self.player, x, moment))

        grads, report = self.game.autodiff.of_loss(loss, pick(tensors, self.owned))
        return grads, report, measured(report, grads)

    def _after(self, tensors: Tensors, report: Report, grads: Tensors) -> Tensors:
        return self.game.chain.after(self.player, tensors, report, grads)


def lean(move: Callable[..., Any]) -> Callable[..., Any]:
    """``move`` compiled, without the checks at every call that nothing has changed: a trainer's
    shapes and settings never do, and the checks cost more than a small network's turn.

    Compiled code is found by the code object, hence one of its own.
    """
    def run(*given: Any) -> Any:
        return move(*given)

    own = FunctionType(run.__code__.replace(), run.__globals__, "run", None, run.__closure__)
    unchecked: dict[str, Any] = {"guard_filter_fn": torch.compiler.skip_all_guards_unsafe}
    return torch.compile(own, fullgraph=True, dynamic=False, options=unchecked)


def pick(tensors: Tensors, names: list[str]) -> Tensors:
    return {name: tensors[name] for name in names}


def measured(report: Report, grads: Tensors) -> Tensors:
    """The report's scalars and the norm of the whole gradient."""
    norms = torch.stack([torch.linalg.vector_norm(g) for g in grads.values()])
    scalars = {name: value.detach() for name, value in report.scalars.items()}
    return {**scalars, "grad_norm": torch.linalg.vector_norm(norms)}


def finite(scalars: Tensors) -> Tensor:
    """Whether all scalars are finite, () or per replica (N,)."""
    return torch.stack(list(scalars.values())).isfinite().all(0)


def whole(params: Tensors, lead: int) -> Tensor:
    """Whether all entries are finite, () or per replica (N,) for ``lead`` 1, told by their sums."""
    sums = [p.reshape(*p.shape[:lead], -1).sum(-1) for p in params.values()]
    return torch.stack(sums).isfinite().all(0)


def where(alive: Tensor, new: Tensors, old: Tensors) -> Tensors:
    """``new``, but ``old`` for dead replicas; what replicas share (step counts) just moves on."""
    def one(name: str) -> Tensor:
        lead = alive.reshape(alive.shape + (1,) * (new[name].dim() - alive.dim()))
        return torch.where(lead, new[name], old[name])
    return {n: one(n) if new[n].dim() >= alive.dim() else new[n] for n in new}


def flat(tree: dict[str, Any], lead: str = "") -> Tensors:
    """Nested dicts of tensors as one dict, keys joined by '/'; other leaves are left out."""
    found: Tensors = {}
    for key, value in tree.items():
        if isinstance(value, dict):
            found |= flat(value, f"{lead}{key}/")
        elif isinstance(value, Tensor):
            found[lead + key] = value
    return found
