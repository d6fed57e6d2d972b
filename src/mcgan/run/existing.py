"""A folder that holds a run already: what to do with it, and the settings it was begun with."""

from enum import Enum
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError

from mcgan.config.paths import show_path
from mcgan.errors import Refused, UserError
from mcgan.run.directory import LOCK, RunDirectory
from mcgan.run.identity import identity
from mcgan.run.settings import lasting
from mcgan.run.states import ENDED, RunState
from mcgan.system.atomic import is_leftover

CONFIG = Path(".hydra", "config.yaml")
LAUNCHED = (".hydra/config.yaml", ".hydra/overrides.yaml", ".hydra", "config.yaml", "train.log")
"""What a launch writes before the run begins, each folder after what lies in it."""


class Plan(Enum):
    """What `mcgan train` does with its folder."""

    START = "train a new run"
    CONTINUE = "go on from the newest checkpoint"
    SKIP = "leave the run alone: it has ended"


def decide(out: Path, config: dict[str, Any], sweeping: bool) -> Plan:
    """What to do in the folder `out`. Raises Refused where an earlier run would be lost.

    With `resume=false` an unfinished run starts anew. The caller holds the folder's lock.
    """
    check_apart(out)
    if is_free(out):
        return Plan.START
    status = RunDirectory(out).status()
    state = status.get("state")
    if status.get("mistake") and state == RunState.FAILED and not is_saved(out):
        return Plan.START  # such as for want of memory: nothing was trained yet
    if state is None and not (out / CONFIG).is_file():
        raise Refused(f"{show_path(out)} holds other files: use another name")
    changed = difference(identity(read_stored(out) or config), identity(config))
    if changed:
        hint = f", or go on with `mcgan resume {show_path(out)}`" if is_saved(out) else ""
        raise Refused(
            f"{show_path(out)} holds a run with other settings ({changed}): use another name{hint}"
        )
    if state not in ENDED:
        return Plan.CONTINUE if config["resume"] and is_saved(out) else Plan.START
    if sweeping:
        return Plan.SKIP
    longer = f", or train longer with `mcgan resume {show_path(out)} train.steps=N`"
    hint = longer if state != RunState.DIVERGED else ""  # none of its replicas can go on
    raise Refused(f"{show_path(out)} is already {state}: use another name{hint}")


def check_apart(out: Path) -> None:
    """Raises Refused for a folder within another run, which would be told as a part of that."""
    for folder in out.parents:
        if (folder / CONFIG).is_file() and (folder / "status.json").is_file():
            raise Refused(
                f"{show_path(out)} would lie within the run {show_path(folder)}: use another name"
            )


def is_free(out: Path) -> bool:
    """Whether nothing lies there, or no more than a launch left that was killed before its run."""
    ours = {out / name for name in (LOCK, *(LAUNCHED if (out / ".hydra").is_dir() else ()))}
    return all(path in ours or is_leftover(path) for path in out.rglob("*"))


def is_saved(out: Path) -> bool:
    """Whether a folder has a checkpoint."""
    return any(out.glob("checkpoints/*.pt"))


def read_stored(out: Path) -> dict[Any, Any] | None:
    """The settings of the run that lies there. Raises Refused where they cannot be read."""
    path = out / CONFIG
    if not path.is_file():
        path = out / "config.yaml"  # of a lean run
    if not path.is_file():
        return None
    try:
        return dict(OmegaConf.to_container(OmegaConf.load(path)))  # type: ignore[arg-type]
    except (
        OSError,
        TypeError,
        ValueError,
        RecursionError,
        YAMLError,
        OmegaConfBaseException,
    ) as error:
        raise Refused(
            f"{show_path(path)} cannot be read ({type(error).__name__}): use another "
            f"name, or go on with `mcgan resume {show_path(out)}`"
        ) from error


def read_settings(run: RunDirectory) -> dict[str, Any]:
    """The settings of a run, by its config.yaml.

    Raises UserError where the folder holds no run, and where status.json, which has the settings
    too, tells others: with a digit that a disk has changed it would go on as another run.
    """
    config = run.config()
    changed = difference(lasting(run.status().get("config", config)), lasting(config))
    if changed:
        raise UserError(
            f"{show_path(run.folder)}: config.yaml does not say what status.json says "
            f"({changed}), one of them is damaged: put it right, or take status.json away"
        )
    return config


def difference(old: Any, new: Any, key: str = "") -> str:
    """The first setting that differs, as `train.steps: 100, now 200`; the order of keys counts."""
    if not (isinstance(old, dict) and isinstance(new, dict)):
        return "" if old == new else f"{key}: {old}, now {new}"
    if list(old) != list(new):
        return f"{key or 'groups'}: {join(old)}, now {join(new)}"
    found = (difference(old[name], new[name], f"{key}.{name}".lstrip(".")) for name in old)
    return next(filter(None, found), "")


def join(keys: dict[Any, Any]) -> str:
    """Keys as a list for a sentence, or `none`."""
    return ", ".join(map(str, keys)) or "none"
