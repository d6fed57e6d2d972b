"""The losses of the literature, side by side.

``r`` and ``f`` are the critic's scores (logits) of real and fake, each (B,); every loss is per
sample, minimised by the player it is named for. The formulas are those of ``mcgan.functional``.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Annotated, ClassVar

from torch import Tensor

from mcgan import functional
from mcgan.config.settings import Above, AtLeast, check_settings
from mcgan.types import Player

FIRST, EVERY = 25, 500  # blocks of D's turns that are longer in the code of Arjovsky et al.


@dataclass(eq=False)
class Objective(ABC):
    """What the two players minimise, and in which order they take turns.

    A block of ``critic_steps`` turns of D comes before every ``generator_steps`` turns of G.
    """

    critic_steps: Annotated[int, AtLeast(1)] = 1
    generator_steps: Annotated[int, AtLeast(1)] = 1
    version: ClassVar[int] = 1  # raise it when the formula changes: results store it
    paired: ClassVar[bool] = False  # G's loss compares with real samples
    spans_batch: ClassVar[bool] = False  # a score's loss depends on other scores than its own
    log_ratio: ClassVar[bool] = False  # the best D's score is log p_data / p_G, plus a constant

    def __post_init__(self) -> None:
        check_settings(self)

    @abstractmethod
    def d_loss(self, r: Tensor, f: Tensor) -> Tensor:
        """D's loss per score (B,), from its scores of real examples and of fakes."""

    @abstractmethod
    def g_loss(self, r: Tensor | None, f: Tensor) -> Tensor:
        """G's loss per score (B,); ``r`` is None unless the loss compares with real scores."""

    def critic_turns(self, block: int) -> int:
        """The number of D's turns in a block of them, blocks counted from 0."""
        return self.critic_steps

    def turns(self, step: int) -> list[Player]:
        """The players of a step in their order: a block of D's turns if one is due, then G's."""
        block, within = divmod(step, self.generator_steps)
        return [*["D"] * (0 if within else self.critic_turns(block)), "G"]  # type: ignore[list-item]

    def count_critic_turns(self, steps: int) -> int:
        """The number of D's turns in the first ``steps`` steps of a run."""
        return self.turns_in_blocks(-(-steps // self.generator_steps))

    def turns_in_blocks(self, blocks: int) -> int:
        """The number of D's turns in the first blocks of them."""
        if type(self).critic_turns is Objective.critic_turns:
            return blocks * self.critic_steps
        return sum(map(self.critic_turns, range(blocks)))


class Minimax(Objective):
    """Goodfellow et al. 2014, eq. 1: G minimises log(1 - D(G(z))), which saturates."""

    log_ratio: ClassVar[bool] = True

    def d_loss(self, r: Tensor, f: Tensor) -> Tensor:
        return functional.minimax_d(r, f)

    def g_loss(self, r: Tensor | None, f: Tensor) -> Tensor:
        return functional.minimax_g(f)


class NonSaturating(Objective):
    """Goodfellow et al. 2014, section 3: G maximises log D(G(z))."""

    log_ratio: ClassVar[bool] = True

    def d_loss(self, r: Tensor, f: Tensor) -> Tensor:
        return functional.non_saturating_d(r, f)

    def g_loss(self, r: Tensor | None, f: Tensor) -> Tensor:
        return functional.non_saturating_g(f)


class LeastSquares(Objective):
    """Mao et al. 2017, eq. 9: least squares to the labels 1 (real) and 0 (fake)."""

    def d_loss(self, r: Tensor, f: Tensor) -> Tensor:
        return functional.lsgan_d(r, f)

    def g_loss(self, r: Tensor | None, f: Tensor) -> Tensor:
        return functional.lsgan_g(f)


class Hinge(Objective):
    """Lim & Ye 2017: the critic stops caring beyond a margin of one."""

    def d_loss(self, r: Tensor, f: Tensor) -> Tensor:
        return functional.hinge_d(r, f)

    def g_loss(self, r: Tensor | None, f: Tensor) -> Tensor:
        return functional.hinge_g(f)


@dataclass(eq=False)
class Wasserstein(Objective):
    """Arjovsky et al. 2017, eq. 2: the gap between the critic's means; no sigmoid.

    In the first 25 blocks of its turns and in every 500th D has ``catch_up`` turns, as in the
    authors' code (main.py). So G starts from a good critic. With 0 it has the usual ones.
    """

    catch_up: Annotated[int, AtLeast(0)] = 0

    def critic_turns(self, block: int) -> int:
        longer = block < FIRST or block % EVERY == 0
        return max(self.critic_steps, self.catch_up if longer else 0)

    def turns_in_blocks(self, blocks: int) -> int:
        longer = min(blocks, FIRST) + (max(blocks, FIRST) - 1) // EVERY
        return blocks * self.critic_steps + longer * max(0, self.catch_up - self.critic_steps)

    def d_loss(self, r: Tensor, f: Tensor) -> Tensor:
        return functional.wgan_d(r, f)

    def g_loss(self, r: Tensor | None, f: Tensor) -> Tensor:
        return functional.wgan_g(f)


class RelativisticPairing(Objective):
    """Jolicoeur-Martineau 2018 (RSGAN); Sun et al. 2020: each fake against one real sample.

    A pair (x, y) is one of data and fake, in this order, with the odds p(x) q(y) / (q(x) p(y)):
    D's best scores tell the log ratio but for a constant.
    """

    paired: ClassVar[bool] = True
    log_ratio: ClassVar[bool] = True

    def d_loss(self, r: Tensor, f: Tensor) -> Tensor:
        return functional.rpgan_d(r, f)

    def g_loss(self, r: Tensor | None, f: Tensor) -> Tensor:
        assert r is not None
        return functional.rpgan_g(r, f)


class RelativisticAverage(Objective):
    """Jolicoeur-Martineau 2018 (RaSGAN): each score against the mean of the other side."""

    paired: ClassVar[bool] = True
    spans_batch: ClassVar[bool] = True

    def d_loss(self, r: Tensor, f: Tensor) -> Tensor:
        return functional.ragan_d(r, f)

    def g_loss(self, r: Tensor | None, f: Tensor) -> Tensor:
        assert r is not None
        return functional.ragan_g(r, f)


class RelativisticAverageLeastSquares(Objective):
    """Jolicoeur-Martineau 2018 (RaLSGAN): least squares to a lead of 1 over the other's mean."""

    paired: ClassVar[bool] = True
    spans_batch: ClassVar[bool] = True

    def d_loss(self, r: Tensor, f: Tensor) -> Tensor:
        return functional.rals_d(r, f)

    def g_loss(self, r: Tensor | None, f: Tensor) -> Tensor:
        assert r is not None
        return functional.rals_g(r, f)


@dataclass(eq=False)
class FirstOfTwo(Objective):
    """Nguyen et al. 2017 (D2GAN), eq. 1, the part with D1 = sp(score), which favours real data.

    Against the best D1 alone G minimises alpha KL(data | G); the other half is of a second critic.
    """

    alpha: Annotated[float, Above(0)] = 1.0

    def d_loss(self, r: Tensor, f: Tensor) -> Tensor:
        return functional.d2gan_d1(r, f, self.alpha)

    def g_loss(self, r: Tensor | None, f: Tensor) -> Tensor:
        return functional.d2gan_g1(f)
