"""The paper that the topics draw on: panels under a headline, over a caption."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any, NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from PIL import Image

from mcgan.view.figures.style import FAINT, INK, new_figure, place, png

GREEN, PURPLE = "#009E73", "#CC79A7"  # more of Okabe & Ito
LEFT, GAP, BELOW, ABOVE, BETWEEN = 0.75, 0.75, 1.3, 1.15, 0.75  # inches


class Picture(NamedTuple):
    """A picture as the bytes of a file, and that file's ending."""

    suffix: str
    data: bytes


class Sheet:
    """``rows`` × ``columns`` panels of (width, height) inches; ``axes`` row by row.

    ``gap`` and ``between``: inches beside a panel and beneath it.
    """

    def __init__(
        self,
        title: str,
        claim: str,
        columns: int,
        rows: int = 1,
        size: tuple[float, float] = (3.2, 2.9),
        gap: float = GAP,
        between: float = BETWEEN,
    ) -> None:
        wide, high = size
        self.figure = new_figure(
            LEFT + columns * (wide + gap) - gap + 0.3,
            BELOW + rows * (high + between) - between + ABOVE,
        )
        self.axes = [
            place(
                self.figure,
                LEFT + column * (wide + gap),
                BELOW + (rows - 1 - row) * (high + between),
                wide,
                high,
            )
            for row in range(rows)
            for column in range(columns)
        ]
        self._text(title, from_top=0.24, fontsize=13, weight="bold")
        self._text(claim, from_top=0.58, fontsize=9.5)

    def _text(self, text: str, from_top: float, **font: Any) -> None:
        y = 1 - from_top / self.figure.get_figheight()
        self.figure.text(0.5, y, text, color=INK, ha="center", va="center", **font)

    def legend(self, handles: Sequence[Any], **how: Any) -> None:
        """One for all panels, between them and the caption."""
        self.figure.legend(
            handles=handles,
            fontsize=9,
            frameon=False,
            ncols=len(handles),
            loc="center",
            bbox_to_anchor=(0.5, 0.65 / self.figure.get_figheight()),
            **how,
        )

    def caption(self, text: str) -> None:
        """How it was made: the settings, the seed, the steps; one line or two."""
        self.figure.text(
            0.5,
            0.28 / self.figure.get_figheight(),
            text,
            fontsize=8,
            color=INK,
            ha="center",
            va="center",
        )

    def picture(self) -> Picture:
        """The sheet as a PNG."""
        return Picture("png", png(self.figure))


def head(axes: Axes, text: str, **labels: str) -> None:
    """Names a panel; ``labels``: xlabel, ylabel."""
    axes.set_title(text, fontsize=9.5, color=INK, pad=6)
    axes.set(**labels)
    for axis in (axes.xaxis, axes.yaxis):
        axis.label.set_fontsize(9)


def scale(axes: Axes, colours: Any, label: str = "") -> None:
    """What the colours of a panel mean, beside it."""
    beside = axes.inset_axes((1.03, 0, 0.04, 1))
    bar = axes.figure.colorbar(colours, cax=beside)
    bar.outline.set_visible(False)
    bar.ax.tick_params(labelsize=7, length=2)
    bar.locator = MaxNLocator(4)
    bar.update_ticks()
    bar.ax.set_title(label, fontsize=7, color=INK, pad=3)


def floor(axes: Axes, y: float, text: str) -> None:
    """A level to compare with, named at its right end."""
    axes.axhline(y, color=FAINT, linewidth=1, linestyle=(0, (4, 3)), zorder=1)
    axes.text(
        0.99,
        y,
        text,
        fontsize=8,
        color=INK,
        ha="right",
        va="bottom",
        transform=axes.get_yaxis_transform(),
    )


def image(figure: Figure, colours: int) -> Image.Image:
    """A frame of an animation, its colours reduced: every one costs bytes."""
    shown = Image.open(BytesIO(png(figure))).convert("RGB")
    return shown.quantize(colours, dither=Image.Dither.NONE)


def animation(frames: Sequence[Image.Image], durations: Sequence[int]) -> Picture:
    """A GIF that starts again; ``durations`` in milliseconds."""
    data = BytesIO()
    frames[0].save(
        data,
        format="GIF",
        save_all=True,
        append_images=frames[1:],
        duration=list(durations),
        loop=0,
    )
    return Picture("gif", data.getvalue())
