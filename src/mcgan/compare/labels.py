"""What groups of runs are called: the settings in which they differ, as one would type them."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from mcgan.config.paths import conf_dirs
from mcgan.view.tensorboard.hparams import chosen_name

Config = Mapping[str, Any]
NAMED = ("reg", "objective", "arch", "optim")  # in the order of a label


def labels(configs: Sequence[Config]) -> list[str]:
    """One for each, no two alike: `reg=minibatch objective=wgan_gp`."""
    parts = [*map(" ".join, differences(configs, NAMED))]
    if not all(parts):
        parts = [*map(" ".join, differences(configs, NAMED, NAMED[:2]))]
    seen: Counter[str] = Counter()
    for i, text in enumerate(parts):
        seen[text] += 1
        parts[i] = text if seen[text] == 1 else f"{text} ({seen[text]})"
    return parts


def differences(configs: Sequence[Config], groups: Sequence[str], always: Sequence[str] = ()
                ) -> list[list[str]]:
    """For each config its options that not all share, then settings that peers have otherwise.

    A setting's peers are the configs with the same option: `objective.critic_steps` of another
    objective is no news.
    """
    names = [{group: option(group, config) for group in groups} for config in configs]
    shown = [g for g in groups if g in always or len({name[g] for name in names}) > 1]
    settings = [dict(flat(config)) for config in configs]
    owned = [{(key, owner(key, name)): value for key, value in each.items()}
             for each, name in zip(settings, names, strict=True)]
    news = varied(owned)
    return [
        [f"{group}={name[group]}" for group in shown]
        + [f"{key[0]}={value}" for key, value in each.items() if key in news]
        for each, name in zip(owned, names, strict=True)
    ]


def owner(key: str, names: Mapping[str, str]) -> str:
    """The option that a setting belongs to; of a strategy, whoever else is there, its name."""
    group, *rest = key.split(".")
    return rest[0] if group == "reg" and rest else names.get(group, "")


def varied(owned: Sequence[Mapping[tuple[str, str], str]]) -> set[tuple[str, str]]:
    """The settings that their owners do not have alike, or not all have; what no option owns is
    everybody's."""
    values: dict[tuple[str, str], set[str]] = {}
    for each in owned:
        for key, value in each.items():
            values.setdefault(key, set()).add(value)
    bearers = Counter(key for each in owned for key in each)
    peers = Counter(who for each in owned for who in {owner_of(key) for key in each})
    return {key for key, seen in values.items()
            if len(seen) > 1 or bearers[key] < (peers[owner_of(key)] if key[1] else len(owned))}


def owner_of(key: tuple[str, str]) -> tuple[str, str]:
    return key[0].partition(".")[0], key[1]


def flat(node: Config, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Dotted settings as text; a schedule stays one setting."""
    for name, value in node.items():
        key = f"{prefix}{name}"
        if isinstance(value, Mapping) and "from" not in value:
            yield from flat(value, f"{key}.")
        elif not str(name).startswith("_"):
            yield key, written(value)


def written(value: Any) -> str:
    """As YAML has it, on one line."""
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{key}:{written(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(written, value)) + "]"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return f"{value:g}" if isinstance(value, float) else str(value)


def option(group: str, config: Config) -> str:
    """The option of a group as it was chosen: the YAML of ours or the user's that fits best."""
    node = config.get(group)
    if group == "reg":
        return "+".join(added(config)) or "none"
    if not isinstance(node, Mapping) or "name" in node:
        return chosen_name(node)
    fits = [(alike(yaml, node), name) for name, yaml in options(group, tuple(conf_dirs()))
            if yaml.get("_target_") == node.get("_target_") and set(brought(yaml)) <= regs(config)]
    return max(fits, key=lambda fit: fit[0])[1] if fits else chosen_name(node)


def added(config: Config) -> list[str]:
    """The strategies that the objective does not bring by itself."""
    files = dict(options("objective", tuple(conf_dirs())))
    own = brought(files.get(option("objective", config), {}))
    return [name for name in config.get("reg") or {} if name not in own]


def regs(config: Config) -> set[str]:
    return set(config.get("reg") or {})


def brought(yaml: Mapping[str, Any]) -> list[str]:
    entries = [entry for entry in yaml.get("defaults", []) if isinstance(entry, str)]
    return [entry.removeprefix("/reg/") for entry in entries if entry.startswith("/reg/")]


def alike(yaml: Mapping[str, Any], node: Mapping[str, Any]) -> int:
    return len(brought(yaml)) + sum(node.get(key, ...) == value for key, value in yaml.items())


@cache
def options(group: str, folders: tuple[Path, ...]) -> list[tuple[str, dict[str, Any]]]:
    """Name and content of each YAML of a group that can be read."""
    files = [file for folder in folders for file in sorted((folder / group).glob("*.yaml"))]
    found = [(file.stem, content(file)) for file in files]
    return [(name, yaml) for name, yaml in found if isinstance(yaml, dict)]


def content(file: Path) -> Any:
    import yaml

    try:
        return yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError):
        return None
