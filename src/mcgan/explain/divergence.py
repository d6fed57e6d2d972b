"""Jensen-Shannon against Wasserstein where distributions do not meet (Arjovsky et al. 2017)"""

import math

import numpy as np
import torch
from scipy.spatial.distance import jensenshannon
from scipy.stats import wasserstein_distance
from torch import Generator, Tensor, nn

from mcgan.explain._game import PENALTY, against, parts_of, train_critic, trainer_of
from mcgan.explain._sheet import GREEN, Picture, Sheet, head
from mcgan.view.figures.style import VERMILLION

APART = (-1.0, -0.75, -0.5, -0.25, -0.1, 0.0, 0.1, 0.25, 0.5, 0.75, 1.0)
TURNS, LAST = 600, 50  # turns of D, and those at the end whose losses are averaged
WORDS = (
    "optim=adam",
    "optim.lr=2e-3",
    "optim.betas=[0.5,0.9]",
    "train.batch_size=128",
    "arch.latent=1",
    "arch.width=64",
)


class Line(nn.Module):
    """A generator of the vertical line (theta, u), u even in [0, 1]."""

    def __init__(self, theta: float) -> None:
        super().__init__()
        self.theta = nn.Parameter(torch.tensor([theta]))

    def forward(self, z: Tensor, origin: Tensor) -> Tensor:
        """Points (B, 2) of a vertical line at θ; the latent (B, 1) says how high."""
        u = torch.special.ndtr(z)
        return torch.cat([self.theta + 0 * u, u], dim=1)


def draw(seed: int) -> Picture:
    """The picture: two distances between two lines, exact and as a trained critic measures them."""
    sheet = Sheet(
        "How far apart? One answer has no slope",
        "Two parallel lines of points, a distance θ apart. A generator that follows the "
        "slope downhill gets home on the right, and nowhere on the left.",
        columns=2,
        size=(3.9, 2.9),
    )
    fine = np.linspace(-1, 1, 401)
    for axes, name, exact, found, colour in (
        (sheet.axes[0], "Jensen-Shannon divergence (minimax)", js, measure_js(seed), VERMILLION),
        (sheet.axes[1], "Wasserstein distance (wgan_gp)", w1, measure_w1(seed), GREEN),
    ):
        axes.plot(
            fine, [exact(theta) for theta in fine], color=colour, linewidth=1.2, label="exact"
        )
        axes.plot(APART, found, "o", color=colour, markersize=6, label="measured by a trained D")
        head(
            axes,
            name,
            xlabel="θ, distance of the lines",
            ylabel="distance in nats" if exact is js else "distance in units of x",
        )
        axes.set_ylim(-0.05, 1.12)
        axes.legend(fontsize=8, frameon=False, loc="upper center")
    sheet.axes[0].text(0.3, 0.73, "log 2, however far", fontsize=8.5, color=VERMILLION)
    sheet.caption(
        f"A critic of two layers of 64, trained for {TURNS} turns at each of "
        f"{len(APART)} distances, seed {seed}.\nJSD = log 2 − D's loss / 2; "
        "W₁ = − D's loss."
    )
    return sheet.picture()


def js(theta: float) -> float:
    """The divergence in nats of the lines at 0 and theta, which share all points or none."""
    places = np.unique([0.0, theta])
    return float(jensenshannon(places == 0.0, places == theta) ** 2)


def w1(theta: float) -> float:
    """The Wasserstein distance between the lines, in units of x."""
    return float(wasserstein_distance([0.0], [theta]))


def measure_js(seed: int, turns: int = TURNS) -> np.ndarray:
    """The divergence that D measures: its best loss is 2 log 2 - 2 JSD (Goodfellow 2014)."""
    return math.log(2) - losses("minimax", seed, turns) / 2


def measure_w1(seed: int, turns: int = TURNS) -> np.ndarray:
    """The same distance as WGAN-GP's critic measures it after its turns, for every θ drawn."""
    return -losses("wgan_gp", seed, turns, PENALTY)


def losses(objective: str, seed: int, turns: int, *words: str) -> np.ndarray:
    """D's loss (len(APART),) after training: replica i is trained against the line at APART[i]."""
    parts = parts_of(f"objective={objective}", f"train.steps={turns}", *WORDS, *words)
    places = {seed + i: theta for i, theta in enumerate(APART)}
    trainer = trainer_of(parts, [*places], lambda s: against(parts, Line(places[s]), s), line)
    return train_critic(trainer, turns)[-LAST:].mean(0).numpy()


def line(n: int, generator: Generator) -> Tensor:
    """Real data: the line at 0."""
    return torch.rand(n, 2, generator=generator) * torch.tensor([0.0, 1.0])
