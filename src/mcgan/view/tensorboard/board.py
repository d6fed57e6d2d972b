"""TensorBoard: what a run shows there."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from mcgan.metrics.measures import MEASURES, Measure, ends
from mcgan.run.states import RunState
from mcgan.view.tensorboard import summaries
from mcgan.view.tensorboard.events import EventFile
from mcgan.view.tensorboard.hparams import settings_of, write_session

Charts = dict[str, list[Any]]  # by title: a kind, and tags or patterns of tags

BANDS = "mean and 95 % interval over replicas"
HEALTH = {  # signals of `mcgan.verdict`, one for each way to fail
    "health/spread": "distance between samples (1: as the data)",
    "health/rank": "effective rank of samples (1: as the data)",
    "health/width": "width inside groups (1: as the data)",
    "health/thin": "width of the thinnest groups (1: as the data)",
    "health/on_data": "samples that lie on the data (share)",
    "health/blur": "distance to the middle of the group (1: as the data)",
    "health/churn": "samples that changed their group (share)",
    "health/fresh": "samples in groups that had none before (share)",
    "health/diversity": "effective groups (1: as many as the data)",
    "health/critic_old": "accuracy of D on old fakes (½: forgotten)",
}
GAME = {  # of the same, those that tell whether G still learns from D
    "health/critic_fakes": "accuracy of D: data score above fakes (½: blind)",
    "health/reach": "gradient reaching G (loss / width of the data)",
}
ENDS = {RunState.DONE: "STATUS_SUCCESS", RunState.FAILED: "STATUS_FAILURE",
        RunState.COLLAPSED: "STATUS_FAILURE", RunState.DIVERGED: "STATUS_FAILURE"}  # fmt: skip


class Board:
    """Events of one run in `folder`. With `resume_step` those of later steps are purged.

    Every method raises UserError where the disk refuses.
    """

    def __init__(
        self,
        folder: Path,
        config: Mapping[str, Any],
        resume_step: int | None = None,
        images: bool = False,
        choices: Mapping[str, Any] | None = None,
    ) -> None:
        from torch.utils.tensorboard.summary import custom_scalars

        self.folder, self.settings = folder, settings_of(config, choices or {})
        first = None if resume_step is None else resume_step + 1
        write_session(folder, self.settings)
        self.events = EventFile(folder, first)
        asked = bool((config.get("eval") or {}).get("features"))
        self.events.add(custom_scalars(layout(images, asked)), 0)
        self.text(first or 0, "config", fence_yaml(config))

    def scalars(self, step: int, values: Mapping[str, float | None]) -> None:
        """One event for all values; there is no point where a value is None."""
        from tensorboard.compat.proto.summary_pb2 import Summary
        from torch.utils.tensorboard.summary import scalar

        known = {tag: value for tag, value in values.items() if value is not None}
        points = [scalar(tag, value, new_style=True).value[0] for tag, value in known.items()]
        self.events.add(Summary(value=points), step)

    def picture(self, step: int, tag: str, png: bytes) -> None:
        """Adds a picture at a step."""
        self.events.add(summaries.picture(tag, png), step)

    def text(self, step: int, tag: str, markdown: str) -> None:
        """Adds a text in Markdown at a step."""
        self.events.add(summaries.text(tag, markdown), step)

    def sync(self) -> None:
        """Makes the events so far last through a power cut."""
        self.events.sync()

    def close(self, state: RunState) -> None:
        """Ends the HParams row too, unless the run is to be resumed."""
        self.events.close()
        write_session(self.folder, self.settings, ENDS.get(state, ""))


def layout(images: bool, features: bool = False) -> dict[str, Charts]:
    """The custom scalars, pages in the order in which they are read.

    TensorBoard shows equal charts of many runs once, and those without data too. So measures that
    only other data have, or that nobody asked for, are left out.
    """
    other = "vectors" if images else "images"
    shown = [
        m
        for m in MEASURES.values()
        if m.of != other and (features or not m.tag.startswith("features/"))
    ]
    beside = {m.title: lines(exactly(m.tag), exactly(f"perfect/{m.key}")) for m in shown}
    asked = {f"Features: {BANDS}": measures("features/", shown)} if features else {}
    return {
        f"Coverage: {BANDS}": measures("coverage/", shown),
        f"Quality: {BANDS}": measures("quality/", shown),
        **asked,
        "The game": game() | signals(GAME),
        f"Health: {BANDS}": signals(HEALTH),
        "Beside a perfect sampler": beside,
    }


def measures(group: str, shown: Iterable[Measure]) -> Charts:
    """The charts of the measures whose tags begin with a group, each with its band."""
    return page(band(m.title, m.tag, m.key) for m in shown if m.tag.startswith(group))


def signals(titles: Mapping[str, str]) -> Charts:
    """The charts of the verdict's signals, each with its band."""
    return page(band(title, tag, tag.partition("/")[2]) for tag, title in titles.items())


def game() -> Charts:
    """The charts of the two players: losses, scores, gradient norms, and input gradients."""
    slopes = [exactly(f"health/slope_{at}") for at in ("real", "fake")]
    return {
        "losses of D and G (no unit)": lines("^loss/"),
        "scores of data and of fakes by D (no unit)": lines("^score/"),
        "gradient norms of D and G (over all weights)": lines("^grad_norm/"),
        "slope of D at data, at fakes (score / width of the data)": lines(*slopes),
    }


def band(title: str, tag: str, key: str) -> tuple[str, list[Any]]:
    """A chart of a mean with the ends of its 95 % interval."""
    return title, ["Margin", [tag, *ends(key)]]


def lines(*patterns: str) -> list[Any]:
    """A chart of all tags that match a pattern."""
    return ["Multiline", list(patterns)]


def page(charts: Iterable[tuple[str, list[Any]]]) -> Charts:
    """Charts with bands, backwards: TensorBoard's page puts them after all others and the last one
    first, for it inserts each before half of its predecessor's elements."""
    return dict(reversed([*charts]))


def exactly(tag: str) -> str:
    """A pattern that one tag matches."""
    return f"^{re.escape(tag)}$"


def fence_yaml(config: Mapping[str, Any]) -> str:
    """A configuration as a block of YAML in Markdown."""
    from mcgan.run.settings import as_yaml

    return "```yaml\n" + as_yaml(config) + "```"
