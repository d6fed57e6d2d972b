"""What an option means in this version of mcgan, so that a change of it does not go unnoticed.

A result tells the settings that were used. It does not tell whether the same settings stand for
the same formula, nor whether what was not typed has had the same defaults. A meaning tells both.
"""

import dataclasses
import hashlib
import json
from collections.abc import Iterable
from typing import Any

from mcgan.config.build import locate
from mcgan.config.option_file import option_file, own_node
from mcgan.errors import UserError
from mcgan.system.quick_yaml import read_yaml

Meaning = dict[str, Any]  # "version" of the formula, "defaults": a digest


def read_meanings(used: Iterable[tuple[str, str]]) -> dict[str, Meaning]:
    """The meaning of each option that a run used: `reg=r1` -> its version and its defaults.

    What is no longer there, such as a strategy that somebody has renamed, is left out.
    """
    found = {}
    for group, name in used:
        try:
            found[f"{group}={name}"] = read_meaning(group, name)
        except UserError:
            continue
    return found


def read_meaning(group: str, name: str) -> Meaning:
    """The version that the option's class declares, and a digest of all its defaults.

    These are the YAML, without its comments, and the defaults of the class. Raises UserError where
    there is no such option, or where its class cannot be imported.
    """
    text = option_file(group, name).read_text(encoding="utf-8")
    target = own_node(text, group).get("_target_")
    known = locate(target, object, f"{group} {name}") if target else object
    defaults = json.dumps(
        [read_yaml(text), class_defaults(known)],
        sort_keys=True,
        default=lambda value: type(value).__name__,
    )
    return {
        "version": getattr(known, "version", 1),
        "defaults": hashlib.sha256(defaults.encode()).hexdigest()[:8],
    }


def class_defaults(known: Any) -> dict[str, Any]:
    """The defaults of a dataclass's settings; nothing for another class."""
    fields = dataclasses.fields(known) if dataclasses.is_dataclass(known) else ()
    return {
        field.name: field.default_factory()
        if field.default_factory is not dataclasses.MISSING
        else field.default
        for field in fields
        if field.init and not (field.default is field.default_factory is dataclasses.MISSING)
    }
