"""What `mcgan train --help` says between its head and its foot: groups, and settings by comments.

A comment in a YAML is the one place that explains a setting; the help shows it from there.
"""

import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

from omegaconf import DictConfig, OmegaConf

from mcgan.config.messages import list_options
from mcgan.config.multiple import say
from mcgan.config.naming import register_resolver
from mcgan.config.paths import conf_dir, conf_dirs

WIDTH = 80  # columns of a line
COLUMN = 26  # where comments begin
SETTING = re.compile(r"(?P<setting> *(?!_target_|defaults)\w+:(?: [^#]*?)?)(?: *# *(?P<what>.*))?")
OURS = re.compile(r"\$\{mcgan_.*\}")  # how the default of a name is made is not for people


def register() -> None:
    """Makes `${mcgan_help:}` known to conf/config.yaml."""
    register_resolver("mcgan_help", describe)


def describe(*, _root_: DictConfig) -> str:
    """The groups, the settings of every run, and those of the options that were chosen."""
    chosen = OmegaConf.select(_root_, "hydra.runtime.choices") or {}
    names = {group: chosen.get(group) for group in ("optim", "arch", "dataset", "objective",
                                                    "protocol")}  # fmt: skip
    parts = [(group, name) for group, name in names.items() if name]
    parts += [("reg", name) for name in _root_.get("reg", {})]
    own = (conf_dir() / "config.yaml").read_text(encoding="utf-8").partition("\nseed:")[2]
    whole = "seed:" + own.partition("\nhydra:")[0]
    lines = [
        "Groups, and the options of each:",
        *groups(),
        "",
        "Settings of every run, with their defaults:",
        *settings(whole),
    ]
    for group, name in parts:
        lines += [
            "",
            f"Settings of {group}={name}, under {place(group, name)}:",
            *settings(option_text(group, name)),
        ]
    return "\n".join(lines).replace("$", "$$")  # Hydra puts other texts in the place of $NAME


def place(group: str, name: str) -> str:
    """Where a group's option lies in the configuration; strategies lie below `reg`, by name."""
    return f"reg.{name}" if group == "reg" else group


def groups() -> Iterator[str]:
    """A line or more for each group: `arch      dcgan, metz, mlp`"""
    folders = {
        file.parent.relative_to(folder).as_posix()
        for folder in conf_dirs()
        for file in folder.glob("*/*.yaml")
    }
    for group in sorted(folders):
        yield from textwrap.wrap(
            ", ".join(list_options(group)),
            WIDTH,
            break_on_hyphens=False,
            initial_indent=f"  {group:<12}",
            subsequent_indent=" " * 14,
        )


def option_text(group: str, name: str) -> str:
    """The YAML of an option, ours or the user's own; nothing for one that has no file."""
    files = [Path(folder, group, f"{name}.yaml") for folder in conf_dirs()]
    return next((file.read_text(encoding="utf-8") for file in files if file.is_file()), "")


def settings(text: str) -> Iterator[str]:
    """The settings of a YAML as it writes them, each with its comment."""
    for line in text.splitlines():
        found = SETTING.fullmatch(line)
        if found:
            shown = say(OURS.sub("…", found["setting"]).rstrip())
            yield from explain_line(shown, found["what"] or "")


def explain_line(setting: str, what: str) -> list[str]:
    """A setting and its comment beside it, which goes on below itself."""
    lead = f"  {setting:<{COLUMN - 2}}"
    if len(lead) > COLUMN:  # no room beside it
        return [lead.rstrip(), *(explain_line("", what) if what else [])]
    return textwrap.wrap(
        what, WIDTH, initial_indent=f"{lead}  # ", subsequent_indent=" " * COLUMN + "  # "
    ) or [lead.rstrip()]
