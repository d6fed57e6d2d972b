"""What Hydra and OmegaConf refuse, in one sentence for who typed it."""

import re
import shlex
from collections.abc import Iterable, Mapping
from typing import Any

from hydra.errors import (
    ConfigCompositionException,
    HydraException,
    MissingConfigException,
    OverrideParseException,
)
from omegaconf import DictConfig
from omegaconf.errors import ConfigKeyError, MissingMandatoryValue, OmegaConfBaseException

from mcgan.config.paths import conf_dirs
from mcgan.config.words import quote_word
from mcgan.errors import JobError, UserError, near, near_or_all, one_line

PLUGINS = {
    "hydra/launcher=joblib": "hydra-joblib-launcher",
    "hydra/launcher=submitit_slurm": "hydra-submitit-launcher",
    "hydra/launcher=submitit_local": "hydra-submitit-launcher",
    "hydra/sweeper=optuna": "hydra-optuna-sweeper",
}
TYPES = {"Integer": "a whole number", "Float": "a number", "bool": "true or false"}
PARTS = ("train", "eval", "optim", "arch", "dataset", "objective", "protocol")
PLAIN_KEY = re.compile(r"[\w.]+")
NO_TEXT = re.compile(r"\s*([\[{\"']|\w+\(|$)")  # a list, a mapping, quoted already, a function
AMBIGUOUS = re.compile(r"Ambiguous value for argument '([^=]+)=(.*)'$")
GROUPS_OF_MANY = ("reg",)  # A run may have several options of these groups, each by its name.


def explain(error: BaseException) -> str | None:
    """The one-line message for `error`, or None for a bug, which wants its traceback."""
    if isinstance(error, JobError):
        return None
    mistake = find_user_error(error)
    if mistake:
        return one_line(mistake)
    if isinstance(error, MissingConfigException):
        found = re.search(r"Could not (?:find|load) '(.+)/([^/']+)'", str(error))
        if found:
            return describe_unknown_option(found[1], found[2], error.options)
    cause = error.__cause__
    if isinstance(error, ConfigCompositionException) and isinstance(cause, OmegaConfBaseException):
        return describe_unknown_key(cause)
    if isinstance(error, (HydraException, OmegaConfBaseException, ValueError, OSError)):
        return describe(error)
    return None


def find_user_error(error: BaseException | None) -> UserError | None:
    """The UserError that `error` is or wraps: OmegaConf and launchers wrap what they meet."""
    while error:
        if isinstance(error, UserError):
            return error
        error = error.__cause__ or error.__context__
    return None


def describe(error: Exception) -> str:
    """What a library says, in one line, with the setting it says it of."""
    if isinstance(error, OverrideParseException):
        advice = advise_quoting(error.override) or describe_parse_error(error.message)
        return f"cannot read {error.override!r}: {advice}"
    several = AMBIGUOUS.match(str(error).strip().partition("\n")[0])
    if several:
        return describe_several(*several.groups())
    if isinstance(error, OSError) and error.strerror and error.filename:
        return f"cannot write {error.filename}: {error.strerror.lower()}; choose another runs_dir"
    if not isinstance(error, OmegaConfBaseException):
        return one_line(error)
    if isinstance(error, ConfigKeyError) and str(error).startswith("Key '"):
        return describe_unknown_key(error)
    return describe_value(error.full_key or "", error)


def describe_several(key: str, values: str) -> str:
    """That several values want a list or a sweep, and how each is typed."""
    if key in GROUPS_OF_MANY:
        return (
            f"{key}={values} has several values: for one run with all of them type "
            f"'{key}=[{values}]', for a run with each add -m"
        )
    return (
        f"{key}={values} has several values: for a run with each add -m; only a setting that "
        f"is a list takes '{key}=[{values}]', a text {shlex.quote(quote_word(key, values))}"
    )


def describe_value(key: str, error: Exception) -> str:
    """Why OmegaConf refuses the value of the setting `key`."""
    if isinstance(error, MissingMandatoryValue):
        return f"{key} must be given: add {key}=..."
    first = str(error).splitlines()[0]
    if re.match(r"Invalid type assigned: \w+ is not a subclass of", first):
        return f"{key} is a group of settings: give one of them, as {key}.NAME=VALUE"
    typed = re.fullmatch(r"Value (.+?) (?:of type '\w+' could|is) not .* (\w+)(?: \(.*\))?", first)
    if typed and typed[2] in TYPES:
        return f"{key} must be {TYPES[typed[2]]}, not {typed[1]}"
    if first == "Cannot merge DictConfig with ListConfig":
        return f"{key} is no list: give one value, or parts of it as {key}.NAME=VALUE"
    if first.endswith("is not a ListConfig, list or tuple."):
        return f"{key} must be a list, such as [0.5,0.9]"
    return f"{key}: {first}" if key else first


def advise_quoting(word: str | None) -> str:
    """The word as it must be typed where its value is a text; nothing where it is none."""
    key, _, value = (word or "").partition("=")
    if not PLAIN_KEY.fullmatch(key) or NO_TEXT.match(value):
        return ""
    typed = shlex.quote(quote_word(key, value))
    return f"a value with such characters needs quotation marks in quotation marks, type {typed}"


def describe_parse_error(message: str) -> str:
    """What Hydra's parser says, without the override again and without its links."""
    lines = [line for line in message.strip().splitlines() if not line.startswith("See http")]
    said = one_line("\n".join(lines[1:] if lines[0].startswith("Error parsing") else lines))
    return f"{said}; quote values with brackets or blanks"


def describe_unknown_option(group: str, name: str, options: Iterable[str] | None) -> str:
    """That a group has no option of this name, and which it has."""
    plugin = PLUGINS.get(f"{group}={name}")
    if plugin:
        return f"this {group.removeprefix('hydra/')} comes with a plugin: pip install {plugin}"
    known = list(options or list_options(group))  # Hydra names no rivals of an option in a list.
    return f"no {group} named {name!r}{near_or_all(name, known)}"


def describe_unknown_key(cause: Any) -> str:
    """That there is no such setting, and which there are beside it."""
    key, parent = cause.full_key or "", cause.parent_node
    if not str(cause).startswith("Key '"):
        return describe(cause)
    group, _, option = key.rpartition(".")
    if group in GROUPS_OF_MANY and option in list_options(group):
        return f"{key} is set, but not chosen: add {option} to the list '{group}=[...]'"
    if group in GROUPS_OF_MANY:
        hint = near(option, list_options(group), f"{group}.") or f": see `mcgan list {group}`"
        return f"no setting {key!r}{hint}"
    of_a_strategy = group.partition(".")[0] in GROUPS_OF_MANY  # Who names one means its settings.
    places = {} if of_a_strategy else find_places(parent)
    found = [f"{place}.{cause.key}" for place, names in places.items() if cause.key in names]
    if found:
        return f"no setting {key!r}; did you mean {' or '.join(map(repr, found))}?"
    if not group and (elsewhere := find_near(str(cause.key), parent, places)):
        return f"no setting {key!r}{elsewhere}"
    lead = f"{group}." if group else ""
    hint = near_or_all(str(cause.key), names_in(parent), f"{group or 'the config'} has", lead)
    return f"no setting {key!r}{hint}"


def find_near(word: str, root: Any, places: Mapping[str, Iterable[str]]) -> str:
    """A guess for a word without a group: `stepz` may be `train.steps`. Empty where none is near.

    What stands at the root comes first.
    """
    guesses = (near(word, names, f"{place}.") for place, names in places.items())
    return near(word, names_in(root)) or next(filter(None, guesses), "")


def find_places(node: Any) -> dict[str, list[str]]:
    """The settings of each part of the run that ``node`` is of: groups, strategies, train, eval."""
    root = node._get_root() if callable(getattr(node, "_get_root", None)) else {}
    parts = {name: root.get(name) for name in PARTS}
    parts |= {f"reg.{name}": each for name, each in (root.get("reg") or {}).items()}
    return {name: names_in(part) for name, part in parts.items() if isinstance(part, DictConfig)}


def names_in(node: Any) -> list[str]:
    """The settings that a node has, without what is not for people to set."""
    names = map(str, node.keys() if callable(getattr(node, "keys", None)) else [])
    return [name for name in names if name not in ("hydra", "_target_", "data_kind")]


def list_options(group: str) -> list[str]:
    """The names of the YAMLs of a group, ours and those under MCGAN_CONF; of folders `paper/x`."""
    homes = [folder / group for folder in conf_dirs()]
    return sorted(
        {
            file.relative_to(home).with_suffix("").as_posix()
            for home in homes
            for file in home.rglob("*.yaml")
        }
    )
