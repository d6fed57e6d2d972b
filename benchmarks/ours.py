"""mcgan's side of the comparison."""

from collections.abc import Sequence

import torch
from data import source
from workloads import BETAS, DIMS, KERNELS, LR, PENALTY, UNROLL_LR, Workload

from mcgan.arch.base import Arch
from mcgan.arch.dcgan import DCGAN
from mcgan.arch.mlp import MLP
from mcgan.engine.captured import capture
from mcgan.engine.trainer import Trainer
from mcgan.gan.chain import Chain
from mcgan.gan.game import Game
from mcgan.gan.strategy import Strategy
from mcgan.objective import NonSaturating, Objective, Wasserstein
from mcgan.optim import Adam
from mcgan.reg.clip import Clip
from mcgan.reg.ema import EMA
from mcgan.reg.gradient_penalty import GradientPenalty
from mcgan.reg.minibatch import Minibatch
from mcgan.reg.replay import Replay
from mcgan.reg.unrolled import Unrolled

MORE = {"replay": Replay, "ema": EMA, "clip": Clip}


def trainer(
    work: Workload,
    replicas: int = 1,
    compiled: bool = False,
    dtype: torch.dtype = torch.float32,
    more: Sequence[str] = (),
    device: str = "cpu",
    nets: Arch | None = None,
) -> Trainer:
    """A trainer of the workload, as ``mcgan train`` builds it; ``more`` strategies by name.

    ``nets`` stand in for the workload's own.
    """
    pair = nets or arch(work)
    draw = source(work)

    def build(seed: int) -> Game:
        torch.manual_seed(seed)
        chosen = strategies(work) | {name: MORE[name]() for name in more}
        chain = Chain(chosen, pair.latent)
        made = Game(pair, objective(work), chain, work.shape, work.batch, 10**6)
        made.setup(lambda n: draw(n, torch.Generator().manual_seed(seed)))
        return made

    optim = Adam(lr=LR, betas=[*BETAS])
    return Trainer(build, draw, optim, list(range(replicas)), device, compiled, dtype)


def trainer_of(
    engine: str, work: Workload, replicas: int, device: str, nets: Arch | None = None
) -> Trainer:
    """One whose engine is `eager` or `compiled`, alone or with `captured` after it."""
    made = trainer(work, replicas, "compiled" in engine, device=device, nets=nets)
    if "captured" in engine:
        capture(made)
    return made


def arch(work: Workload) -> Arch:
    if work.image:
        return DCGAN(latent=work.latent, width=work.width, critic_width=work.width)
    return MLP(latent=work.latent, width=work.width)


def objective(work: Workload) -> Objective:
    kind = Wasserstein if work.penalty else NonSaturating
    return kind(critic_steps=work.critic_steps)


def strategies(work: Workload) -> dict[str, Strategy]:
    found: dict[str, Strategy] = {}
    if work.penalty:
        found["gradient_penalty"] = GradientPenalty(weight=PENALTY)
    if work.minibatch:
        found["minibatch"] = Minibatch(kernels=KERNELS, dims=DIMS)
    if work.unrolled:
        found["unrolled"] = Unrolled(k=work.unrolled, lr=UNROLL_LR)
    return found
