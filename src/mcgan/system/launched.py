"""The processes that a launcher started together, as torchrun and srun do: who is this one?"""

import os
from typing import NamedTuple

from mcgan.errors import UserError

WANTED = ("RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT")  # by these they find each other


class LaunchedRank(NamedTuple):
    """A process among those that train a run together."""

    rank: int = 0  # 0: it owns the run
    size: int = 1  # of all, on all machines
    local: int = 0  # its number on this machine


def find_rank() -> LaunchedRank:
    """This process's place by its environment; alone where no launcher has said all it needs.

    Raises UserError for words in the place of numbers.
    """
    said = os.environ
    if not all(said.get(name) for name in WANTED):
        return LaunchedRank()
    try:
        rank, size = int(said["RANK"]), int(said["WORLD_SIZE"])
        return LaunchedRank(rank, size, int(said.get("LOCAL_RANK") or rank))
    except ValueError as error:
        raise UserError(
            f"RANK, WORLD_SIZE and LOCAL_RANK of the environment must be whole numbers ({error})"
        ) from error
