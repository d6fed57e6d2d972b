"""Forgetting: what D says of places G has left, without and with replay (Shrivastava 2017)"""

from typing import NamedTuple

import numpy as np
import torch
from matplotlib.axes import Axes
from torch import Tensor

from mcgan.engine.draws import stream
from mcgan.engine.trainer import Trainer
from mcgan.explain._game import Held, against, draw_turn, law, parts_of, trainer_of, verdict
from mcgan.explain._progress import counted
from mcgan.explain._sheet import Picture, Sheet, floor, head, scale
from mcgan.view.figures.modemap import MAP
from mcgan.view.figures.style import BLUE, INK, VERMILLION

PLACES, VISIT, EVERY, SEEDS = 4, 150, 10, 3  # stops of G; D's turns at each, and between two looks
STD, COUNTED, SIDE = 0.1, 256, 2.4  # of G's samples; fakes and real data judged; half the plane
WORDS = (
    f"dataset.modes={PLACES}",
    "arch.latent=3",
    "arch.width=64",
    "optim.lr=2e-3",
    "train.batch_size=128",
    f"train.steps={PLACES * VISIT}",
)
PLAIN = ("reg=none",)
REPLAY = (
    "reg=replay",
    "reg.replay.policy=reservoir",
    "reg.replay.size=8192",
    "reg.replay.probability=0.5",
)


class Memory(NamedTuple):
    """What a critic still says of fakes of earlier places."""

    trainer: Trainer
    fakes: np.ndarray  # (PLACES, looks): share of a place's fakes that D calls fake
    real: np.ndarray  # (looks,): share of real data that D calls real


def draw(seed: int) -> Picture:
    """The picture: a critic after G's round, and what it forgets, without and with replay."""
    sheet = Sheet(
        "A critic that sees only today's fakes forgets yesterday's",
        f"G wanders round the ring and stops between the modes, at 1 to {PLACES}. D sees "
        "G where it is; with replay, half of its fakes are old ones.",
        columns=3,
        size=(2.9, 2.9),
        gap=1.15,
    )
    for axes, words, name, colour in (
        (sheet.axes[0], PLAIN, "without replay", VERMILLION),
        (sheet.axes[1], REPLAY, "with replay", BLUE),
    ):
        memories = [memory(words, seed + i) for i in range(SEEDS)]
        landscape(axes, memories[0].trainer)
        head(axes, f"D after the round, {name}", xlabel="x₁", ylabel="x₂")
        curve(sheet.axes[2], memories, name, colour)
    floor(sheet.axes[2], 50, "a coin")
    sheet.axes[2].legend(fontsize=8, frameon=False, loc="center", bbox_to_anchor=(0.55, 0.7))
    head(
        sheet.axes[2],
        "Fakes of old places that D calls fake",
        ylabel="%",
        xlabel="turns of D since G left the place",
    )
    sheet.caption(
        f"Non-saturating; {VISIT} turns of D at each place.\nLeft: seed {seed}; dark is "
        f"more real, the line is D = ½, crosses are real modes. Right: mean over "
        f"places; median and range of {SEEDS} seeds."
    )
    return sheet.picture()


def memory(words: tuple[str, ...], seed: int, visit: int = VISIT) -> Memory:
    """Train D alone while G is put from place to place."""
    parts = parts_of(*WORDS, *words)
    radius = float(law(parts).centres.norm(dim=1)[0])
    places = around(radius)
    trainer = trainer_of(parts, [seed], lambda s: against(parts, Held(places[:1], STD), s))
    fakes, real = [], []
    for turn in counted(PLACES * visit):
        trainer.replicas.tensors["G.centres"].copy_(places[turn // visit])
        trainer.moves["D"](*draw_turn(trainer, turn, PLACES * visit))
        if turn % EVERY == EVERY - 1:
            seen = measure_recall(trainer, places, turn)
            fakes.append(1 - seen[:-1])
            real.append(seen[-1])
    return Memory(trainer, np.stack(fakes, axis=1), np.array(real))


def around(radius: float) -> Tensor:
    """(PLACES, 2): the middles between modes, in their order."""
    angle = (torch.arange(PLACES) + 0.5) * (2 * torch.pi / PLACES)
    return radius * torch.stack([angle.cos(), angle.sin()], dim=1)


def measure_recall(trainer: Trainer, places: Tensor, turn: int) -> np.ndarray:
    """(PLACES + 1,): the share that D calls real, of each place's fakes and of real data."""
    noise = torch.randn(PLACES, COUNTED, 2, generator=stream(0, "fakes", turn))
    real = trainer.lanes[0].data(COUNTED, stream(0, "real", turn))
    x = torch.cat([places[:, None] + STD * noise, real[None]])
    real_called = (verdict(trainer, x.flatten(0, 1)).score > 0).reshape(-1, COUNTED)
    shares: np.ndarray = real_called.float().mean(1).numpy()
    return shares


def align_by_departure(memory: Memory) -> np.ndarray:
    """(looks - 1,): the share called fake, by the looks since G left, averaged over places."""
    visit = memory.fakes.shape[1] // PLACES
    rows = [memory.fakes[place, (place + 1) * visit - 1 :] for place in range(PLACES - 1)]
    return np.array(
        [np.mean([row[ago] for row in rows if ago < len(row)]) for ago in range(len(rows[0]))]
    )


def curve(axes: Axes, memories: list[Memory], name: str, colour: str) -> None:
    """Draws how many old fakes are called fake over turns since: median and range of seeds."""
    aligned = [align_by_departure(memory) for memory in memories]
    low, middle, high = np.quantile(aligned, (0, 0.5, 1), axis=0) * 100
    turns = EVERY * np.arange(len(middle))
    real = 100 * np.mean([m.real[-1] for m in memories])
    axes.fill_between(turns, low, high, color=colour, alpha=0.2, linewidth=0)
    axes.plot(turns, middle, color=colour, label=f"{name}\n(real data called real: {real:.0f} %)")
    axes.set(ylim=(0, 105))


def landscape(axes: Axes, trainer: Trainer) -> None:
    """Draws D's probability in the plane, the line where it is 1/2, and the places by number."""
    line = torch.linspace(-SIDE, SIDE, 81)
    y, x = torch.meshgrid(line, line, indexing="ij")
    score = verdict(trainer, torch.stack([x, y], dim=2).flatten(0, 1)).score.reshape(x.shape)
    scale(axes, axes.contourf(x, y, score.sigmoid(), levels=np.linspace(0, 1, 21), cmap=MAP), "D")
    axes.contour(x, y, score, levels=[0], colors=INK, linewidths=1.2)
    real = trainer.lanes[0].data(300, stream(0, "real"))
    axes.plot(*real.T, "X", color="white", mec=INK, markersize=5, mew=0.6)
    for number, (a, b) in enumerate(around(float(real.norm(dim=1).mean())).tolist(), 1):
        axes.text(
            a,
            b,
            str(number),
            fontsize=9,
            ha="center",
            va="center",
            bbox={"boxstyle": "circle", "color": "white"},
        )
    axes.set(aspect="equal", xticks=(-2, 0, 2), yticks=(-2, 0, 2))
