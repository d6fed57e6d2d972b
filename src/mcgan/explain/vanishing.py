"""Vanishing gradients: what reaches G while D is trained to its optimum (Arjovsky & Bottou 2017)"""

from typing import NamedTuple

import numpy as np
import torch
from matplotlib.axes import Axes
from torch import Tensor

from mcgan.engine.draws import stream
from mcgan.engine.pure import PureMove
from mcgan.engine.trainer import Trainer
from mcgan.explain._game import PENALTY, draw_turn, parts_of, trainer_of, verdict
from mcgan.explain._progress import counted
from mcgan.explain._sheet import GREEN, Picture, Sheet, head
from mcgan.gan.sampling import sampler
from mcgan.types import Tensors
from mcgan.view.figures.style import BLUE, FAINT, INK, VERMILLION

TURNS, EVERY, SEEDS = 600, 10, 5
FAR = (
    "dataset=mixture",
    "dataset.centres=[[5]]",
    "dataset.std=1",
    "arch.width=64",
    "arch.activation=tanh",
    "train.batch_size=128",
    "optim=adam",
    "optim.lr=1e-3",
)
NAMES = {
    "minimax": ("saturating: minimax", VERMILLION),
    "non_saturating": ("non-saturating", BLUE),
    "wgan_gp": ("Wasserstein + gradient penalty", GREEN),
}
OWN = {"wgan_gp": (PENALTY,)}


class Curve(NamedTuple):
    """The gradient that G would get while its critic is trained."""

    trainer: Trainer  # its critic trained, its generator as it began
    turns: list[int]
    norms: np.ndarray  # (turns, seeds): of the gradient by G's weights


def draw(seed: int) -> Picture:
    """The picture: scores of two critics in one dimension, and the gradients left to G."""
    curves = {name: curve(name, seed) for name in NAMES}
    sheet = Sheet(
        "A perfect critic teaches nothing, unless its scores keep a slope",
        "G stands still while D learns to tell its samples from far real data. Does the "
        "gradient that G would get survive?",
        columns=2,
        size=(4.4, 3.1),
    )
    landscape(sheet.axes[0], curves["minimax"].trainer, curves["wgan_gp"].trainer)
    for name, found in curves.items():
        fall(sheet.axes[1], found, *NAMES[name])
    head(
        sheet.axes[1],
        "Gradient that reaches G",
        xlabel="turns of D, G standing still",
        ylabel="norm of the gradient by G's weights",
    )
    sheet.axes[1].set_yscale("log")
    sheet.axes[1].legend(fontsize=8, frameon=False)
    sheet.caption(
        f"1-D, real data N(5, 1), G as initialised; Adam 1e-3, batch 128.\nLeft: seed "
        f"{seed}, after {TURNS} turns. Right: median and range of {SEEDS} seeds "
        f"from {seed}."
    )
    return sheet.picture()


def curve(objective: str, seed: int, turns: int = TURNS) -> Curve:
    """Train D alone, and look on the way at the gradient that G would get."""
    parts = parts_of(
        f"objective={objective}", f"train.steps={turns}", *FAR, *OWN.get(objective, ())
    )
    trainer = trainer_of(parts, range(seed, seed + SEEDS))
    move = trainer.moves["G"]
    assert isinstance(move, PureMove)  # of several seeds
    seen = {}
    for turn in counted(turns):
        now = draw_turn(trainer, turn, turns)
        if turn % EVERY == 0:
            grads, *_ = move.differentiate(trainer.replicas.tensors, *now, move.numbers.of_game)
            seen[turn] = norms(grads)
        trainer.moves["D"](*now)
    return Curve(trainer, list(seen), torch.stack(list(seen.values())).numpy())


def norms(grads: Tensors) -> Tensor:
    """The norms (N,) of gradients over all tensors of N networks."""
    whole = torch.cat([gradient.flatten(1) for gradient in grads.values()], 1)
    lengths: Tensor = torch.linalg.vector_norm(whole, dim=1)
    return lengths


def fall(axes: Axes, curve: Curve, name: str, colour: str) -> None:
    """Draws a curve of gradient norms: the median of seeds, and their range."""
    low, middle, high = np.quantile(curve.norms, (0, 0.5, 1), axis=1)
    axes.fill_between(curve.turns, low, high, color=colour, alpha=0.2, linewidth=0)
    axes.plot(curve.turns, middle, color=colour, label=name)


def landscape(axes: Axes, judge: Trainer, critic: Trainer) -> None:
    """What both critics say along the line, over the data."""
    x = torch.linspace(-2, 8, 400).unsqueeze(1)
    fake = sampler(judge.game)(judge.replicas.replica(0), 5000, stream(0, "picture")).x
    real = judge.lanes[0].data(5000, stream(0, "real"))
    for points, colour in ((fake, FAINT), (real, INK)):
        axes.hist(
            points.flatten().numpy(),
            bins=80,
            range=(-2, 8),
            color=colour,
            alpha=0.3,
            weights=np.full(5000, 1 / 2500),
        )
    axes.plot(x, verdict(judge, x).score.sigmoid(), color=VERMILLION)
    axes.plot(x, unit(verdict(critic, x).score), color=GREEN)
    for at, text, colour in (
        ((2.0, 1.03), "D(x) of minimax: a step, flat at G", VERMILLION),
        ((3.0, 0.34), "Wasserstein critic\n(rescaled): a ramp", GREEN),
        ((-1.9, 0.62), "G's\nsamples", INK),
        ((5.9, 0.12), "real data", INK),
    ):
        axes.text(*at, text, fontsize=8.5, color=colour)
    head(axes, "What the trained critics say", xlabel="x", ylabel="score, from 0 to 1")


def unit(score: Tensor) -> Tensor:
    """Scores scaled to [0, 1]."""
    return (score - score.min()) / (score.max() - score.min())
