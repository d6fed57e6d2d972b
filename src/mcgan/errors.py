"""A user's mistake is one sentence; a bug keeps its traceback."""

import difflib
import re
from collections.abc import Iterable
from typing import Any

LAUNCHERS = {"joblib": "hydra-joblib-launcher", "submitit_slurm": "hydra-submitit-launcher",
             "submitit_local": "hydra-submitit-launcher"}  # fmt: skip
KINDS = {"Integer": "a whole number", "Float": "a number", "bool": "true or false"}
GROUPS_OF_MANY = ("reg",)  # of which a run may have several options, each by its name


class UserError(Exception):
    """A mistake of the user's: one sentence that says what is wrong, where, and what to do."""


class Refused(UserError):
    """A folder that holds another run or other files: nothing there may be touched."""


class JobError(Exception):
    """A bug in a job of another process, by type and text: not every exception can be pickled."""

    in_job = True


def near(word: str, options: Iterable[str]) -> str:
    """`; did you mean 'x'?` for the option nearest to `word`, or nothing."""
    hit = difflib.get_close_matches(word, list(options), n=1)
    return f"; did you mean {hit[0]!r}?" if hit else ""


def one_line(text: object) -> str:
    return re.sub(r"\s*\n\s*", " ", str(text)).strip()


def options_of(group: str) -> list[str]:
    """The names of the YAMLs of a group, ours and those under MCGAN_CONF."""
    from mcgan.config.paths import conf_dirs

    return sorted({file.stem for folder in conf_dirs() for file in (folder / group).glob("*.yaml")})


def explain(error: BaseException) -> str | None:
    """The one-line message for `error`, or None for a bug, which wants its traceback."""
    from hydra.errors import ConfigCompositionException, HydraException, MissingConfigException
    from omegaconf.errors import OmegaConfBaseException

    mistake = user_error(error)
    if mistake:
        return one_line(mistake)
    if getattr(error, "in_job", False):
        return None
    if isinstance(error, MissingConfigException):
        found = re.search(r"Could not (?:find|load) '(.+)/([^/']+)'", str(error))
        if found:
            return unknown_option(found[1], found[2], error.options)
    cause = error.__cause__
    if isinstance(error, ConfigCompositionException) and isinstance(cause, OmegaConfBaseException):
        return unknown_key(cause)
    if isinstance(error, (HydraException, OmegaConfBaseException, ValueError, OSError)):
        return described(error)
    return None


def user_error(error: BaseException | None) -> UserError | None:
    """The UserError that `error` is or wraps: OmegaConf and launchers wrap what they meet."""
    while error:
        if isinstance(error, UserError):
            return error
        error = error.__cause__ or error.__context__
    return None


def described(error: Exception) -> str:
    """What a library says, in one line, with the setting it says it of."""
    from hydra.errors import OverrideParseException
    from omegaconf.errors import ConfigKeyError, OmegaConfBaseException

    if isinstance(error, OverrideParseException):
        return f"cannot read {error.override!r}: {unread(error.message)}"
    if isinstance(error, OSError) and error.strerror and error.filename:
        return f"cannot write {error.filename}: {error.strerror.lower()}; choose another runs_dir"
    if not isinstance(error, OmegaConfBaseException):
        return one_line(error)
    if isinstance(error, ConfigKeyError) and str(error).startswith("Key '"):
        return unknown_key(error)
    return unfit(error.full_key or "", error)


def unfit(key: str, error: Exception) -> str:
    """What OmegaConf refuses of a setting, in words for who types it."""
    from omegaconf.errors import MissingMandatoryValue

    if isinstance(error, MissingMandatoryValue):
        return f"{key} must be given: add {key}=..."
    first = str(error).splitlines()[0]
    typed = re.fullmatch(r"Value (.+?) (?:of type '\w+' could|is) not .* (\w+)(?: \(.*\))?", first)
    if typed and typed[2] in KINDS:
        return f"{key} must be {KINDS[typed[2]]}, not {typed[1]}"
    if first.endswith("is not a ListConfig, list or tuple."):
        return f"{key} must be a list, such as [0.5,0.9]"
    return f"{key}: {first}" if key else first


def unread(message: str) -> str:
    """What Hydra's parser says, without the override again and without its links."""
    lines = [line for line in message.strip().splitlines() if not line.startswith("See http")]
    said = one_line("\n".join(lines[1:] if lines[0].startswith("Error parsing") else lines))
    return f"{said}; quote values with brackets or blanks"


def unknown_option(group: str, name: str, options: Iterable[str] | None) -> str:
    if group == "hydra/launcher" and name in LAUNCHERS:
        return f"this launcher comes with a plugin: pip install {LAUNCHERS[name]}"
    known = list(options or options_of(group))  # an option within a list comes without its rivals
    return f"no {group} named {name!r}{near(name, known)} (choose from: {', '.join(known)})"


def unknown_key(cause: Any) -> str:
    key, parent = cause.full_key or "", cause.parent_node
    if not str(cause).startswith("Key '"):
        return described(cause)
    group, _, option = key.rpartition(".")
    if group in GROUPS_OF_MANY and option in options_of(group):
        return f"{key} is set, but not chosen: add {option} to the list '{group}=[...]'"
    keys = parent.keys() if callable(getattr(parent, "keys", None)) else []
    known = [str(name) for name in keys if name != "hydra"]
    where = key.rpartition(".")[0] or "the config"
    return f"no setting {key!r}{near(str(cause.key), known)} ({where} has: {', '.join(known)})"
