"""What the engines are compared on: nets, batch, loss. Imports neither torch nor jax."""

from dataclasses import dataclass

LR, BETAS = 2e-4, (0.5, 0.999)  # Adam's, on every side
PENALTY = 10.0  # weight of the gradient penalty
KERNELS, DIMS = 16, 4  # of minibatch discrimination
UNROLL_LR = 0.1


@dataclass(frozen=True)
class Workload:
    """One step is one update of the generator, after ``critic_steps`` of the critic."""

    says: str
    width: int
    batch: int
    penalty: bool = False  # WGAN-GP, else the non-saturating loss
    minibatch: bool = False
    unrolled: int = 0
    shape: tuple[int, ...] = (2,)
    latent: int = 16

    @property
    def critic_steps(self) -> int:
        return 5 if self.penalty else 1

    @property
    def image(self) -> bool:
        return len(self.shape) > 1


WORKLOADS = {
    "mlp128": Workload("2x128, batch 256, non-saturating", 128, 256),
    "mlp128-gp": Workload("2x128, batch 256, WGAN-GP", 128, 256, penalty=True),
    "mlp64": Workload("2x64, batch 64, non-saturating", 64, 64),
    "mlp64-gp": Workload("2x64, batch 64, WGAN-GP", 64, 64, penalty=True),
    "minibatch": Workload("2x64, batch 64, minibatch discrimination", 64, 64, minibatch=True),
    "unrolled": Workload("2x64, batch 64, unrolled k=5", 64, 64, unrolled=5),
    "dcgan": Workload("DCGAN, 3x28x28, batch 64", 16, 64, shape=(3, 28, 28), latent=64),
}
