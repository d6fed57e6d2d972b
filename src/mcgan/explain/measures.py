"""What the measures mean: constructed samples, and what each count says of them"""

import torch
from matplotlib.axes import Axes
from torch import Generator, Tensor

from mcgan.dataset._gaussian import Gaussians
from mcgan.experiment.components import Components
from mcgan.explain._game import law
from mcgan.explain._samples import COUNT, make, of_modes, tell
from mcgan.explain._sheet import Picture, Sheet, head
from mcgan.view.figures.scatter import marks
from mcgan.view.figures.style import BLUE, FAINT, VERMILLION

STD, SHOWN, SIDE = 0.05, 2000, 1.7  # of the data; points drawn; half the plane
EVEN, HALF = torch.ones(8), torch.tensor([1.0, 1, 1, 1, 0, 0, 0, 0])
TRUE = torch.ones(8, 2)  # as wide as the data
NAMES = {"modes_covered": "covered", "modes_published": "as published", "modes_strict": "strict",
         "quality": "quality", "kl": "KL"}  # fmt: skip
LINES = (("modes_covered", "modes_published", "modes_strict"), ("quality", "kl"))


def perfect(ring: Gaussians, draw: Generator) -> Tensor:
    """Samples of the data's own law."""
    return of_modes(ring, EVEN, draw, TRUE)


def half(ring: Gaussians, draw: Generator) -> Tensor:
    """Samples of four neighbouring modes of the eight."""
    return of_modes(ring, HALF, draw, TRUE)


def half_and_strays(ring: Gaussians, draw: Generator) -> Tensor:
    """One sample in 500 at one of the other modes."""
    return of_modes(ring, HALF + 0.002 * (1 - HALF), draw, TRUE)


def uneven(ring: Gaussians, draw: Generator) -> Tensor:
    """All modes are there, in shares that fall by half from each to the next."""
    return of_modes(ring, 0.5 ** torch.arange(8.0), draw, TRUE)


def blurred(ring: Gaussians, draw: Generator) -> Tensor:
    """Samples of all modes, each 4.5 times as wide as it should be."""
    return of_modes(ring, EVEN, draw, 4.5 * TRUE)


def in_between(ring: Gaussians, draw: Generator) -> Tensor:
    """Nine of ten samples on the chords between neighbouring modes."""
    x = of_modes(ring, EVEN, draw, TRUE)
    start = torch.randint(8, (COUNT,), generator=draw)
    share = torch.rand(COUNT, 1, generator=draw)
    chord = torch.lerp(ring.centres[start].float(), ring.centres[(start + 1) % 8].float(), share)
    return torch.where(torch.rand(COUNT, 1, generator=draw) < 0.9, chord, x)


def noise(ring: Gaussians, draw: Generator) -> Tensor:
    """Samples that know nothing of the modes: uniform over a square around them."""
    reach = 1.5 * float(ring.centres.abs().max())
    return (2 * torch.rand(COUNT, 2, generator=draw) - 1) * reach


def point(ring: Gaussians, draw: Generator) -> Tensor:
    """All samples in the middle of the ring, where no data are."""
    return 0.1 * float(ring.stds[0]) * torch.randn(COUNT, 2, generator=draw)


KINDS = {
    "a perfect sampler": perfect, "half of the modes": half,
    "the same, and a stray in 500": half_and_strays, "every mode half the one before": uneven,
    "all modes, too wide": blurred, "nine of ten between the modes": in_between,
    "even noise": noise, "one point in the middle": point,
}  # fmt: skip


def draw(seed: int) -> Picture:
    """The picture: eight constructed samples, each with five measures."""
    parts, made = make(STD, KINDS, seed)
    sheet = Sheet(
        "No single number tells collapse",
        "The same five measures of eight made-up generators. Good samples (blue) lie "
        "within 3σ of a mode.",
        columns=4,
        rows=2,
        size=(2.6, 2.6),
        gap=0.3,
        between=0.95,
    )
    for axes, (name, (x, scores)) in zip(sheet.axes, made.items(), strict=True):
        scatter(axes, parts, x)
        head(axes, name)
        tell(axes, scores, LINES, NAMES)
    sheet.legend(marks()[:2])
    sheet.caption(
        f"Ring of 8 modes, σ = {STD}; {COUNT:,} samples each, seed {seed}. covered: 20 % "
        "of its share of the good samples; as published: one good sample;\nstrict: 20 % "
        "of its share of all samples, in good ones. KL: of the nearest modes' shares to "
        "the true ones, in nats."
    )
    return sheet.picture()


def scatter(axes: Axes, parts: Components, x: Tensor) -> None:
    """Draws samples in data units, those of high quality in blue, and circles where modes are."""
    good = parts.dataset.recognise(x[:SHOWN]).good.numpy()
    points = (x[:SHOWN] * parts.dataset.scale).numpy()
    centres = law(parts).centres * parts.dataset.scale
    axes.plot(*centres.T, "o", color="none", mec=FAINT, markersize=13, mew=0.8)
    for shown, colour in ((~good, VERMILLION), (good, BLUE)):
        axes.plot(*points[shown].T, ".", color=colour, markersize=3, alpha=0.6, mew=0)
    axes.set(aspect="equal", xlim=(-SIDE, SIDE), ylim=(-SIDE, SIDE), xticks=(), yticks=())
    axes.spines[:].set_visible(False)
