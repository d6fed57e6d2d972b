"""Which classes a configuration may name: what it names is imported, and that runs code.

Allowed are mcgan's own, modules beside the folders of MCGAN_CONF or in the working directory, and
some packages. The environment variable MCGAN_TARGETS lists these, separated by commas. Hydra's own
settings may name only such packages, Hydra's plugins and a few classes of logging.
"""

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf

from mcgan.config.paths import own_folders
from mcgan.errors import UserError

PLUGINS = ("hydra._internal.core_plugins.", "hydra_plugins.")
SAMPLERS = re.compile(r"optuna\.samplers\.\w+Sampler")  # of hydra/sweeper=search
HANDLERS = {"logging.StreamHandler", "logging.FileHandler", "logging.NullHandler"}
FORMATTERS = {
    "logging.Formatter",
    "colorlog.ColoredFormatter",
    "mcgan.cli.console.ConsoleLines",
}
STREAMS = {"ext://sys.stdout", "ext://sys.stderr"}
FACTORIES = (  # keys whose text names what is called
    "_target_",
    "class",
    "()",
    "queue",
    "listener",
    "custom_search_space",
)
OWN_LOG = "${hydra.runtime.output_dir}/"  # where the log file of a job may lie
Texts = Iterator[tuple[str, str, str]]  # where, the last key, the text


def check_target(target: str, where: str) -> None:
    """Raises UserError for a class that is not of mcgan and not of the user's own modules.

    A module that is loaded already runs no code, so it passes.
    """
    module = target.rpartition(".")[0]
    root = module.partition(".")[0]
    if root == "mcgan" or module in sys.modules or listed(target):
        return
    if not any(
        (Path(folder, root)).is_dir() or Path(folder, f"{root}.py").is_file()
        for folder in own_folders()
    ):
        raise UserError(
            f"{where}._target_: cannot import {target!r}: there is no {root}.py in the "
            "working directory or beside the folder of MCGAN_CONF; an installed "
            "package must be named in the environment variable MCGAN_TARGETS"
        )


def listed(target: str) -> bool:
    """Whether MCGAN_TARGETS names the class, its module or a package around them."""
    names = filter(None, os.environ.get("MCGAN_TARGETS", "").split(","))
    return any(f"{target}.".startswith(f"{name}.") for name in names)


def check_hydra(settings: Any) -> None:
    """Raises UserError where Hydra's own settings name code to run, or variables to set."""
    found: Any = OmegaConf.to_container(settings) if OmegaConf.is_config(settings) else settings
    if found.get("job", {}).get("env_set"):
        raise UserError("hydra.job.env_set is not allowed: set the variables before the command")
    for where, key, text in texts(found, "hydra"):
        if key in FACTORIES and not known(text, where) and not listed(text):
            raise UserError(
                f"{where}: {text!r} is not allowed, as it would run code: leave it "
                "out, or name its package in the environment variable MCGAN_TARGETS"
            )
        if "_logging." in where and leads_away(key, text):
            raise UserError(f"{where}: {text!r} is not allowed here: write the value itself")


def known(text: str, where: str) -> bool:
    """Whether it is a class of Hydra's or of a search, or of logging and where one belongs."""
    fitting = FORMATTERS if ".formatters." in where else HANDLERS if ".handlers." in where else ()
    return text in fitting or text.startswith(PLUGINS) or bool(SAMPLERS.fullmatch(text))


def leads_away(key: str, text: str) -> bool:
    """Whether logging would look the text up elsewhere: an object by its name, or a setting."""
    if text.startswith(("ext://", "cfg://")):
        return text not in STREAMS
    return "${" in text and not (key == "filename" and text.startswith(OWN_LOG))


def texts(node: Any, where: str, key: str = "") -> Texts:
    """Every text below a node, with its place."""
    if isinstance(node, dict):
        for name, each in node.items():
            yield from texts(each, f"{where}.{name}", str(name))
    elif isinstance(node, list):
        for each in node:
            yield from texts(each, where, key)
    elif isinstance(node, str):
        yield where, key, node
