"""An animation of collapse on the ring: a generator that ends on one mode, and one with all"""

from typing import NamedTuple

from matplotlib.axes import Axes
from torch import Tensor

from mcgan.engine.draws import stream
from mcgan.experiment.components import Components
from mcgan.explain._game import law, parts_as_typed
from mcgan.explain._progress import counted
from mcgan.explain._sheet import Picture, Sheet, animation, head, image
from mcgan.gan.sampling import sampler
from mcgan.metrics.evaluate import evaluate
from mcgan.view.figures.scatter import marks
from mcgan.view.figures.style import BLUE, FAINT, VERMILLION

FRAMES, DRAWN, SHOWN = 50, 1000, 500  # after the first one; samples measured in each, and drawn
COLOURS, FRAME, LAST = 48, 120, 3000  # of the GIF; milliseconds of a frame, and of the last
COMMON = ("dataset=ring",)
SIDES = (("experiment=collapse",), ("objective=wgan_gp", "reg=minibatch"))  # to train


class Frame(NamedTuple):
    """One generator at a step: samples in net units, and its scores."""

    step: int
    x: Tensor  # (DRAWN, 2)
    scores: dict[str, float | None]  # as an evaluation gives them


def draw(seed: int) -> Picture:
    """The animation: a collapsing run beside one that covers the ring."""
    sheet = Sheet("Collapse on the ring, and a cure", "", columns=2, size=(3.3, 3.3), gap=0.6)
    sheet.legend(marks()[:2])
    sheet.caption(
        f"The two commands at their own defaults, from the first step to the last, seed {seed}.\n"
        "A mode counts at 20 % of its share of the good samples. High quality: within 3σ of a mode."
    )
    panels = [
        Panel(axes, " ".join(("mcgan train", *words)), *film(words, seed))
        for axes, words in zip(sheet.axes, SIDES, strict=True)
    ]
    shots = []
    for index in range(FRAMES + 1):
        for panel in panels:
            panel.show(index)
        shots.append(image(sheet.figure, COLOURS))
    return animation(shots, [FRAME] * (len(shots) - 1) + [LAST])


def film(words: tuple[str, ...], seed: int) -> tuple[Components, list[Frame]]:
    """Trains the words of one side; returns its parts and its frames."""
    parts = parts_as_typed(*COMMON, *words, f"seed={seed}", "replicas=1")
    trainer = parts.trainer(parts.compiles()[0])  # where that is quicker
    frames = []
    shown = {parts.steps * i // FRAMES for i in range(FRAMES + 1)}
    for step in counted(parts.steps + 1):
        if step in shown:
            tensors = trainer.replicas.replica(0)
            x = sampler(trainer.game)(tensors, DRAWN, stream(seed, "picture")).x
            frames.append(Frame(step, x, evaluate(x, parts.dataset, parts.protocol)))
        trainer.step()
    return parts, frames


class Panel:
    """One side of the animation: a film on its axes."""

    def __init__(self, axes: Axes, name: str, parts: Components, frames: list[Frame]) -> None:
        self.axes, self.name, self.parts, self.frames = axes, name, parts, frames
        centres = law(parts).centres * parts.dataset.scale
        axes.plot(*centres.T, "o", color="white", mec=FAINT, markersize=14, mew=1)
        axes.set(
            aspect="equal", xlim=(-1.6, 1.6), ylim=(-1.6, 1.6), xticks=(-1, 0, 1), yticks=(-1, 0, 1)
        )
        self.dots = [
            axes.plot([], [], ".", color=colour, markersize=4, mew=0)[0]
            for colour in (VERMILLION, BLUE)
        ]

    def show(self, index: int) -> None:
        """Draws a frame over the one before."""
        frame = self.frames[index]
        good = self.parts.dataset.recognise(frame.x[:SHOWN]).good
        points = frame.x[:SHOWN] * self.parts.dataset.scale
        for shown, line in zip((~good, good), self.dots, strict=True):
            line.set_data(*points[shown].T.numpy())
        modes, quality = frame.scores["modes_covered"] or 0, frame.scores["quality"] or 0
        found = f"{modes:.0f} of 8 modes · {100 * quality:.0f} % high quality"
        head(self.axes, f"{self.name}\nstep {frame.step:,}: {found}", xlabel="x₁", ylabel="x₂")
