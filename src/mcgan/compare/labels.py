"""What groups of runs are called: the settings in which they differ, as one would type them."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mcgan.config.choices import option

Config = Mapping[str, Any]
NAMED = ("reg", "objective", "arch", "optim")  # in the order of a label


def labels(groups: Sequence[tuple[Config, Mapping[str, Any]]]) -> list[str]:
    """One for each configuration and its choices, all different: `reg=minibatch`."""
    parts = [*map(" ".join, label_parts(groups))]
    seen: Counter[str] = Counter()
    for i, text in enumerate(parts):
        seen[text] += 1
        parts[i] = text if seen[text] == 1 else f"{text} ({seen[text]})"
    return parts


def label_parts(groups: Sequence[tuple[Config, Mapping[str, Any]]]) -> list[list[str]]:
    """The words of each label; where one has none, all begin with strategies and objective."""
    configs = [config for config, _ in groups]
    stored = all(choices for _, choices in groups)  # else class names for all, to compare alike
    names = [
        {group: option(group, config, choices if stored else {}) for group in NAMED}
        for config, choices in groups
    ]
    parts = differences(configs, names)
    return parts if all(parts) else differences(configs, names, NAMED[:2])


def differences(
    configs: Sequence[Config], names: Sequence[Mapping[str, str]], always: Sequence[str] = ()
) -> list[list[str]]:
    """For each config its options that not all share, then settings that peers have otherwise.

    `names` are the options of each config by their group, in the order of a label. A setting's
    peers are the configs with the same option: `objective.critic_steps` of another objective is no
    news.
    """
    groups = names[0] if names else {}
    shown = [g for g in groups if g in always or len({name[g] for name in names}) > 1]
    settings = [dict(flatten(config)) for config in configs]
    owned = [
        {(key, owner(key, name)): value for key, value in each.items()}
        for each, name in zip(settings, names, strict=True)
    ]
    news = find_differing(owned)
    return [
        [f"{group}={name[group]}" for group in shown]
        + [f"{key[0]}={value}" for key, value in each.items() if key in news]
        for each, name in zip(owned, names, strict=True)
    ]


def owner(key: str, names: Mapping[str, str]) -> str:
    """The option that a setting belongs to; of a strategy, whoever else is there, its name."""
    group, *rest = key.split(".")
    return rest[0] if group == "reg" and rest else names.get(group, "")


def find_differing(owned: Sequence[Mapping[tuple[str, str], str]]) -> set[tuple[str, str]]:
    """The settings that their owners do not have alike, or not all have; what no option owns is
    everybody's."""
    values: dict[tuple[str, str], set[str]] = {}
    for each in owned:
        for key, value in each.items():
            values.setdefault(key, set()).add(value)
    bearers = Counter(key for each in owned for key in each)
    peers = Counter(who for each in owned for who in {owner_of(key) for key in each})
    return {
        key
        for key, seen in values.items()
        if len(seen) > 1 or bearers[key] < (peers[owner_of(key)] if key[1] else len(owned))
    }


def owner_of(key: tuple[str, str]) -> tuple[str, str]:
    """The part of the configuration that a setting belongs to, such as ('optim', ...)."""
    return key[0].partition(".")[0], key[1]


def flatten(node: Config, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Dotted settings as text; a schedule stays one setting."""
    for name, value in node.items():
        key = f"{prefix}{name}"
        if isinstance(value, Mapping) and "from" not in value:
            yield from flatten(value, f"{key}.")
        elif not str(name).startswith("_"):
            yield key, write_value(value)


def write_value(value: Any) -> str:
    """As YAML has it, on one line."""
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{key}:{write_value(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(write_value, value)) + "]"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return f"{value:g}" if isinstance(value, float) else str(value)
