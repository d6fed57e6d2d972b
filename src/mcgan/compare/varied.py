"""What varies among the groups of a table, one setting at a time: its values, and their seeds."""

from collections.abc import Sequence

from mcgan.compare.grouping import Group, Seed
from mcgan.compare.labels import label_parts

Values = dict[str, list[Seed]]  # by the value of a setting, all seeds that have it


def vary(groups: Sequence[Group]) -> dict[str, Values]:
    """The settings that tell groups apart, where at least two do; else the groups tell it all.

    Of each the seeds of all groups with a value, pooled, so that a sweep over two settings shows
    what each of them does. Settings that not every group has are left out.
    """
    parts = [split(words) for words in label_parts([(g.config, g.choices) for g in groups])]
    shared = [key for key in parts[0] if all(key in each for each in parts)] if parts else []
    found: dict[str, Values] = {}
    for key in shared:
        for group, each in zip(groups, parts, strict=True):
            found.setdefault(key, {}).setdefault(each[key], []).extend(group.seeds.values())
    return {key: values for key, values in found.items() if 1 < len(values) < len(groups)}


def split(words: Sequence[str]) -> dict[str, str]:
    """A label's settings by name: `reg=r1` -> {"reg": "r1"}."""
    pairs = (word.partition("=") for word in words)
    return {key: value for key, _, value in pairs}
