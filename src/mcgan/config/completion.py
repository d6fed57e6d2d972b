"""What a half-typed setting of `mcgan train` may become: groups, options, settings, values."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from hydra.core.config_loader import ConfigLoader
from hydra.core.object_type import ObjectType
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf

from mcgan.config.choices import ROOT
from mcgan.config.compose import config_loader, register
from mcgan.config.messages import explain, list_options
from mcgan.config.option_file import class_settings
from mcgan.config.paths import conf_dirs
from mcgan.config.schema import Eval, Root, Train
from mcgan.config.settings import Setting, read_settings, spell

HYDRA = "hydra"  # its settings are offered to who begins to type it
LISTED = re.compile(r".*[\[,]|")  # of a list, or of several values, all before the last name
SCHEMA = {"": Root, "train": Train, "eval": Eval}  # settings that no option brings


def complete_setting(word: str, before: Sequence[str]) -> list[str]:
    """All words that begin like ``word`` and may stand there, behind the settings ``before``.

    In a list, such as `reg=[minibatch,re`, the last name is completed; what may follow it is
    offered too, so that bash does not close the quote before the list is at its end.
    """
    sign = re.match(r"[+~]*", word)[0]  # type: ignore[index]  # it always matches
    key, equals, value = word.removeprefix(sign).partition("=")
    register()
    with config_loader() as loader:
        if not equals:
            offered: Iterable[str] = list_keys(loader, key, before)
        else:
            lead = LISTED.match(value)[0]  # type: ignore[index]
            offered = (
                f"{key}={lead}{each}"
                for each in list_values(loader, key, before)
                if each not in re.split(r"[\[,]", lead)
            )
    found = sorted({sign + each for each in offered if (sign + each).startswith(word)})
    in_list = len(found) == 1 and "[" in value
    return [found[0] + following for following in ",]"] if in_list else found


def list_keys(loader: ConfigLoader, key: str, before: Sequence[str]) -> list[str]:
    """What may stand before an equals sign: `reg=`, `train.`, `train.steps=`."""
    config, (folder, _, part) = compose_half(loader, before), key.rpartition(".")
    node = find(config, folder)
    inner = [
        ".".join(filter(None, (folder, name))) + ("." if isinstance(each, DictConfig) else "=")
        for name, each in named_items(node)
        if is_offered(name, part)
    ]
    return inner if folder else inner + [f"{group}=" for group in list_groups(loader, key)]


def named_items(node: DictConfig) -> list[tuple[str, Any]]:
    """Names and values as they are written, interpolations too."""
    return [(str(name), each) for name, each in node.items_ex(resolve=False)]


def is_offered(name: str, part: str) -> bool:
    """Whether a name is for people: not of a class, and Hydra's own only where it is begun."""
    return not name.startswith("_") and (name != HYDRA or bool(part))


def list_groups(loader: ConfigLoader, key: str) -> list[str]:
    """The groups of options, mcgan's and the user's; Hydra's too once `hy` is typed."""
    ours = {path.name for folder in conf_dirs() for path in folder.iterdir() if path.is_dir()}
    theirs = loader.get_group_options(HYDRA, ObjectType.GROUP) if key.startswith("hy") else []
    return [*ours, *(f"{HYDRA}/{group}" for group in theirs)]


def list_values(loader: ConfigLoader, key: str, before: Sequence[str]) -> list[str]:
    """The options of a group, the choices of a setting, or the one value that it has."""
    if key.startswith(f"{HYDRA}/"):
        return loader.get_group_options(key)
    options = list_options(key) if key.isidentifier() else []
    return options or describe_values(compose_half(loader, before), key)


def describe_values(config: DictConfig, key: str) -> list[str]:
    """What may stand behind ``key=``: the choices of a setting, or else its present value."""
    folder, _, name = key.rpartition(".")
    node = find(config, folder)
    if name not in node:
        return []
    setting = settings_at(node, folder).get(name)
    if setting and setting.choices:
        return [*map(spell, setting.choices), *["null"] * setting.optional]
    if setting and setting.kind is bool:
        return ["true", "false"]
    now = OmegaConf.select(node, name)
    return [] if now is None or OmegaConf.is_config(now) else [spell(now)]


def settings_at(node: DictConfig, folder: str) -> dict[str, Setting]:
    """What the class of a node declares; nothing of one that has no class, such as Hydra's."""
    if folder in SCHEMA:
        return read_settings(SCHEMA[folder])
    target = OmegaConf.select(node, "_target_")
    return class_settings({"_target_": target}, folder) if target else {}


def find(config: DictConfig, folder: str) -> DictConfig:
    """The node of a dotted name; an empty one where there is none."""
    node = OmegaConf.select(config, folder) if folder else config
    return node if isinstance(node, DictConfig) else OmegaConf.create({})


def compose_half(loader: ConfigLoader, before: Sequence[str]) -> DictConfig:
    """The configuration of the words so far, of none of them where they are refused."""
    words = [word for word in before if "=" in word or word.startswith("~")]
    try:
        return loader.load_configuration(ROOT, words, RunMode.MULTIRUN)
    except Exception as error:
        if explain(error) is None or not words:
            raise
        return loader.load_configuration(ROOT, [], RunMode.MULTIRUN)
