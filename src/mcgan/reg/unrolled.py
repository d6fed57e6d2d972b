"""Unrolled GAN (Metz et al. 2017): G answers the critic that D is about to become."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from torch import Tensor

from mcgan.config.settings import Above, AtLeast
from mcgan.gan.strategy import Strategy
from mcgan.gan.turn import Turn
from mcgan.types import CriticCall, Tensors


@dataclass(eq=False, repr=False)
class Unrolled(Strategy):
    """In G's turn D is replaced by D after ``k`` gradient steps of rate ``lr`` on the same batch.

    G's gradient flows through those steps (Metz et al., eq. 10); with ``through_updates=false``
    they are taken as given, which is a plain look-ahead. D's own turn stays one step. The steps are
    of the objective alone, without the terms of other strategies, and plain: where D has become
    sharp, too long ones diverge.
    """

    k: Annotated[int, AtLeast(0)] = 5
    lr: Annotated[float, Above(0)] = 0.01
    through_updates: bool = True
    off: ClassVar[dict[str, Any]] = {"k": 0}

    def opponent(self, critic: CriticCall, turn: Turn) -> CriticCall:
        params = turn.params("D")
        for _ in range(self.k):
            params = self._step(params, turn)
        return turn.critic_with(params)

    def _step(self, params: Tensors, turn: Turn) -> Tensors:
        grads = turn.gradient(lambda at: turn.loss_with("D", at), params)
        keep = (lambda g: g) if self.through_updates else Tensor.detach
        return {name: t - self.lr * keep(grads[name]) for name, t in params.items()}
