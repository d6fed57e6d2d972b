"""A run by several processes is the run by one: each trains its part of every batch.

Here they are threads of one process, which hand tensors to each other where processes send them.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier, BrokenBarrierError
from typing import Any

import torch
from torch import Tensor

from mcgan.engine.group import RankGroup
from mcgan.engine.trainer import Trainer
from mcgan.errors import UserError
from mcgan.experiment.laws.holding import require
from mcgan.experiment.laws.small_trainer import copy_state, find_changed, largest_difference, run
from mcgan.gan.ranks import ALONE
from mcgan.types import Tensors

Make = Callable[..., Trainer]
PROCESSES = 2
PATIENCE = 30.0  # seconds that one waits for the others, which may have ended


class Meeting:
    """Where threads tell each other something: each comes as often as the others do."""

    def __init__(self, size: int) -> None:
        self.barrier = Barrier(size, timeout=PATIENCE)
        self.told: list[Any] = [None] * size

    def exchange(self, rank: int, word: Any) -> list[Any]:
        """What all of them tell, in their order."""
        self.told[rank] = word
        self.barrier.wait()
        heard = [*self.told]
        self.barrier.wait()  # nobody tells more before all have heard
        return heard

    @contextmanager
    def attended(self) -> Iterator[None]:
        """Whoever leaves by an error lets nobody wait."""
        try:
            yield
        except BaseException:
            self.barrier.abort()
            raise


class ThreadRank(RankGroup):
    """A thread in the place of a process."""

    def __init__(self, rank: int, meeting: Meeting) -> None:
        super().__init__(rank, meeting.barrier.parties)
        self.meeting = meeting

    def first(self, state: Any) -> Any:
        return self.meeting.exchange(self.rank, state)[0]

    def gather(self, rows: Tensor) -> list[Tensor]:
        return self.meeting.exchange(self.rank, rows)

    def add(self, tensor: Tensor) -> Tensor:
        return torch.stack(self.gather(tensor)).sum(0)


def several_are_one(make: Make, steps: int = 3) -> str:
    """Two processes end with the same bits, which are those of one to rounding.

    Returns the sentence of a part that cannot be so trained and says why, which is as good; else
    nothing.
    """
    meeting = Meeting(PROCESSES)
    try:
        trainers = [
            make(dtype=torch.float64, ranks=ThreadRank(rank, meeting)) for rank in range(PROCESSES)
        ]
    except UserError as refusal:
        return str(refusal)
    first, second = run_together(trainers, meeting, steps)
    apart = [name.removeprefix("tensors/") for name in sorted(find_changed(first, second))]
    require(not apart, f"with train.devices=2 the processes end apart: {', '.join(apart[:3])}")
    away = largest_difference(first, leave(make(dtype=torch.float64, ranks=ALONE), steps))
    require(
        away < 1e-9,
        f"with train.devices=2 a run is {away:.1g} away from that by one process: what relates "
        "the examples of a batch takes all rows by turn.whole or self.ranks.whole, "
        "or the class says spans_batch = True",
    )
    return ""


def run_together(trainers: list[Trainer], meeting: Meeting, steps: int) -> list[Tensors]:
    """What some steps leave of each of the trainers, one thread for each."""

    def train(trainer: Trainer) -> Tensors:
        with meeting.attended():
            return leave(trainer, steps)

    with ThreadPoolExecutor(len(trainers)) as pool:
        runs = [pool.submit(train, trainer) for trainer in trainers]
    errors = [error for each in runs if (error := each.exception())]
    if errors:  # the others' are that nobody came
        raise min(errors, key=lambda error: isinstance(error, BrokenBarrierError))
    return [each.result() for each in runs]


def leave(trainer: Trainer, steps: int) -> Tensors:
    """All that some steps leave: the state after them, and the scalars of their turns."""
    turns = run(trainer, steps)
    scalars = {f"{i}/{name}": v for i, (_, seen) in enumerate(turns) for name, v in seen.items()}
    return copy_state(trainer) | scalars
