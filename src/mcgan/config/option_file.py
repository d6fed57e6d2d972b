"""What the YAML of an option and the class it names say of each setting."""

import math
import re
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from mcgan.config.build import locate
from mcgan.config.messages import describe_unknown_option, list_options
from mcgan.config.multiple import say
from mcgan.config.paths import conf_dirs
from mcgan.config.settings import Setting, read_settings
from mcgan.errors import UserError
from mcgan.system.quick_yaml import read_yaml

NOT_SETTINGS = {"defaults", "_target_", "hydra"}


class SettingRow(NamedTuple):
    """A setting of an option as people read it."""

    name: str
    default: str  # as the YAML writes it
    allowed: str  # type, choices or bounds, of the class; empty where there is no class
    explanation: str  # the YAML's comment


def option_file(group: str, name: str) -> Path:
    """The YAML of an option. Raises UserError, with the options there are, where there is none."""
    if name not in list_options(group):  # by its name: a path could lead anywhere
        raise UserError(describe_unknown_option(group, name, list_options(group)))
    files = (folder / group / f"{name}.yaml" for folder in conf_dirs())
    return next(file for file in files if file.is_file())


def own_node(text: str, group: str) -> dict[str, Any]:
    """The option's own part of a YAML; a recipe sets other groups beside its own."""
    whole = read_yaml(text) or {}
    own = whole.get(group)
    return own if isinstance(own, dict) and "_target_" in own else whole


def rows(text: str, group: str, where: str) -> list[SettingRow]:
    """Every setting of an option's YAML, in its order. Imports the class that it names."""
    own = own_node(text, group)
    allowed = class_settings(own, where)
    return [
        row(text, name, value, allowed.get(name))
        for name, value in own.items()
        if name not in NOT_SETTINGS
    ]


def class_settings(own: dict[str, Any], where: str) -> dict[str, Setting]:
    """What the class of an option declares; nothing where it names none."""
    if "_target_" not in own:
        return {}
    return read_settings(locate(own["_target_"], object, where))


def row(text: str, name: str, value: Any, setting: Setting | None) -> SettingRow:
    """A setting as its line in the YAML has it."""
    line = re.search(rf"^ *{re.escape(name)}: *(.*?) *(?:# *(.*))?$", text, re.M)
    default, comment = line.groups() if line else ("", "")
    whole = {"default_flow_style": True, "sort_keys": False, "width": math.inf}  # in one line
    shown = default or yaml.safe_dump(value, **whole).strip()
    return SettingRow(name, say(shown), setting.words() if setting else "", comment or "")
