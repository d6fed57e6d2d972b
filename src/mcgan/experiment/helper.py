"""A further process of a run: it plays its part of every batch until the first process ends it."""

import json
import os
import signal
import sys
import threading
import time
from typing import Any

import torch

from mcgan.config.paths import import_from_here
from mcgan.engine.group import RankGroup
from mcgan.engine.trainer import Trainer
from mcgan.experiment.company import connect, open_store, ready
from mcgan.experiment.components import assemble
from mcgan.experiment.kept_classifier import read_classifier
from mcgan.run.directory import RunDirectory
from mcgan.system.device import set_up
from mcgan.system.signals import ASKING

PATIENCE = 10.0  # seconds in which the end of the first process is noticed


def main() -> None:
    """Reads its task from the first line of its input, and trains along."""
    task = json.loads(sys.stdin.readline())
    threading.Thread(target=end_with_first, daemon=True).start()
    for number in (signal.SIGINT, signal.SIGTERM, *ASKING):
        signal.signal(number, signal.SIG_IGN)  # the first process saves, then ends this one
    import_from_here()
    trainer = build(task)
    store = open_store(task["port"])
    store.set(ready(task["rank"]), "")
    try:
        connect(trainer, store)
        while True:
            trainer.step()
    except RuntimeError:
        time.sleep(PATIENCE)  # the first process may be gone, and this one then ends in silence
        raise


def build(task: dict[str, Any]) -> Trainer:
    """The trainer of this process; its weights come from the first one."""
    parts = assemble(task["config"])
    parts.dataset.kept = read_classifier(RunDirectory(task["folder"]))
    parts.dataset.ready()
    set_up(parts.config["train"], task["threads"])
    if torch.cuda.is_available():
        torch.cuda.set_device(task["rank"] % torch.cuda.device_count())
    return parts.trainer(False, RankGroup(task["rank"], task["size"]))


def end_with_first() -> None:
    """Ends this process when the first one does, which closes its input."""
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main()
