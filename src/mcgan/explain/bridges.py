"""Bridges: one connected generator against a mixture of generators (Khayatkhoei et al. 2018)"""

from matplotlib.axes import Axes

from mcgan.engine.draws import stream
from mcgan.experiment.components import Components
from mcgan.explain._game import parts_of, trainer_of
from mcgan.explain._progress import counted
from mcgan.explain._sheet import Picture, Sheet, head
from mcgan.gan.sampling import sampler
from mcgan.types import Sample
from mcgan.view.figures.scatter import marks
from mcgan.view.figures.style import BLUE, INK, VERMILLION

STEPS, DRAWN, SHOWN = 1500, 10_000, 2000  # samples counted, and the first of them in the picture
WORDS = (
    "objective=rpgan",
    "dataset.std=0.03",
    "arch.latent=16",
    "arch.width=64",
    "train.batch_size=128",
    "optim.lr={from: 2e-3, to: 0.0, until: 1.0, shape: cosine}",
    "optim.betas=[0,0.99]",
    "reg.r1.gamma=0.02",
    "reg.r2.gamma=0.02",
)
ONE = ("reg=[r1,r2,ema]",)
SEVERAL = ("reg=[mixture,r1,r2,ema]", "reg.mixture.generators=8", "reg.mixture.shared=3")


def draw(seed: int) -> Picture:
    """The picture: samples of one generator and of a mixture of eight, good ones in blue."""
    sheet = Sheet(
        "A continuous map of a connected set is connected",
        "One generator must stretch its samples across the gaps between modes. "
        "Eight, with a first layer each, need not.",
        columns=2,
        size=(4.0, 4.0),
    )
    for axes, words, name in (
        (sheet.axes[0], ONE, "one generator"),
        (sheet.axes[1], SEVERAL, "a mixture of 8 generators"),
    ):
        parts, sample = train_and_draw(words, seed)
        scatter(axes, parts, sample)
        head(
            axes,
            f"{name}: {100 * quality(parts, sample):.0f} % high quality",
            xlabel="x₁",
            ylabel="x₂",
        )
    number(sheet.axes[1], parts, sample)
    sheet.legend(marks()[:2])
    sheet.caption(
        f"Ring of 8 modes, σ = 0.03; relativistic pairing with R1, R2 and EMA, {STEPS} "
        f"steps, seed {seed}.\nHigh quality: within 3σ of a mode; real data reach "
        f"{100 * parts.dataset.ceiling:.1f} %. Numbers: the eight generators."
    )
    return sheet.picture()


def train_and_draw(
    words: tuple[str, ...], seed: int, steps: int = STEPS
) -> tuple[Components, Sample]:
    """The components of a game, and samples of it once it is trained."""
    parts = parts_of(*words, *WORDS, f"train.steps={steps}")
    trainer = trainer_of(parts, [seed])
    for _ in counted(steps):
        trainer.step()
    draw = sampler(trainer.game)
    return parts, draw(trainer.replicas.replica(0), DRAWN, stream(seed, "picture"))


def quality(parts: Components, sample: Sample) -> float:
    """The share of samples within 3σ of a mode."""
    return parts.dataset.recognise(sample.x).good.float().mean().item()


def scatter(axes: Axes, parts: Components, sample: Sample) -> None:
    """Draws samples in data units, those of high quality in blue."""
    good = parts.dataset.recognise(sample.x[:SHOWN]).good.numpy()
    points = (sample.x[:SHOWN] * parts.dataset.scale).numpy()
    for shown, colour in ((~good, VERMILLION), (good, BLUE)):
        axes.plot(*points[shown].T, ".", color=colour, markersize=3, alpha=0.6, mew=0)
    axes.set(
        aspect="equal", xlim=(-1.5, 1.5), ylim=(-1.5, 1.5), xticks=(-1, 0, 1), yticks=(-1, 0, 1)
    )


def number(axes: Axes, parts: Components, sample: Sample) -> None:
    """Writes each generator's number beside the middle of its samples."""
    for generator in range(8):
        own = sample.x[sample.origin == generator] * parts.dataset.scale
        middle = own.median(0).values.numpy()
        x, y = middle * 1.22
        axes.text(x, y, str(generator + 1), fontsize=10, color=INK, ha="center", va="center")
