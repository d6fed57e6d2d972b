"""What to do with the run that a folder already holds: never overwrite one."""

from enum import Enum
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf

from mcgan.config.naming import PLACES, TOLD
from mcgan.config.paths import show_path
from mcgan.errors import Refused
from mcgan.run.directory import RunDirectory
from mcgan.run.states import ENDED, RunState

CONFIG = Path(".hydra", "config.yaml")
DATA_PLACES = {"root", "download"}  # where data lie is not what they are
AS_BEFORE: dict[str, dict[str, Any]] = {
    "objective": {"generator_steps": 1, "catch_up": 0},
    "arch": {"critic_activation": None, "norm": "none"},
}  # later settings: what older runs did without them


class Plan(Enum):
    """What `mcgan train` does with its folder."""

    START = "train a new run"
    CONTINUE = "go on from the newest checkpoint"
    SKIP = "leave the run alone: it has ended"


def decide(out: Path, config: dict[str, Any], sweeping: bool) -> Plan:
    """What to do in the folder `out`. Raises Refused where an earlier run would be lost.

    With `resume=false` an unfinished run starts anew.
    """
    if not any(out.iterdir()):
        return Plan.START
    state = RunDirectory(out).status().get("state")
    if state is None and not (out / CONFIG).is_file():
        raise Refused(f"{show_path(out)} holds other files: use another name")
    changed = difference(identity(read_stored(out) or config), identity(config))
    if changed:
        raise Refused(f"{show_path(out)} holds a run with other settings ({changed}): "
                      f"use another name, or go on with `mcgan resume {show_path(out)}`")
    if state not in ENDED:
        saved = config["resume"] and any(out.glob("checkpoints/*.pt"))
        return Plan.CONTINUE if saved else Plan.START
    if sweeping:
        return Plan.SKIP
    longer = f", or train longer with `mcgan resume {show_path(out)} train.steps=N`"
    hint = longer if state != RunState.DIVERGED else ""  # none of its replicas can go on
    raise Refused(f"{show_path(out)} is already {state}: use another name{hint}")


def read_stored(out: Path) -> Any:
    path = out / CONFIG
    return OmegaConf.to_container(OmegaConf.load(path)) if path.is_file() else None


def identity(config: dict[str, Any]) -> dict[str, Any]:
    """The config without paths, names and papers: two runs with an equal identity are the same.

    A setting that is null is as one that is not there, as in runs of before there was the setting.
    """
    apart = PLACES | TOLD
    kept = {key: value for key, value in config.items() if key not in apart and value is not None}
    dataset = {k: v for k, v in config.get("dataset", {}).items() if k not in DATA_PLACES}
    later = {group: {k: v for k, v in (config.get(group) or {}).items()
                     if k not in known or v != known[k]} for group, known in AS_BEFORE.items()}
    return kept | {"dataset": dataset, **later}


def difference(old: Any, new: Any, key: str = "") -> str:
    """The first setting that differs, as `train.steps: 100, now 200`; the order of keys counts."""
    if not (isinstance(old, dict) and isinstance(new, dict)):
        return "" if old == new else f"{key}: {old}, now {new}"
    if list(old) != list(new):
        return f"{key or 'groups'}: {', '.join(old) or 'none'}, now {', '.join(new) or 'none'}"
    found = (difference(old[name], new[name], f"{key}.{name}".lstrip(".")) for name in old)
    return next(filter(None, found), "")
