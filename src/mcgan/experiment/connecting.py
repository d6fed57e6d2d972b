"""How the processes that train one run find each other: by a store, in which they leave word."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import torch.distributed as dist

from mcgan.engine.trainer import Trainer

HERE = "127.0.0.1"
PAUSE = 0.05  # seconds between looks at processes
LONGEST = timedelta(days=7)  # that the others wait, such as for an evaluation of the first one
COMING = timedelta(minutes=30)  # until all that a launcher has started are there
TASK, OVER = "task", "over"  # words that the first process leaves for them


def open_store(port: int = 0) -> Any:
    """Where the processes leave word until they are connected: a new store, or that of a port."""
    from torch.distributed import TCPStore  # type: ignore[attr-defined]  # some builds have none

    return TCPStore(HERE, port, is_master=not port, wait_for_workers=False)


def meet() -> Any:
    """Where processes that a launcher has started leave word: torch finds it by the environment."""
    from torch.distributed.rendezvous import rendezvous

    store, _, _ = next(rendezvous("env://", timeout=COMING))
    return store


def wait_for(size: int, store: Any, lost: Callable[[], bool]) -> None:
    """Returns when all are ready to be connected. Raises DistError where one is ``lost``."""
    names = [ready(rank) for rank in range(1, size)]
    while not store.check(names):
        if lost():
            raise dist.DistError("a process has ended before the run began")
        time.sleep(PAUSE)


def ready(rank: int) -> str:
    """The key in the store by which a process says that it is there."""
    return f"ready/{rank}"


def left(rank: int) -> str:
    """The key in the store by which a process says that it has ended."""
    return f"left/{rank}"


def connect(trainer: Trainer, store: Any) -> None:
    """Connects this process with the others; all then have the state of the first one."""
    ranks = trainer.ranks
    backend = "nccl" if trainer.replicas.like.is_cuda else "gloo"
    dist.init_process_group(
        backend, store=store, rank=ranks.rank, world_size=ranks.size, timeout=LONGEST
    )
    trainer.follow_first()


def disconnect() -> None:
    """Ends the connection, also where the others are gone: NCCL's usual way would wait for them."""
    if dist.is_initialized() and dist.get_backend() == "nccl":
        dist.distributed_c10d._abort_process_group()
    elif dist.is_initialized():
        dist.destroy_process_group()
