"""The other processes of a run with ``train.devices`` above 1: where they start and end.

They start below the command and own nothing: the run's folder, its evaluations and its signals are
the first process's. Each ends when the first one does, however that ends.
"""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist

from mcgan.engine.group import Group
from mcgan.engine.trainer import Trainer
from mcgan.errors import UserError
from mcgan.gan.ranks import ALONE, Ranks
from mcgan.run.states import MISTAKE
from mcgan.system import worker
from mcgan.system.device import device_of

HERE = "127.0.0.1"
PAUSE = 0.05  # seconds between looks at processes
Helpers = Sequence["subprocess.Popen[str]"]


def ranks_of(config: Mapping[str, Any], compiled: bool) -> Ranks:
    """The first of the processes that are to train a run.

    Raises UserError where so many cannot train it here.
    """
    train = config["train"]
    size = train.get("devices", 1)
    if size == 1:
        return ALONE
    device, said = device_of(train["device"]), f"train.devices={size}"
    if compiled:
        raise UserError(f"{said} trains no compiled run: take train.compile=false, or one device")
    if device == "mps" or not dist.is_available():
        raise UserError(f"{said} needs CPUs or CUDA and torch.distributed: take one device")
    if device == "cuda" and size > torch.cuda.device_count():
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
    return Group(0, size)


@contextmanager
def company(trainer: Trainer, config: Mapping[str, Any], folder: Path) -> Iterator[None]:
    """The other processes, while the run in ``folder`` trains; none for one device.

    Raises UserError where one of them ends before.
    """
    if trainer.ranks.size == 1:
        yield
        return
    store = dist.TCPStore(HERE, 0, is_master=True, wait_for_workers=False)
    task = {"config": config, "folder": str(folder), "size": trainer.ranks.size}
    task |= {"port": store.port, "threads": torch.get_num_threads()}
    helpers = [start(task | {"rank": rank}) for rank in range(1, trainer.ranks.size)]
    try:
        wait_for(helpers, store)
        connect(trainer, store, helpers)
        yield
    except RuntimeError as error:
        raise blame(helpers) or error from error
    finally:
        for helper in helpers:
            helper.kill()  # it has nothing to save, and waits for a step that does not come
            helper.communicate()
        if dist.is_initialized():
            dist.destroy_process_group()


def start(task: Mapping[str, Any]) -> "subprocess.Popen[str]":
    """A process that trains along; the terminal's signals do not reach its session."""
    path = os.pathsep.join(filter(None, sys.path))
    helper = subprocess.Popen(
        [sys.executable, "-m", "mcgan.experiment.helper"],
        stdin=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": path},
    )
    assert helper.stdin
    helper.stdin.write(json.dumps(task) + "\n")
    helper.stdin.flush()  # and stays open: its end tells the helper that this process is gone
    return helper


def wait_for(helpers: Helpers, store: "dist.TCPStore") -> None:
    """Returns when all are ready to be connected. Raises RuntimeError where one has ended."""
    names = [ready(rank) for rank, _ in enumerate(helpers, 1)]
    while not store.check(names):
        if any(helper.poll() is not None for helper in helpers):
            raise RuntimeError("a process has ended before the run began")
        time.sleep(PAUSE)


def ready(rank: int) -> str:
    return f"ready/{rank}"


def connect(trainer: Trainer, store: "dist.TCPStore", helpers: Helpers = ()) -> None:
    """Connects this process with the others; all then have the state of the first one."""
    ranks, on_gpu = trainer.ranks, trainer.replicas.like.is_cuda
    dist.init_process_group(
        "nccl" if on_gpu else "gloo", store=store, rank=ranks.rank, world_size=ranks.size
    )
    trainer.follow_first()
    if on_gpu and helpers:
        threading.Thread(target=outlive, args=(helpers,), daemon=True).start()


def outlive(helpers: Helpers) -> None:
    """Ends this process when one of the others is gone: a GPU would wait for it for ever."""
    while not (lost := blame(helpers, patience=0)):
        time.sleep(PAUSE)
    print(f"mcgan: {lost}", file=sys.stderr, flush=True)
    os._exit(MISTAKE)


def blame(helpers: Helpers, patience: float = 5.0) -> UserError | None:
    """Which of the other processes has ended, and how; None: none of them within some seconds."""
    end = time.monotonic() + patience
    while True:
        for rank, helper in enumerate(helpers, 1):
            if (code := helper.poll()) is not None:
                how = (
                    f"was killed by signal {-code}" if code < 0 else f"ended with exit code {code}"
                )
                return UserError(
                    f"process {rank} of this run, counted from 0, {how}: the same command goes on "
                    "from the last checkpoint"
                )
        if time.monotonic() >= end:
            return None
        time.sleep(PAUSE)
