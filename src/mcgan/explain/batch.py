"""A collapsed batch as D sees it, without and with minibatch discrimination (Salimans 2016)"""

import numpy as np
import torch
from matplotlib.axes import Axes
from torch import Tensor

from mcgan.engine.draws import stream
from mcgan.engine.trainer import Trainer
from mcgan.explain._game import Held, against, law, parts_of, train_critic, trainer_of, verdict
from mcgan.explain._sheet import Picture, Sheet, head
from mcgan.view.figures.style import BLUE, INK, VERMILLION

TURNS, BATCH, SHOWN = 400, 64, 40  # turns of D; batch size; pairs of batches that it is shown
NETS = ("arch.latent=3", "arch.width=64", "optim.lr=1e-3", f"train.batch_size={BATCH}")
LAYER = ("reg=minibatch", "reg.minibatch.kernels=16", "reg.minibatch.dims=4")
OPTIMUM = 1 / 9  # p_r / (p_r + p_g) at the mode that G sits on: 1/8 against 1
ALIKE = BATCH // 8  # points of the first mode that both batches share


def draw(seed: int) -> Picture:
    """The picture: the same points in two batches, and what each of two critics says of them."""
    plain, watching = train_one("none", seed), train_one("minibatch", seed)
    sheet = Sheet(
        "One by one, collapsed samples look real; side by side they do not",
        "The same 8 good points, once among a real batch, once among a batch that has "
        "collapsed on their mode. Which critic notices?",
        columns=4,
        size=(2.5, 2.5),
        gap=0.65,
    )
    real, collapsed = pairs(plain, seed)
    plane(sheet.axes[0], plain, real[0], collapsed[0])
    fresh = train_one("minibatch", seed, 0)
    bars(sheet.axes[1], closeness(fresh, real), closeness(fresh, collapsed), (-0.25, 0.75))
    head(
        sheet.axes[1],
        "What the layer measures",
        xlabel="closeness to the rest of the batch",
        ylabel="% of the points",
    )
    for axes, trainer, name in (
        (sheet.axes[2], plain, "D without the layer"),
        (sheet.axes[3], watching, "D with the layer"),
    ):
        bars(axes, probability(trainer, real), probability(trainer, collapsed), (0, 1))
        axes.axvline(OPTIMUM, color=INK, linewidth=1, linestyle=":")
        head(axes, name, xlabel="D(x): probability of being real", ylabel="% of the points")
    sheet.axes[2].text(OPTIMUM + 0.03, 60, "1/9: the best verdict\non single points", fontsize=8)
    sheet.legend(sheet.axes[1].get_legend_handles_labels()[0])
    sheet.caption(
        f"D trained for {TURNS} turns against a G that makes perfect samples of one mode "
        f"of 8; {SHOWN} pairs of batches of {BATCH}, seed {seed}."
    )
    return sheet.picture()


def train_one(reg: str, seed: int, turns: int = TURNS) -> Trainer:
    """A critic trained against a generator of perfect samples of one mode."""
    words = LAYER if reg == "minibatch" else (f"reg={reg}",)
    parts = parts_of(*NETS, *words, f"train.steps={max(turns, 1)}")
    ring = law(parts)
    held = Held(ring.centres[:1], float(ring.stds[0]))
    trainer = trainer_of(parts, [seed], lambda s: against(parts, held, s))
    if turns:
        train_critic(trainer, turns)
    return trainer


def pairs(trainer: Trainer, seed: int) -> tuple[list[Tensor], list[Tensor]]:
    """Real batches (BATCH, 2), an eighth of each in each mode, and collapsed ones with the same
    first ALIKE points, those of the first mode."""
    assert isinstance(trainer.game.G, Held)
    centres = trainer.game.G.centres  # the mode that G sits on
    real, collapsed = [], []
    for index in range(SHOWN):
        pool = trainer.lanes[0].data(64 * BATCH, stream(seed, "batch", index))
        here = torch.linalg.vector_norm(pool - centres, dim=1) < 0.5
        same, more = pool[here][:ALIKE], pool[here][ALIKE:BATCH]
        real.append(torch.cat([same, pool[~here][: BATCH - ALIKE]]))
        collapsed.append(torch.cat([same, more]))
    return real, collapsed


def probability(trainer: Trainer, batches: list[Tensor]) -> Tensor:
    """D(x) of the shared points."""
    return torch.cat([verdict(trainer, x).score[:ALIKE].sigmoid() for x in batches]).detach()


def closeness(trainer: Trainer, batches: list[Tensor]) -> Tensor:
    """What the layer says of the shared points, its kernels averaged: about 0 among data, up to
    1 less the mean on data where all are equal."""
    critic = trainer.game.D
    return torch.cat([critic.neck[0](critic.trunk(x))[:ALIKE].mean(1) for x in batches]).detach()


def plane(axes: Axes, trainer: Trainer, real: Tensor, collapsed: Tensor) -> None:
    """Draws a real batch, and one that has collapsed on a mode."""
    axes.plot(*real.T, "o", color=BLUE, markersize=7, alpha=0.4, mew=0)
    axes.plot(*collapsed.T, "x", color=VERMILLION, markersize=8)
    axes.set(aspect="equal", xlim=(-2.2, 2.6), ylim=(-2.4, 2.4))
    axes.text(0, 0.15, "real batch", fontsize=9, color=BLUE, ha="center")
    axes.text(0, -0.35, "collapsed batch", fontsize=9, color=VERMILLION, ha="center")
    head(axes, f"Two batches of {BATCH}", xlabel="x₁", ylabel="x₂")


def bars(axes: Axes, real: Tensor, collapsed: Tensor, span: tuple[float, float]) -> None:
    """Histograms of a number of the shared points, in real and in collapsed batches."""
    share = np.full(len(real), 100 / len(real))
    axes.hist(
        real.numpy(),
        bins=24,
        range=span,
        weights=share,
        color=BLUE,
        alpha=0.4,
        label="in a real batch",
    )
    axes.hist(
        collapsed.numpy(),
        bins=24,
        range=span,
        weights=share,
        histtype="step",
        color=VERMILLION,
        linewidth=1.8,
        label="in a collapsed batch",
    )
    axes.set(ylim=(0, 105))
