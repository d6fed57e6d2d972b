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
from mcgan.engine.blackboard import Seat, take_seat
from mcgan.engine.group import RankGroup
from mcgan.engine.trainer import Trainer
from mcgan.errors import UserError
from mcgan.experiment.components import assemble
from mcgan.experiment.connecting import (
    LONGEST,
    OVER,
    PAUSE,
    TASK,
    connect,
    left,
    meet,
    open_store,
    ready,
)
from mcgan.experiment.kept_classifier import read_classifier
from mcgan.run.directory import RunDirectory
from mcgan.run.states import MISTAKE
from mcgan.system.device import set_up
from mcgan.system.launched import LaunchedRank, find_rank
from mcgan.system.signals import ASKING

PATIENCE = 10.0  # seconds in which the end of the first process is noticed


def main() -> None:
    """Reads its task from the first line of its input, and trains along."""
    ignore_signals()
    task = json.loads(sys.stdin.readline())
    threading.Thread(target=end_with_first, daemon=True).start()
    mine = LaunchedRank(task["rank"], task["size"], task["rank"])
    train_along(task, mine, open_store(task["port"]))


def follow() -> None:
    """Trains along with the first of the processes that a launcher has started.

    It ends the process when the run is over. Raises UserError where the first one does not begin.
    """
    ignore_signals()
    mine = find_rank()
    try:
        store = meet()
        store.set_timeout(LONGEST)
        task = json.loads(store.get(TASK))
    except RuntimeError as error:
        raise UserError(
            "the first process of this run has ended before it began, or is not to be found at "
            "MASTER_ADDR and MASTER_PORT: see what it says"
        ) from error
    threading.Thread(target=end_at_word, args=(store, mine.rank), daemon=True).start()
    train_along(task, mine, store)


def ignore_signals() -> None:
    """The first process saves, then ends this one."""
    for number in (signal.SIGINT, signal.SIGTERM, *ASKING):
        signal.signal(number, signal.SIG_IGN)


def train_along(task: dict[str, Any], mine: LaunchedRank, store: Any) -> None:
    """Plays this process's part of every batch, for ever."""
    import_from_here()
    trainer = build(task, mine)
    store.set(ready(mine.rank), "")
    try:
        connect(trainer, store)
        while True:
            trainer.step()
    except RuntimeError:
        time.sleep(PATIENCE)  # the first process may be gone, and this one then ends in silence
        raise


def build(task: dict[str, Any], mine: LaunchedRank) -> Trainer:
    """The trainer of this process; its weights come from the first one."""
    parts = assemble(task["config"])
    parts.dataset.kept = read_classifier(RunDirectory(task["folder"]))
    parts.dataset.ready()
    set_up(parts.config["train"], task["threads"])
    if torch.cuda.is_available():
        torch.cuda.set_device(mine.local % torch.cuda.device_count())
    seat = task.get("seat")
    board = take_seat(mine.rank, mine.size, Seat(*seat)) if seat else None
    return parts.trainer(False, RankGroup(mine.rank, mine.size, board))


def end_at_word(store: Any, rank: int) -> None:
    """Ends this process when the first one says that the run is over, or says nothing any more."""
    try:
        while not store.check([OVER]):
            time.sleep(PAUSE)
        store.set(left(rank), "")
    except RuntimeError:
        print("mcgan: the first process of this run is gone", file=sys.stderr, flush=True)
        os._exit(MISTAKE)
    os._exit(0)


def end_with_first() -> None:
    """Ends this process when the first one does, which closes its input."""
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main()
