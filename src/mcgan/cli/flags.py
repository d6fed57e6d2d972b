"""Puts Hydra's flags before the overrides, where its parser wants them."""

from collections.abc import Sequence

from mcgan.errors import UserError, near

VALUED = {"--cfg", "-c", "--package", "-p", "--config-path", "-cp", "--config-name", "-cn",
          "--config-dir", "-cd", "--experimental-rerun"}
BARE = {"--help", "--hydra-help", "--version", "--resolve", "--run", "--multirun", "--info",
        "--shell-completion"}
INFO = {"all", "config", "defaults", "defaults-tree", "plugins", "searchpath"}


def flags_first(words: Sequence[str]) -> list[str]:
    """Raises UserError for a flag that is none of Hydra's."""
    flags, overrides, rest = [], [], list(words)
    while rest:
        word = rest.pop(0)
        if not word.startswith("-"):
            overrides.append(word)
        elif word in ("--info", "-i"):  # its value is optional: don't let it take an override
            flags.append(f"--info={rest.pop(0) if rest and rest[0] in INFO else 'all'}")
        else:
            flags += [known(word), *(rest[:1] if word in VALUED else [])]
            rest = rest[1:] if word in VALUED else rest
    return flags + overrides


def known(flag: str) -> str:
    name = flag.partition("=")[0]
    if name.startswith("--") and name not in VALUED | BARE:
        raise UserError(f"no flag {name!r}{near(name, VALUED | BARE)}; settings are KEY=VALUE, "
                        "see `mcgan train --help`")
    return flag
