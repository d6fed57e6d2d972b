"""A configuration runs no code but that of mcgan and of modules that the user allows.

60 risky functions and classes are put at every place where a configuration names one. Places are
each group's `_target_`, values of settings, and Hydra's callbacks, launcher, sweeper and logging.
Others are YAMLs of a folder of options, and the stored configuration of a run that is resumed,
measured and sampled. An audit hook sees files, processes and connections; the command has to be
refused in one line, and leaves nothing.
"""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import yaml

from torture import small
from torture.commands import check_line, listing, refuse, run
from torture.gadgets import GADGETS

NUMBER, GOAL = "R11", 1260
WORDS = {
    "callbacks": "+hydra.callbacks.x={{_target_: {0}}}",
    "launcher": "hydra.launcher._target_={0}",
    "sweeper": "hydra.sweeper._target_={0}",
    "handler": "hydra.job_logging.handlers.console.class={0}",
    "formatter": "+hydra.job_logging.formatters.x={{class: {0}}}",
    "own logging": "hydra.hydra_logging.handlers.console.class={0}",
    "stream": "hydra.hydra_logging.handlers.console.stream=ext://{0}",
    "log file": "hydra.job_logging.handlers.file.filename=ext://{0}",
    "optimiser": "optim._target_={0}",
    "nets": "arch._target_={0}",
    "data": "dataset._target_={0}",
    "objective": "objective._target_={0}",
    "protocol": "protocol._target_={0}",
    "strategy": "+reg.x={{_target_: {0}}}",
    "value": "+reg.r1={{_target_: mcgan.reg.r1.R1, gamma: {{_target_: {0}}}}}",
}
YAMLS = {
    "reg": "# @package reg.evil\n_target_: {0}\n_args_: ['touch reached']\n",
    "objective": "# @package _global_\nobjective: {{name: evil}}\nhydra:\n  callbacks:\n"
                 "    x: {{_target_: {0}, _args_: ['touch reached']}}\n",
    "experiment": "# @package _global_\nhydra:\n  job_logging:\n    handlers:\n"
                  "      x: {{(): {0}, command: touch reached}}\n",
}  # fmt: skip
STORED = {"resume": ["train.steps=50"], "evaluate": [], "sample": []}
GROUPS = ("optim", "arch", "dataset", "objective", "protocol", "reg")


def tries(draw: Random, place: Path) -> Iterator[object]:
    chances: list[Callable[[str], None]] = [
        *(lambda target, word=word: try_word(place, word, target) for word in WORDS.values()),
        *(lambda target, group=group: try_yaml(place, group, target) for group in YAMLS),
        *(lambda target, verb=verb: try_stored(place, verb, draw.choice(GROUPS), target)
          for verb in STORED),
    ]  # fmt: skip
    pairs = [(chance, target) for chance in chances for target in GADGETS]
    for chance, target in draw.sample(pairs, len(pairs)):
        chance(target)
        yield target


def try_word(place: Path, word: str, target: str) -> None:
    refuse(place, ["train", *small.RUN, f"runs_dir={place}/runs", word.format(target)])


def try_yaml(place: Path, group: str, target: str) -> None:
    """An option of a stranger's, in a folder that the user has chosen."""
    file = place / "conf" / group / "evil.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(YAMLS[group].format(target))
    refuse(place, ["train", "--config-dir", str(place / "conf"), f"{group}=evil",
                   f"runs_dir={place}/runs"])  # fmt: skip
    shutil.rmtree(place / "conf")


def try_stored(place: Path, verb: str, group: str, target: str) -> None:
    """A run of a stranger's."""
    folder = place / "trained" / "one"
    if not folder.exists():
        assert small.train(folder).code == 0
    shutil.copytree(folder, place / "stored")
    file = place / "stored" / "config.yaml"
    config = yaml.safe_load(file.read_text())
    node = config["reg"]["ema"] if group == "reg" else config[group]
    node["_target_"] = target
    file.write_text(yaml.safe_dump(config, sort_keys=False))
    before = listing(place)
    check_line([verb], run(place, [verb, "stored", *STORED[verb]]))
    assert set(listing(place)) - set(before) <= {"stored/.lock", "stored/train.log"}
    shutil.rmtree(place / "stored")
