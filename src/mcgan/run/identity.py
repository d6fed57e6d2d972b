"""What makes two runs the same: whole runs for a folder, their generators and data for a table."""

from collections.abc import Iterable, Mapping
from typing import Any

from mcgan.config.naming import PLACES, TOLD

MEASURED = ("dataset", "protocol", "eval")  # they say how a generator is measured, not what it is
OUTSIDE = {"seed", "replicas", *PLACES, *TOLD}  # the same generator, trained from other draws
WITHOUT_EFFECT = {
    "dataset": {"root", "download"},
    "train": {
        "device",
        "devices",
        "compile",
        "capture",
        "threads",
        "checkpoint_every",
        "log_every",
    },
}
"""Of a group the settings that change no score."""
AS_BEFORE: dict[str, dict[str, Any]] = {
    "optim": {"lr_floor": 0.0},
    "objective": {"generator_steps": 1, "catch_up": 0},
    "arch": {
        "critic_activation": None,
        "critic_octaves": 0,
        "norm": "none",
        "weights": "torch",
        "weights_scale": 1.0,
    },
    "train": {"devices": 1, "capture": False},
    "eval": {"features": None},
    "dataset": {"split": "train", "background": "white", "white": None, "unit": None},
}  # later settings: what older runs did without them


def identity(config: Mapping[str, Any]) -> dict[str, Any]:
    """The config without paths, names and papers: two runs with an equal identity are the same.

    A setting that is null is as one that is not there, as in runs of before there was the setting.
    """
    apart = PLACES | TOLD | {"data_kind"}  # whose effect stands in the settings that it chose
    kept = {key: value for key, value in config.items() if key not in apart and value is not None}
    later = {
        name: {k: v for k, v in group(config, name).items() if k not in known or v != known[k]}
        for name, known in AS_BEFORE.items()
    }
    return kept | later | {"dataset": without(later["dataset"], WITHOUT_EFFECT["dataset"])}


def generator_of(config: Mapping[str, Any]) -> dict[str, Any]:
    """What makes a generator what it is, whatever its seed: runs equal in it are pooled."""
    kept = without(identity(config), {*OUTSIDE, *MEASURED})
    train = without(group(config, "train"), WITHOUT_EFFECT["train"])
    return kept | ({"train": train} if train else {})


def data_of(config: Mapping[str, Any]) -> dict[str, Any]:
    """What the data are, wherever they lie: runs that are equal in it may share a table."""
    return dict(identity(config)["dataset"])


def group(config: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The settings of a group; none where a damaged file has something else there."""
    found = config.get(name)
    return found if isinstance(found, dict) else {}


def without(node: Mapping[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    """A copy of a mapping that lacks some keys."""
    return {key: value for key, value in node.items() if key not in {*keys}}
