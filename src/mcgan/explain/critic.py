"""Critic contours under weight clipping and under gradient penalty (Gulrajani et al. 2017)"""

import numpy as np
import torch
from matplotlib.axes import Axes

from mcgan.engine.draws import stream
from mcgan.engine.trainer import Trainer
from mcgan.explain._game import (
    Held,
    against,
    law,
    parts_of,
    train_critic,
    trainer_of,
    verdict,
)
from mcgan.explain._sheet import GREEN, Picture, Sheet, head, scale
from mcgan.gan.turn import critic_tensors
from mcgan.view.figures.modemap import MAP
from mcgan.view.figures.style import INK, VERMILLION

TURNS, NOISE, SIDE = 800, 0.5, 3.0  # turns of D; std of the fakes' noise; half the plane shown
NETS = ("arch.latent=3", "arch.width=64", "arch.depth=3", "train.batch_size=128")
LIMIT = 0.01  # of weight clipping, the paper's
CLIP = ("objective=wgan", "optim.lr=5e-4", f"reg.clip.limit={LIMIT}")
PENALTY = (
    "objective=wgan_gp",
    "reg.gradient_penalty.weight=1",
    "optim.lr=1e-3",
    "optim.betas=[0.5,0.9]",
)


def draw(seed: int) -> Picture:
    """The picture: scores in the plane and weights, under clipping and under the penalty."""
    clipped, penalised = train_one(CLIP, seed), train_one(PENALTY, seed)
    sheet = Sheet(
        "Two ways to keep a critic's slope in bounds",
        "Clipping leaves it too simple to see the eight modes, its weights at their "
        "limits; a penalty on the slope lets the contours follow them.",
        columns=4,
        size=(2.5, 2.5),
        gap=1.0,
    )
    for axes, bars, trainer, name, colour, reach in (
        (sheet.axes[0], sheet.axes[2], clipped, "clipping", VERMILLION, 1.2 * LIMIT),
        (sheet.axes[1], sheet.axes[3], penalised, "gradient penalty", GREEN, 0.4),
    ):
        contours(axes, trainer)
        head(axes, f"Score under {name}", xlabel="x₁", ylabel="x₂")
        histogram(bars, trainer, colour, reach)
        head(bars, f"D's weights under {name}", xlabel="weight", ylabel="% of the weights")
    for edge in (-LIMIT, LIMIT):
        sheet.axes[2].axvline(edge, color=INK, linewidth=1, linestyle=":")
    sheet.axes[2].text(0, 20, f"limit ±{LIMIT}", fontsize=8, color=INK, ha="center")
    sheet.caption(
        f"Ring of 8 modes (dots), net units; G is held at the real modes plus noise of "
        f"std {NOISE}, as in the paper; {TURNS} turns of D, seed {seed}.\n"
        f"Lines: equal scores; dark is high, more real. The scales differ."
    )
    return sheet.picture()


def train_one(words: tuple[str, ...], seed: int, turns: int = TURNS) -> Trainer:
    """A critic trained against real modes plus noise."""
    parts = parts_of(*NETS, *words, f"train.steps={turns}")
    centres = law(parts).centres
    trainer = trainer_of(parts, [seed], lambda s: against(parts, Held(centres, NOISE), s))
    train_critic(trainer, turns)
    return trainer


def contours(axes: Axes, trainer: Trainer) -> None:
    """Draws a critic's score in the plane with lines of equal scores, and the modes as dots."""
    line = torch.linspace(-SIDE, SIDE, 101)
    y, x = torch.meshgrid(line, line, indexing="ij")
    score = verdict(trainer, torch.stack([x, y], dim=2).flatten(0, 1)).score.reshape(x.shape)
    scale(axes, axes.contourf(x, y, score, levels=14, cmap=MAP), "score")
    axes.contour(x, y, score, levels=14, colors=INK, linewidths=0.4, linestyles="solid", alpha=0.5)
    real = trainer.lanes[0].data(400, stream(0, "real"))
    axes.plot(*real.T, "o", color="white", mec=INK, markersize=4, mew=0.6)
    axes.set(aspect="equal", xticks=range(-3, 4), yticks=range(-3, 4))


def weights(trainer: Trainer) -> np.ndarray:
    """All of the critic's weights and biases."""
    tensors = critic_tensors(trainer.replicas.replica(0)).values()
    return torch.cat([tensor.flatten() for tensor in tensors]).numpy()


def histogram(axes: Axes, trainer: Trainer, colour: str, reach: float) -> None:
    """Draws how a critic's weights are distributed between -reach and reach."""
    found = weights(trainer)
    axes.hist(
        found,
        bins=49,
        range=(-reach, reach),
        color=colour,
        weights=np.full(len(found), 100 / len(found)),
    )
