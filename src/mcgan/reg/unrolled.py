"""Unrolled GAN (Metz et al. 2017): G answers the critic that D is about to become."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

import torch
from torch import Tensor

from mcgan.blocks.weight_copy import WeightCopy, weights_of
from mcgan.config.settings import Above, AtLeast
from mcgan.errors import UserError
from mcgan.gan.game import Game
from mcgan.gan.strategy import Strategy
from mcgan.gan.turn import Turn
from mcgan.optim import SGD, Adam, Optim, RMSprop
from mcgan.rule import Rule, State, WrappedRule
from mcgan.types import CriticCall, Player, Report, Tensors

SLOTS = sorted({slot for rule in (Adam, RMSprop, SGD) for slot in rule.slots})


@dataclass(eq=False, repr=False)
class Unrolled(Strategy):
    """In G's turn D is replaced by D^k, which is D after ``k`` of its steps on the same batch.

    G minimises its loss before D^k as given, and minus D's whole loss, of real and fake, at D^k on
    given batches: so G's gradient flows through the steps. With ``objective=minimax`` the sum has
    the gradient of f(G, D^k(G)) (Metz et al., eq. 7 to 10); data made by G stay a fixed point with
    any loss. With ``through_updates=false`` the second term is left out, a plain look-ahead.

    The steps are of the objective alone, without the terms of other strategies: ``inner=sgd`` plain
    ones of rate ``lr``; ``inner=own`` those of D's optimiser from where it stands, without what
    other strategies put around it, and differentiated through. D's own turn stays one step.
    """

    k: Annotated[int, AtLeast(0)] = 5
    inner: Literal["sgd", "own"] = "sgd"
    lr: Annotated[float, Above(0)] = 0.01
    through_updates: bool = True
    off: ClassVar[dict[str, Any]] = {"k": 0}
    copies: ClassVar[bool] = True

    def __post_init__(self) -> None:
        super().__post_init__()
        self.rule: Optim = SGD(lr=self.lr)

    def update(self, rule: Rule, player: Player) -> Rule:
        if self.inner == "own" and player == "D":
            self.rule = self._unwrap(rule)
        return rule

    def _unwrap(self, rule: Rule) -> Optim:
        """The optimiser itself, without the rules that strategies have put around it."""
        while isinstance(rule, WrappedRule):
            rule = rule.rule
        if not isinstance(rule, (Adam, RMSprop, SGD)):
            raise UserError(
                f"reg.{self.name}: inner=own differentiates through Adam, RMSprop or "
                f"SGD, and D moves by {type(rule).__name__}: take inner=sgd"
            )
        return rule

    def setup(self, game: Game, data: Any) -> None:
        if self.inner == "sgd":
            return
        weights = weights_of(game, game.owned("D"))
        none = {name: torch.zeros_like(weight) for name, weight in weights.items()}
        self.state = {slot: WeightCopy(self, slot, none) for slot in SLOTS}
        self.register_buffer("turns", torch.zeros(()))

    def opponent(self, critic: CriticCall, turn: Turn) -> CriticCall:
        return turn.critic_with({name: t.detach() for name, t in self._unroll(turn).items()})

    def g_term(self, turn: Turn) -> Tensor | None:
        if not self.k or not self.through_updates:
            return None
        return -turn.d_loss_with(self._unroll(turn))

    def _unroll(self, turn: Turn) -> Tensors:
        """The parameters of D^k, differentiable in those of G."""
        found: Tensors = turn.once(self.name, lambda: self._take_steps(turn))
        return found

    def _take_steps(self, turn: Turn) -> Tensors:
        params = turn.params("D")
        state = self._read_state() if self.inner == "own" else self.rule.start(params)
        for _ in range(self.k):
            grads = turn.gradient(lambda at: turn.loss_with("D", at), params)
            if not self.through_updates:
                grads = {name: grad.detach() for name, grad in grads.items()}
            params, state = self.rule.walk(params, grads, state, turn.moment.progress)
        return params

    def _read_state(self) -> State:
        """The state of D's rule, as it is in this turn."""
        state = {slot: self.state[slot].current() for slot in self.rule.slots}
        turns = self.get_buffer("turns")
        return state | {"step": dict.fromkeys(self.state[SLOTS[0]].buffers, turns)}

    def after(self, player: Player, tensors: Tensors, report: Report, grads: Tensors) -> Tensors:
        """The state of D's rule after a turn of D, of which the rule itself tells nobody."""
        if self.inner == "sgd" or player == "G":
            return {}
        turns = tensors[self.key("turns")]
        state = {slot: self.state[slot].read(tensors) for slot in self.rule.slots}
        state |= {"step": dict.fromkeys(grads, turns)}
        _, new = self.rule.walk(grads, grads, state, report.moment.progress)
        changed: Tensors = {self.key("turns"): turns + 1}
        for slot in self.rule.slots:
            changed |= self.state[slot].write(new[slot])
        return changed
