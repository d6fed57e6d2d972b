"""Samples that are made up, measured as those of a generator are: panels with scores beneath."""

from collections.abc import Callable, Mapping

import torch
from matplotlib.axes import Axes
from torch import Generator, Tensor

from mcgan.dataset._gaussian import Gaussians
from mcgan.engine.draws import stream
from mcgan.experiment.components import Components
from mcgan.explain._game import law, parts_of
from mcgan.metrics.evaluate import evaluate
from mcgan.metrics.measures import measure
from mcgan.view.figures.style import INK

COUNT = 10_000  # of each kind of samples
Scores = Mapping[str, float | None]
Make = Callable[[Gaussians, Generator], Tensor]  # COUNT samples (COUNT, 2) in net units


def make(
    std: float, kinds: Mapping[str, Make], seed: int
) -> tuple[Components, dict[str, tuple[Tensor, Scores]]]:
    """The ring of 8 modes of that std, and by kind samples in net units and their scores."""
    parts = parts_of(f"dataset.std={std}")
    made = {name: kind(law(parts), stream(seed, "picture")) for name, kind in kinds.items()}
    return parts, {
        name: (x, evaluate(x, parts.dataset, parts.protocol)) for name, x in made.items()
    }


def of_modes(ring: Gaussians, shares: Tensor, draw: Generator, stretch: Tensor) -> Tensor:
    """Samples of the modes by `shares` (8,), each mode's noise multiplied by its `stretch` (8, 2).

    The first axis is the direction from the centre of the ring, the second the one across.
    """
    mode = torch.multinomial(shares, COUNT, replacement=True, generator=draw)
    out: Tensor = ring.centres[mode].float()
    along = out / out.norm(dim=1, keepdim=True)
    across = torch.stack([-along[:, 1], along[:, 0]], dim=1)
    noise = torch.randn(COUNT, 2, generator=draw) * stretch[mode] * float(ring.stds[0])
    spread: Tensor = noise[:, :1] * along + noise[:, 1:] * across
    return out + spread


def tell(
    axes: Axes, scores: Scores, lines: tuple[tuple[str, ...], ...], names: Mapping[str, str]
) -> None:
    """Scores beneath a panel, as a table shows them: `covered 8 · strict 8`."""
    text = "\n".join(
        " · ".join(f"{names[key]} {measure(key).show(scores[key])}" for key in line)
        for line in lines
    )
    axes.text(
        0.5,
        -0.06,
        text,
        fontsize=8.5,
        color=INK,
        ha="center",
        va="top",
        transform=axes.transAxes,
        linespacing=1.5,
    )
