"""Which option of each group a run was composed from: stored with the run, not guessed later."""

from collections.abc import Iterable, Mapping
from typing import Any

Choices = dict[str, str | list[str]]  # group -> its option; of strategies all, in their order
ROOT = "config"  # conf/config.yaml
NOTED = "mcgan"  # where they stand beside Hydra's own, which has no order and what options bring


def note_choices(hydra: Any, defaults: Iterable[Any]) -> None:
    """Writes into Hydra's own settings what `noted_choices` reads there."""
    hydra.runtime.choices[NOTED] = read_choices(defaults)


def noted_choices(hydra: Any) -> Choices:
    """The options that a configuration with these settings of Hydra's was composed of."""
    noted = hydra.runtime.choices[NOTED]
    return {group: name if isinstance(name, str) else [*name] for group, name in noted.items()}


def read_choices(defaults: Iterable[Any]) -> Choices:
    """The options that Hydra's defaults list takes from our main file and from the words.

    What an option brings along, such as an objective its strategies, is no choice of the user's.
    """
    found: Choices = {"reg": []}
    for default in defaults:
        path = str(default.config_path)
        group = default.override_key or path.rpartition("/")[0]  # experiment of experiment/paper/x
        name = path.removeprefix(f"{group}/")
        if default.parent != ROOT or not group or group.startswith("hydra"):
            continue
        if group == "reg":
            found["reg"] = [*found.get("reg", []), name]
        else:
            found[group] = name
    return found


def option(group: str, config: Mapping[str, Any], choices: Mapping[str, Any]) -> str:
    """The name of the option that a group has in a run: `rpgan`, `r1+r2+ema`, `none`.

    Runs of before 0.2 stored no choices: their options go by their `name`, else by their class.
    """
    node = config.get(group)
    if group == "reg":
        return "+".join(choose_strategies(node or {}, choices)) or "none"
    if group in choices:
        return str(choices[group])
    if not isinstance(node, Mapping):
        return "none" if node is None else str(node)
    return str(node.get("name") or str(node.get("_target_", "none")).rpartition(".")[2])


def choose_strategies(strategies: Mapping[str, Any], choices: Mapping[str, Any]) -> list[str]:
    """The strategies that were asked for, in their order, without those an objective brought."""
    return [name for name in choices.get("reg", strategies) if name in strategies]
