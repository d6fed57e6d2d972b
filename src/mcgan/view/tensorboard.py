"""TensorBoard: what a run shows there."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mcgan.view.events import EventFile
from mcgan.view.hparams import settings_of, write_session
from mcgan.view.measures import MEASURES, ends

HEALTH = {  # signals of `mcgan.verdict`, one for each way to fail
    "health/diversity": "effective groups / the data's",
    "health/spread": "distance between samples / the data's",
    "health/rank": "effective rank / the data's",
    "health/width": "width inside groups / the data's",
    "health/churn": "churn: samples in another group than before",
    "health/fresh": "samples in groups that had none before",
    "health/critic_fakes": "chance that data score above fakes",
    "health/critic_old": "chance that data score above old fakes",
    "health/slope_fake": "change of the score across the data, at fakes",
    "health/slope_real": "change of the score across the data, at data",
    "health/reach": "change of G's loss across the data: what reaches G",
}
ENDS = {"done": "STATUS_SUCCESS", "failed": "STATUS_FAILURE", "collapsed": "STATUS_FAILURE",
        "diverged": "STATUS_FAILURE"}  # an interrupted run has not ended  # fmt: skip


class Board:
    """Events of one run in `folder`. With `resume_step` those of later steps are purged.

    Every method raises UserError where the disk refuses.
    """

    def __init__(
        self, folder: Path, config: Mapping[str, Any], resume_step: int | None = None,
        images: bool = False,
    ) -> None:
        from torch.utils.tensorboard.summary import custom_scalars

        self.folder, self.settings = folder, settings_of(config)
        first = None if resume_step is None else resume_step + 1
        write_session(folder, self.settings)
        self.events = EventFile(folder, first)
        self.events.add(custom_scalars(layout(images)), 0)
        self.text(first or 0, "config", fenced(config))

    def scalars(self, step: int, values: Mapping[str, float | None]) -> None:
        """One event for all values; there is no point where a value is None."""
        from tensorboard.compat.proto.summary_pb2 import Summary
        from torch.utils.tensorboard.summary import scalar

        known = {tag: value for tag, value in values.items() if value is not None}
        points = [scalar(tag, value, new_style=True).value[0] for tag, value in known.items()]
        self.events.add(Summary(value=points), step)

    def picture(self, step: int, tag: str, png: bytes) -> None:
        """Takes the file's own bytes: `add_figure` would draw and encode once more."""
        from tensorboard.compat.proto.summary_pb2 import Summary

        width, height = (int.from_bytes(png[at : at + 4], "big") for at in (16, 20))  # PNG's IHDR
        image = Summary.Image(height=height, width=width, colorspace=4, encoded_image_string=png)
        self.events.add(Summary(value=[Summary.Value(tag=tag, image=image)]), step)

    def text(self, step: int, tag: str, markdown: str) -> None:
        from torch.utils.tensorboard.summary import text

        self.events.add(text(tag, markdown), step)

    def close(self, state: str) -> None:
        """Ends the HParams row too, unless the run is to be resumed."""
        self.events.close()
        write_session(self.folder, self.settings, ENDS.get(state, ""))


def layout(images: bool) -> dict[str, dict[str, list[Any]]]:
    """The custom scalars: TensorBoard shows equal charts of many runs once, and those without
    data too, so measures that only other data have are left out."""
    bands: dict[str, dict[str, list[Any]]] = {"coverage": {}, "quality": {}}
    limits = {}
    other = "vectors" if images else "images"
    for key, measure in ((key, m) for key, m in MEASURES.items() if m.of != other):
        tags = [measure.tag, *ends(key)]
        bands[measure.tag.partition("/")[0]][measure.label] = ["Margin", tags]
        limits[measure.label] = ["Multiline", [exactly(measure.tag), exactly(f"perfect/{key}")]]
    return {
        "Coverage: mean and 95 % interval over replicas": bands["coverage"],
        "Quality: mean and 95 % interval over replicas": bands["quality"],
        "Beside a perfect sampler": limits,
        "Health: mean and 95 % interval over replicas": {
            label: ["Margin", [tag, *ends(tag.partition("/")[2])]] for tag, label in HEALTH.items()
        },
        "The game": {
            "losses": ["Multiline", ["^loss/"]],
            "critic scores": ["Multiline", ["^score/"]],
            "gradient norms": ["Multiline", ["^grad_norm/"]],
        },
    }


def exactly(tag: str) -> str:
    return f"^{re.escape(tag)}$"


def fenced(config: Mapping[str, Any]) -> str:
    from mcgan.run.directory import as_yaml

    return "```yaml\n" + as_yaml(config) + "```"
