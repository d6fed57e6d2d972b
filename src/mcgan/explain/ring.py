"""An animation of collapse on the ring: a generator that hops among modes, and one that stays"""

from typing import NamedTuple

import torch
from matplotlib.axes import Axes
from torch import Tensor

from mcgan.draws import stream
from mcgan.explain._game import parts_of, trainer_of
from mcgan.explain._sheet import Picture, Sheet, animation, head, image
from mcgan.metrics.evaluate import evaluate
from mcgan.parts import Parts
from mcgan.view.scatter import marks
from mcgan.view.style import BLUE, FAINT, VERMILLION

STEPS, EVERY, DRAWN, SHOWN = 2400, 40, 1000, 500  # samples measured in a frame, and drawn
COLOURS, FRAME, LAST = 20, 120, 3000  # of the GIF; milliseconds of a frame, and of the last
NETS = ("dataset.std=0.03", "train.batch_size=128", "optim.lr=1e-3", "optim.d.lr=1e-4")
COLLAPSE = ("objective=non_saturating",)
CURE = ("objective=rpgan", "reg=[mixture,r1,r2,ema]", "reg.mixture.generators=8", "reg.mixture.shared=3",
        "reg.r1.gamma=0.02", "reg.r2.gamma=0.02", "optim.d.lr=1e-3")


class Frame(NamedTuple):
    step: int
    x: Tensor  # (DRAWN, 2)
    scores: dict[str, float | None]  # as an evaluation gives them


def draw(seed: int) -> Picture:
    sides = [film(COLLAPSE, seed), film(CURE, seed)]
    sheet = Sheet("The same nets on the ring of eight", "", columns=2, size=(3.2, 3.2), gap=0.5)
    sheet.legend(marks()[:2])
    dots = [empty(axes, parts) for axes, (parts, _) in zip(sheet.axes, sides, strict=True)]
    clock = sheet.figure.text(0.5, 0.87, "", fontsize=10, ha="center")
    pictures = []
    for frames in zip(*(frames for _, frames in sides), strict=True):
        clock.set_text(f"step {frames[0].step:,}")
        for axes, (parts, _), frame, shown in zip(sheet.axes, sides, frames, dots, strict=True):
            update(axes, parts, frame, shown)
        pictures.append(image(sheet.figure, COLOURS))
    return animation(pictures, [FRAME] * (len(pictures) - 1) + [LAST])


def film(words: tuple[str, ...], seed: int, steps: int = STEPS) -> tuple[Parts, list[Frame]]:
    parts = parts_of(*NETS, *words, f"train.steps={steps}")
    trainer = trainer_of(parts, [seed])
    frames = []
    for step in range(steps + 1):
        if step % EVERY == 0:
            x = trainer.game.sampler()(trainer.replica(0), DRAWN, stream(seed, "picture")).x
            frames.append(Frame(step, x, evaluate(x, parts.dataset, parts.protocol)))
        trainer.step()
    return parts, frames


def empty(axes: Axes, parts: Parts) -> tuple:
    """Circles where the modes are, and dots of both kinds to be moved."""
    centres = parts.dataset.law.centres * parts.dataset.scale
    axes.plot(*centres.T, "o", color="white", mec=FAINT, markersize=14, mew=1)
    axes.set(aspect="equal", xlim=(-1.6, 1.6), ylim=(-1.6, 1.6), xticks=(-1, 0, 1),
             yticks=(-1, 0, 1))
    return tuple(axes.plot([], [], ".", color=colour, markersize=4, mew=0)[0]
                 for colour in (VERMILLION, BLUE))


def update(axes: Axes, name: str, parts: Parts, frame: Frame, dots: tuple) -> None:
    good = parts.dataset.recognise(frame.x[:SHOWN]).good
    points = frame.x[:SHOWN] * parts.dataset.scale
    for shown, line in zip((~good, good), dots, strict=True):
        line.set_data(*points[shown].T.numpy())
    modes, quality = frame.scores["modes_strict"], frame.scores["quality"]
    head(axes, f"{name}\n{modes:.0f} of 8 modes · {100 * quality:.0f} % high quality",
         xlabel="x₁", ylabel="x₂")
