"""The one place that writes a run's numbers and pictures."""

import logging
from collections import ChainMap
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mcgan.errors import UserError
from mcgan.metrics.measures import ends, measure
from mcgan.run.directory import RunDirectory
from mcgan.run.metrics_log import MetricsLog, Values, clean
from mcgan.run.states import RunState
from mcgan.system import atomic

if TYPE_CHECKING:
    from matplotlib.figure import Figure

log = logging.getLogger(__name__)

Scores = Mapping[str, float | None]


class Recorder:
    """metrics.jsonl is the truth; TensorBoard and figures/ are views of it.

    Values are lists, one per replica. With `resume_step` what was logged of later steps is dropped:
    log and evaluate a step before you save it. `tensorboard=False` writes no events; `images`:
    that is what the data are. Every method raises UserError where the disk refuses.
    """

    def __init__(
        self,
        run: RunDirectory,
        resume_step: int | None = None,
        tensorboard: bool = True,
        images: bool = False,
    ) -> None:
        self.run = run
        self.history = MetricsLog(run.metrics, resume_step)
        self.board = None
        if tensorboard:
            from mcgan.view.tensorboard.board import Board  # imports torch and TensorBoard

            self.board = Board(
                run.folder, run.config(), resume_step, images, run.status().get("choices")
            )

    def train(self, step: int, values: Mapping[str, Values]) -> None:
        """A log line of training: `loss/…`, `score/…`, `grad_norm/…`, `time/…`."""
        self.history.append("train", step, values)
        if self.board:
            self.board.scalars(step, {tag: mean(each) for tag, each in values.items()})

    def evaluation(
        self, step: int, values: Mapping[str, Values], reference: Mapping[str, Scores]
    ) -> None:
        """Scores by the names of `metrics.evaluate`, beside what `metrics.reference` gives."""
        self.history.append("eval", step, values)
        if self.board:
            perfect = reference.get("perfect", {})
            bands = (add_bands(key, each, perfect.get(key)) for key, each in values.items())
            self.board.scalars(step, dict(ChainMap(*bands)))

    def health(self, step: int, values: Mapping[str, Values]) -> None:
        """An evaluation's early signs of collapse, `health/…`."""
        self.history.append("health", step, values)
        if self.board:
            bands = (band(tag, tag.partition("/")[2], each) for tag, each in values.items())
            self.board.scalars(step, dict(ChainMap(*bands)))

    def verdict(self, step: int, headline: str, text: str) -> None:
        """What has become of the run: a line for status.json, Markdown for TensorBoard."""
        self.run.mark(RunState.RUNNING, verdict={"step": step, "text": headline})
        if self.board:
            self.board.text(step, "verdict", text)

    def figure(self, step: int, name: str, figure: "Figure", last: bool = False) -> None:
        """Writes figures/NAME-STEP.png and the picture NAME of TensorBoard.

        The last one has twice the dots: it is what pages and talks show.
        """
        from mcgan.view.figures.style import png

        picture = png(figure, scale=2 if last else 1)
        with atomic.disk_errors(self.run.figures):
            self.run.figures.mkdir(exist_ok=True)
        atomic.write_bytes(self.run.figures / f"{name}-{step:08d}.png", picture)
        if self.board:
            self.board.picture(step, name, picture)

    def sync(self) -> None:
        """Makes rows and events last, before a checkpoint that counts on them."""
        self.history.sync()
        if self.board:
            self.board.sync()
        atomic.sync_folder(self.run.folder)  # the names of new files

    def finish(
        self, state: RunState, result: Mapping[str, Any] | None = None, **fields: Any
    ) -> None:
        """Closes everything and ends status.json with `state` and `fields` (step, score, error)."""
        if result is not None:
            self.run.save_result(result)
        self.run.end(state, **fields)
        self.close(state)

    def close(self, state: RunState) -> None:
        """A view that cannot be closed costs a warning: the run has ended as its status says."""
        try:
            self.history.close()
            if self.board:
                self.board.close(state)
        except UserError as error:
            log.warning("%s", error)


def mean(values: Values) -> float | None:
    """Over the replicas that have a number."""
    known = [value for value in clean(values) if value is not None]
    return sum(known) / len(known) if known else None


def add_bands(key: str, values: Values, perfect: float | None) -> dict[str, float | None]:
    """Mean, 95 % band and a perfect sampler's value, by tag. One replica's band has no width."""
    return band(measure(key).tag, key, values) | {f"perfect/{key}": perfect}


def band(tag: str, key: str, values: Values) -> dict[str, float | None]:
    """A measure's mean over replicas by its tag, and the ends of its 95 % interval by theirs."""
    spread = measure(key).interval(values)
    lower = spread.mean if spread.lower is None else spread.lower
    upper = spread.mean if spread.upper is None else spread.upper
    return {tag: spread.mean, **dict(zip(ends(key), (lower, upper), strict=True))}
