"""The other processes of a run with ``train.devices`` above 1: where they start and end.

They start below the command; or a launcher such as torchrun has started all of them, on one machine
or several. They own nothing: the run's folder, its evaluations and its signals are the first
process's. Each ends when the first one does, however that ends.
"""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist

from mcgan.engine.blackboard import Seat, leave_seats, open_blackboard
from mcgan.engine.group import RankGroup
from mcgan.engine.messages import Messages
from mcgan.engine.trainer import Trainer
from mcgan.errors import UserError, one_line
from mcgan.experiment.connecting import (
    COMING,
    OVER,
    PAUSE,
    TASK,
    connect,
    disconnect,
    left,
    meet,
    open_store,
    wait_for,
)
from mcgan.gan.ranks import ALONE, Ranks
from mcgan.run.states import MISTAKE
from mcgan.system import worker
from mcgan.system.device import device_of
from mcgan.system.launched import LaunchedRank, find_rank

LEAVING = timedelta(seconds=10)
Helpers = Sequence["subprocess.Popen[str]"]


def ranks_of(config: Mapping[str, Any], compiled: bool) -> Ranks:
    """The first of the processes that are to train a run.

    Raises UserError where so many cannot train it here.
    """
    train = config["train"]
    size, mine = train.get("devices", 1), find_rank()
    check_rank(size, mine)
    if size == 1:
        return ALONE
    device, said = device_of(train["device"]), f"train.devices={size}"
    if compiled:
        raise UserError(f"{said} trains no compiled run: take train.compile=false, or one device")
    if device == "mps" or not dist.is_available():
        raise UserError(f"{said} needs CPUs or CUDA and torch.distributed: take one device")
    if device == "cuda" and size > torch.cuda.device_count() and mine.size == 1:
        found = torch.cuda.device_count()
        raise UserError(f"{said}: torch finds {found} here; take train.devices={found}")
    if worker.is_worker():
        raise UserError(
            f"{said} takes the machine for one run: leave hydra/launcher=cores out, or {said}"
        )
    if dist.is_initialized():
        raise UserError(
            f"{said} starts processes of its own, and this one belongs to torch.distributed "
            "already: take one device"
        )
    return RankGroup(0, size)


def check_rank(size: int, mine: LaunchedRank) -> None:
    """Raises UserError where a launcher has started another number of processes than wanted."""
    if mine.size not in (1, size):
        raise UserError(
            f"a launcher has started {mine.size} processes (WORLD_SIZE) for a run with "
            f"train.devices={size}: take train.devices={mine.size}, or unset WORLD_SIZE"
        )


@contextmanager
def company(trainer: Trainer, config: Mapping[str, Any], folder: Path) -> Iterator[None]:
    """The other processes, while the run in ``folder`` trains; none for one device.

    Raises UserError where one of them ends before.
    """
    if trainer.ranks.size == 1:
        yield
        return
    task = {"config": config, "folder": str(folder.absolute()), "size": trainer.ranks.size}
    task |= {"threads": torch.get_num_threads()}
    with (joined if find_rank().size > 1 else started)(trainer, task):
        yield


@contextmanager
def started(trainer: Trainer, task: Mapping[str, Any]) -> Iterator[None]:
    """The others, which are started here and end with this process."""
    store = open_store()
    messages, helpers = start_all(trainer, {**task, "port": store.port})
    over = threading.Event()
    try:
        wait_for(trainer.ranks.size, store, lambda: bool(list_ended(helpers)))
        connect(trainer, store)
        if trainer.replicas.like.is_cuda:
            threading.Thread(target=outlive, args=(helpers, over), daemon=True).start()
        yield
    except RuntimeError as error:
        if lost := find_lost(helpers):
            raise lost from error
        raise
    finally:
        over.set()
        end(helpers)
        messages.close()


@contextmanager
def joined(trainer: Trainer, task: Mapping[str, Any]) -> Iterator[None]:
    """The others where a launcher has started all: they wait for their task, and for its end."""
    size, store = trainer.ranks.size, meet()
    store.set(TASK, json.dumps(task))
    late = time.monotonic() + COMING.total_seconds()
    try:
        wait_for(size, store, lambda: time.monotonic() > late)
        connect(trainer, store)
        yield
    except RuntimeError as error:
        if not isinstance(error, dist.DistError) and "gloo" not in str(error):  # it has no class
            raise
        raise UserError(
            f"another process of this run has ended, or did not come ({one_line(error)[:80]}): the "
            "same command goes on from the last checkpoint"
        ) from error
    finally:
        store.set(OVER, "")
        with suppress(RuntimeError):  # whoever is gone says nothing
            store.wait([left(rank) for rank in range(1, size)], LEAVING)
        disconnect()


def end(helpers: Helpers) -> None:
    """Ends the others: they have nothing to save, and wait for a step that does not come."""
    for helper in helpers:
        helper.kill()
        helper.communicate()
    disconnect()


def start_all(trainer: Trainer, task: Mapping[str, Any]) -> tuple[Messages, Helpers]:
    """The other processes, and how this one talks to them. On CPUs it is a board they all have."""
    ranks = trainer.ranks
    assert isinstance(ranks, RankGroup)
    if trainer.replicas.like.is_cuda:
        return ranks.messages, [start({**task, "rank": rank}) for rank in range(1, ranks.size)]
    ranks.messages, seats = open_blackboard(ranks.size)
    try:
        helpers = [start({**task, "rank": 1 + i}, seat) for i, seat in enumerate(seats)]
    finally:
        leave_seats(seats)
    return ranks.messages, helpers


def start(task: Mapping[str, Any], seat: Seat | None = None) -> "subprocess.Popen[str]":
    """A process that trains along; the terminal's signals do not reach its session."""
    path = os.pathsep.join(filter(None, sys.path))
    helper = subprocess.Popen(
        [sys.executable, "-m", "mcgan.experiment.helper"],
        stdin=subprocess.PIPE,
        text=True,
        start_new_session=True,
        pass_fds=seat or (),
        env={**os.environ, "PYTHONPATH": path},
    )
    assert helper.stdin
    helper.stdin.write(json.dumps({**task, "seat": seat}) + "\n")
    helper.stdin.flush()  # and stays open: its end tells the helper that this process is gone
    return helper


def list_ended(helpers: Helpers) -> list[int]:
    """The ranks of those that have ended."""
    return [rank for rank, helper in enumerate(helpers, 1) if helper.poll() is not None]


def outlive(helpers: Helpers, over: threading.Event) -> None:
    """Ends this process when another is gone before the run is over: a GPU would wait for ever."""
    while not over.wait(PAUSE):
        if lost := find_lost(helpers, patience=0):
            print(f"mcgan: {lost}", file=sys.stderr, flush=True)
            os._exit(MISTAKE)


def find_lost(helpers: Helpers, patience: float = 5.0) -> UserError | None:
    """Which of the others has ended, and how; None: none of them has within some seconds."""
    late = time.monotonic() + patience
    while not (ended := list_ended(helpers)):
        if time.monotonic() >= late:
            return None
        time.sleep(PAUSE)
    code = helpers[ended[0] - 1].returncode
    how = f"was killed by signal {-code}" if code < 0 else f"ended with exit code {code}"
    return UserError(
        f"process {ended[0]} of this run, counted from 0, {how}: the same command goes on from the "
        "last checkpoint"
    )
