"""Draw what a strategy does to a small game in the plane, for its page of the site.

    python scripts/strategy_pictures.py            # all that are drawn
    python scripts/strategy_pictures.py r1 pac     # these alone, ten seconds each

Two trainings of one game, without the strategy and with it: the samples, and the critic's scores
with the direction in which G's loss pushes its fakes. One seed shows the kind of an effect, not its
size, and nothing is tuned: what the docs say of a strategy is measured elsewhere. What the games
were and covered goes into drawn.json, of which scripts/site.py makes the captions.
"""

import argparse
import json
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import torch
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from strategy_companies import COMPANIES, NOT_DRAWN, Drawing
from torch import Tensor

from mcgan.cli import options
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
RECORD = "drawn.json"
GAME = ("experiment=rotate", "dataset=ring", "dataset.std=0.1", "replicas=1", "seed=0")
DRAWN, SHOWN = 2000, 800  # samples measured, and drawn
COLOURS, SIDE, LONGEST = 64, 1.8, 0.5  # of the PNG; half the plane and an arrow, in data units
PANEL, GAP, BELOW = 2.6, 0.15, 0.6  # inches
RING = 6 * 0.1 / (2 * SIDE) * PANEL * 72  # points: the circle of 3σ round a mode
CAPTION = "Below: D's scores, dark is more real; arrows: where G's fakes are pushed"


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


def drawing(strategy: str) -> Drawing:
    return COMPANIES.get(strategy, Drawing((f"reg={strategy}",)))


def draw(strategy: str, told: Drawing) -> bytes:
    """A PNG of 2 x 2 panels: samples above, the critic below; without it and with it."""
    figure = new_figure(2 * PANEL + 3 * GAP, BELOW + 2 * PANEL + GAP + 0.5)
    columns = ("without it", told.without), (f"with {strategy}", told.words)
    for column, (name, words) in enumerate(columns):
        played, left = play(words, told.steps), GAP + column * (PANEL + GAP)
        show_samples(place(figure, left, BELOW + PANEL + GAP, PANEL, PANEL), played, name)
        show_critic(place(figure, left, BELOW, PANEL, PANEL), played)
    headline(figure, "", CAPTION, legend())
    data = BytesIO()
    image(figure, COLOURS).save(data, format="PNG", optimize=True)
    return data.getvalue()


def record(told: Drawing) -> dict[str, object]:
    """What the two games were, and how much of the data they cover."""
    games = {"without": told.without, "with": told.words}
    return {
        "steps": told.steps,
        **{key: {"words": words, **count(play(words, told.steps))} for key, words in games.items()},
    }


def count(played: Played) -> dict[str, float]:
    """How many modes the samples cover, and the share of good ones."""
    scores = evaluate(played.x, played.parts.dataset, played.parts.protocol)
    return {"modes": scores["modes_covered"] or 0, "quality": scores["quality"] or 0}


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
    found = count(played)
    head(
        axes,
        f"{name}\n{found['modes']:.0f} of 8 modes, {100 * found['quality']:.0f} % good samples",
    )
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


def names() -> list[str]:
    """Every strategy that can be drawn."""
    return sorted({option.name for option in options.groups()["reg"]} - {"none", *NOT_DRAWN})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="these strategies alone")
    torch.set_num_threads(1)
    OUT.mkdir(parents=True, exist_ok=True)
    for name in parser.parse_args().names or names():
        told = drawing(name)
        (OUT / f"{name}.png").write_bytes(draw(name, told))
        write(name, record(told))
        print(OUT / f"{name}.png", flush=True)


def write(name: str, drawn: dict[str, object]) -> None:
    """Puts a strategy's record beside the others."""
    file = OUT / RECORD
    found = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    file.write_text(
        json.dumps(found | {name: drawn}, indent=1, sort_keys=True) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
