"""Dirac-GAN: why plain training circles, and which cures make it arrive (Mescheder et al. 2018)"""

from typing import NamedTuple

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from torch import Tensor, nn

from mcgan.arch.base import Arch
from mcgan.engine.trainer import Trainer
from mcgan.experiment.components import Components
from mcgan.explain._game import parts_of, trainer_of
from mcgan.explain._progress import counted
from mcgan.explain._sheet import Picture, Sheet, head
from mcgan.gan.chain import Chain
from mcgan.gan.game import Game
from mcgan.view.figures.style import BLUE, FAINT, INK, VERMILLION

RATE, STEPS, START = 0.2, 500, (1.0, 1.0)
LAST, NEAR = 100, 0.01  # the end: how many steps, and how near to 0 G's point must stay
SGD = (
    "optim=sgd",
    f"optim.lr={RATE}",
    "train.batch_size=1",
    "objective.critic_steps=1",
    f"train.steps={STEPS}",
)


class Point(nn.Module):
    """A generator that makes one point theta, whatever the latent."""

    def __init__(self, theta: float) -> None:
        super().__init__()
        self.theta = nn.Parameter(torch.tensor([theta]))

    def forward(self, z: Tensor) -> Tensor:
        """The one point θ for every latent: (B, 1)."""
        return self.theta + 0 * z


class Dirac(Arch):
    """G makes a point theta, D(x) = psi x."""

    latent: int = 1

    def generator(self, latent: int, shape: tuple[int, ...]) -> nn.Sequential:
        return nn.Sequential(Point(START[0]))

    def trunk(self, shape: tuple[int, ...]) -> tuple[nn.Module, int]:
        return nn.Identity(), 1


class Case(NamedTuple):
    """One panel: the words of its game, and where its data's score rests."""

    name: str
    words: tuple[str, ...]  # as for `mcgan train`
    at_rest: float = 0.0  # the score of real data at the equilibrium, where it is held
    shown: str = "G.net.0.theta"  # the tensor that samples are drawn from


AVERAGE = "reg.ema.average__G__net__0__theta"
CASES = [
    Case("minimax", ("objective=minimax",)),
    Case("non-saturating", ("objective=non_saturating",)),
    Case("least squares", ("objective=lsgan",), at_rest=0.5),
    Case("hinge", ("objective=hinge",)),
    Case("relativistic pairing", ("objective=rpgan",)),
    Case(
        "Wasserstein + clipping at 1",
        ("objective=wgan", "objective.catch_up=0", "reg.clip.limit=1"),
    ),
    Case("Wasserstein + GP", ("objective=wgan_gp", "reg.gradient_penalty.weight=0.5")),
    Case(
        "minimax + replay",
        (
            "objective=minimax",
            "reg=replay",
            "reg.replay.size=64",
            "reg.replay.policy=fifo",
            "reg.replay.probability=0.5",
        ),
    ),
    Case("minimax + EMA", ("objective=minimax", "reg=ema", "reg.ema.half_life=0.1"), shown=AVERAGE),
    Case("minimax + R1, γ = 0.3", ("objective=minimax", "reg=r1", "reg.r1.gamma=0.3")),
    Case("minimax + R1, γ = 1", ("objective=minimax", "reg=r1", "reg.r1.gamma=1")),
    Case(
        "pairing + R1 + R2, γ = 0.15",
        ("objective=rpgan", "reg=[r1,r2]", "reg.r1.gamma=0.15", "reg.r2.gamma=0.15"),
    ),
    Case(
        "minimax + noise, σ = 0.7",
        (
            "objective=minimax",
            "reg=instance_noise",
            "reg.instance_noise.std=0.7",
            "train.batch_size=64",
        ),
    ),
    Case(
        "minimax + consensus, γ = 1",
        ("objective=minimax", "reg=consensus", "reg.consensus.gamma=1"),
    ),
    Case("minimax + optimistic", ("objective=minimax", "reg=optimistic")),
    Case("minimax + extragradient", ("objective=minimax", "reg=extragradient")),
]
ARRIVED, RUNS = (
    Line2D([], [], color=colour, label=text)
    for colour, text in (
        (BLUE, f"arrives (within {NEAR})"),
        (VERMILLION, "does not, or only creeps"),
    )
)


def draw(seed: int) -> Picture:
    """The picture: the path of (θ, ψ) under every objective and cure, towards the centre or not."""
    sheet = Sheet(
        "One point chases one point: the Dirac-GAN",
        "Real data sit at 0. G moves a single point θ, D scores with a line ψ·x. The "
        "goal is the centre: θ = 0, and a critic with nothing left to say.",
        columns=4,
        rows=4,
        size=(2.3, 2.3),
        gap=0.55,
    )
    for axes, case in zip(sheet.axes, CASES, strict=True):
        panel(axes, case, path(case, seed))
    for axes in sheet.axes[-4:]:
        axes.set_xlabel("θ, where G's point is", fontsize=9)
    for axes in sheet.axes[::4]:
        axes.set_ylabel("ψ, slope of the critic", fontsize=9)
    sheet.legend([ARRIVED, RUNS, *sheet.axes[0].lines[-2:]])
    sheet.caption(
        f"mcgan's own objectives and strategies; plain gradient steps of {RATE}, D and G "
        f"in turn, {STEPS} steps from θ = ψ = 1, seed {seed}.\n"
        f"In the titles: how far θ still strays in the last {LAST} steps."
    )
    return sheet.picture()


def path(case: Case, seed: int) -> np.ndarray:
    """(STEPS + 1, 2): theta and psi after each step."""
    parts = parts_of(*SGD, *case.words)
    trainer = trainer_of(
        parts, [seed], lambda _: game(parts, case.at_rest), lambda n, generator: torch.zeros(n, 1)
    )
    walk = [place(trainer, case.shown)]
    for _ in counted(STEPS):
        trainer.step()
        walk.append(place(trainer, case.shown))
    return np.array(walk)


def game(parts: Components, at_rest: float) -> Game:
    """Dirac-GAN's game with the parts' objective and strategies, begun at θ = ψ = 1."""
    batch = parts.config["train"]["batch_size"]
    chain = Chain(parts.strategies(), Dirac.latent)
    made = Game(Dirac(), parts.objective, chain, (1,), batch, STEPS)
    made.D.head.weight.data.fill_(START[1])
    del made.D.head.bias
    made.D.head.register_buffer("bias", torch.tensor([at_rest]))  # held: D(x) = psi x + at_rest
    made.setup(lambda n: torch.linspace(-1, 1, n).sign()[:, None])  # std 1: the unit of noise
    return made


def place(trainer: Trainer, shown: str) -> tuple[float, float]:
    """Where the game is: G's point θ and the critic's slope ψ."""
    tensors = trainer.replicas.replica(0)
    return float(tensors[shown]), float(tensors["D.head.weight"])


def panel(axes: Axes, case: Case, walk: np.ndarray) -> None:
    """Draws one path, in blue if it ends near the centre."""
    apart = float(np.abs(walk[-LAST:, 0]).max())
    axes.axhline(0, color=FAINT, linewidth=0.6)
    axes.axvline(0, color=FAINT, linewidth=0.6)
    axes.plot(*walk.T, color=BLUE if apart < NEAR else VERMILLION, linewidth=0.8, alpha=0.8)
    axes.annotate("", walk[4], walk[3], arrowprops={"arrowstyle": "-|>", "color": INK})
    axes.plot(*walk[0], "o", color="white", mec=INK, markersize=6, linestyle="none", label="start")
    axes.plot(*walk[-1], "o", color=INK, markersize=6, linestyle="none", label="end")
    head(axes, f"{case.name}: ±{apart:.2f}")
    axes.set(
        xlim=(-2.3, 2.3), ylim=(-2.3, 2.3), aspect="equal", xticks=range(-2, 3), yticks=range(-2, 3)
    )
