"""What a run used: the option of every group, and those that another option brought along."""

from collections.abc import Iterator
from typing import Any

from mcgan.config.bibliography import options_of_class
from mcgan.run.directory import RunDirectory

GROUPS = ("objective", "reg", "dataset", "protocol", "arch", "optim", "experiment")


def read_used(run: RunDirectory) -> list[tuple[str, str]]:
    """Group and option of all that a run was made of, strategies in their order.

    Raises UserError where the folder holds no run.
    """
    config, choices = run.config(), run.status().get("choices") or {}
    return [(group, name) for group in GROUPS for name in options(group, config, choices)]


def options(group: str, config: dict[str, Any], choices: dict[str, Any]) -> Iterator[str]:
    """The names of a group's options. Runs before 0.2 stored no choices: the class tells."""
    node = config.get(group)
    if group == "reg":
        yield from node or {}
    elif group in choices:
        yield str(choices[group])
    elif isinstance(node, dict):
        yield from options_of_class(group, str(node.get("_target_")))[:1]
