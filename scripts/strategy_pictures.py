"""Draw what a strategy does to a small game in the plane, for its page of the site.

    python scripts/strategy_pictures.py            # all that are drawn
    python scripts/strategy_pictures.py r1 pac     # these alone, ten seconds each

Two trainings of one game, without the strategy and with it: the samples, and the critic's scores
with the direction in which G's loss pushes its fakes. One seed shows the kind of an effect, not its
size, and nothing is tuned: what the docs say of a strategy is measured elsewhere.
"""

import argparse
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import torch
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from torch import Tensor

from mcgan.config.compose import compose
from mcgan.engine.draws import stream
from mcgan.experiment.components import Components, build_components
from mcgan.explain._game import law
from mcgan.explain._sheet import head, image
from mcgan.gan.sampling import sampler
from mcgan.metrics.evaluate import evaluate
from mcgan.verdict.critic import score_surface
from mcgan.view.figures.landscape import CELLS, grid_of
from mcgan.view.figures.modemap import MAP
from mcgan.view.figures.scatter import marks
from mcgan.view.figures.style import BLUE, FAINT, INK, VERMILLION, headline, new_figure, place

OUT = Path(__file__).resolve().parents[1] / "docs" / "pictures" / "strategies"
GAME = ("experiment=rotate", "dataset=ring", "dataset.std=0.1", "replicas=1", "seed=0")
STEPS, DRAWN, SHOWN = 1000, 2000, 800  # samples measured, and drawn
COLOURS, SIDE, LONGEST = 64, 1.8, 0.5  # of the PNG; half the plane and an arrow, in data units
PANEL, GAP, BELOW = 2.6, 0.15, 0.6  # inches
RING = 6 * 0.1 / (2 * SIDE) * PANEL * 72  # points: the circle of 3σ round a mode
CAPTION = "Below: D's scores, dark is more real; arrows: where G's fakes are pushed"
# A strategy is drawn in the company that its paper gives it.
DRAWN_WITH = {
    "clip": ("objective=wgan",),
    "dmgan_pl": ("reg=dmgan_pl",),
    "gradient_penalty": ("objective=wgan_gp",),
    "minibatch": ("reg=minibatch",),
    "mixture": ("reg=mixture",),
    "pac": ("reg=pac",),
    "r1": ("reg=r1",),
    "replay": ("reg=replay",),
}


class Played(NamedTuple):
    """A trained game: its samples, and the critic's surface where samples have scores."""

    parts: Components
    x: Tensor  # (DRAWN, 2) in net units
    fakes: Tensor  # (1, batch, 2)
    surface: tuple[Tensor, Tensor] | None  # scores (1, CELLS²), pushes (1, batch, 2)


@cache
def play(words: tuple[str, ...], steps: int) -> Played:
    """Trains the game with these words."""
    told = compose("name=picture", "train.device=cpu", *GAME, *words, f"train.steps={steps}")
    parts = build_components(told.config)
    trainer = parts.trainer(False)
    for _ in range(steps):
        trainer.step()
    draw = sampler(trainer.game)
    x = draw(trainer.replicas.replica(0), DRAWN, stream(0, "picture")).x
    real, fakes = parts.dataset.draw(trainer.game.batch, stream(1, "picture")), x[None, :64]
    grid = grid_of(parts.dataset)
    surface = score_surface(trainer.game, trainer.replicas, grid, real, fakes)
    return Played(parts, x, fakes, surface)


def draw(strategy: str, steps: int = STEPS) -> bytes:
    """A PNG of 2 x 2 panels: samples above, the critic below; without it and with it."""
    words = DRAWN_WITH[strategy]
    figure = new_figure(2 * PANEL + 3 * GAP, BELOW + 2 * PANEL + GAP + 0.5)
    for column, (name, added) in enumerate((("without it", ()), (" ".join(words), words))):
        played, left = play(added, steps), GAP + column * (PANEL + GAP)
        show_samples(place(figure, left, BELOW + PANEL + GAP, PANEL, PANEL), played, name)
        show_critic(place(figure, left, BELOW, PANEL, PANEL), played)
    headline(figure, "", CAPTION, legend())
    data = BytesIO()
    image(figure, COLOURS).save(data, format="PNG", optimize=True)
    return data.getvalue()


def legend() -> list[Line2D]:
    mode = Line2D([], [], linestyle="none", marker="o", mfc="none", mec=FAINT, label="3σ of a mode")
    return [*marks()[:2], mode]


def show_samples(axes: Axes, played: Played, name: str) -> None:
    """Samples in data units, and in the head how many modes they cover."""
    dataset = played.parts.dataset
    x = played.x[:SHOWN]
    good, points = dataset.recognise(x).good, x * dataset.scale
    for shown, colour in ((~good, VERMILLION), (good, BLUE)):
        axes.plot(*points[shown].T.numpy(), ".", color=colour, markersize=2.5, mew=0)
    scores = evaluate(played.x, dataset, played.parts.protocol)
    covered, quality = scores["modes_covered"] or 0, scores["quality"] or 0
    head(axes, f"{name}\n{covered:.0f} of 8 modes, {100 * quality:.0f} % good samples")
    frame(axes, played)


def show_critic(axes: Axes, played: Played) -> None:
    """Contours of the score, and arrows at fakes; words alone where only packs have a score."""
    frame(axes, played)
    if played.surface is None:
        axes.text(0, 0, "D judges packs of samples:\none has no score", ha="center", fontsize=8)
        return
    scale = played.parts.dataset.scale
    scores, pushes = played.surface
    x, y = (grid_of(played.parts.dataset) * scale).reshape(CELLS, CELLS, 2).unbind(2)
    axes.contourf(x, y, scores[0].reshape(CELLS, CELLS), levels=9, cmap=MAP)
    step = pushes[0] / pushes[0].norm(dim=1).max().clamp(min=1e-30) * LONGEST
    at = played.fakes[0] * scale
    axes.quiver(*at.T, *step.T, color=VERMILLION, angles="xy", scale_units="xy", scale=1,
                width=0.006)  # fmt: skip
    axes.plot(*at.T, "o", color=VERMILLION, markersize=2, mew=0)


def frame(axes: Axes, played: Played) -> None:
    """The plane in data units, with a ring round each mode of the data."""
    centres = law(played.parts).centres * played.parts.dataset.scale
    axes.plot(*centres.T.numpy(), "o", mfc="none", mec=FAINT, markersize=RING, mew=0.8, zorder=3)
    axes.set(aspect="equal", xlim=(-SIDE, SIDE), ylim=(-SIDE, SIDE), xticks=(), yticks=())
    axes.spines[:].set(visible=True, color=INK, linewidth=0.5)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="these strategies alone")
    names = parser.parse_args().names or [*DRAWN_WITH]
    torch.set_num_threads(1)
    OUT.mkdir(parents=True, exist_ok=True)
    for name in names:
        (OUT / f"{name}.png").write_bytes(draw(name))
        print(OUT / f"{name}.png", flush=True)


if __name__ == "__main__":
    main()
