"""A blackboard in memory, on which the processes of one machine write what all of them read.

Gloo hands a tensor from thread to thread and through sockets. For the gradients of a small DCGAN
that took ten times the processor time of a copy into memory that is shared.
"""

import errno
import mmap
import os
import tempfile
from collections.abc import Sequence
from socket import socket, socketpair
from typing import IO, NamedTuple

import torch
import torch.distributed as dist
from torch import Tensor

MEMORY = "/dev/shm"  # a folder that lies in memory, where there is one
SLOT = 2**20  # bytes that a process writes at a time: longer messages go in pieces
PAGES = 2  # written by turns: nobody writes on the page that another may still read


class Seat(NamedTuple):
    """The open files, by their numbers, that a process inherits from the first one."""

    memory: int
    line: int


class Blackboard:
    """`mcgan.engine.messages.Messages` by memory: each process writes in its slot of a page.

    Args: ``memory``, an open file of `open_memory`; ``lines``, by which processes say that they
    have written: the first has one to each other, these have one to the first. Where the other end
    of a line is gone, a message raises DistError.
    """

    def __init__(self, rank: int, size: int, memory: int, lines: Sequence[socket]) -> None:
        shared = mmap.mmap(memory, PAGES * size * SLOT)
        self.pages = torch.frombuffer(shared, dtype=torch.uint8).view(PAGES, size, SLOT)
        self.rank, self.lines, self.count = rank, lines, 0

    def gather(self, rows: Tensor) -> list[Tensor]:
        """As in `Messages`."""
        pieces = [self._exchange(piece).clone() for piece in self._cut(rows)]
        return [whole.view(rows.shape) for whole in torch.cat(pieces, 1)]

    def add(self, tensor: Tensor) -> Tensor:
        """As in `Messages`; the order of the sum is that of the processes."""
        total = torch.empty_like(tensor, memory_format=torch.contiguous_format)
        for piece, into in zip(self._cut(tensor), self._cut(total), strict=True):
            torch.sum(self._exchange(piece), 0, out=into)
        return total

    def close(self) -> None:
        """As in `Messages`."""
        for line in self.lines:
            line.close()

    def _cut(self, tensor: Tensor) -> Sequence[Tensor]:
        """The tensor in pieces (n,) that fit into a slot; of a contiguous one they are views."""
        pieces: Sequence[Tensor] = tensor.reshape(-1).split(SLOT // tensor.element_size())
        return pieces

    def _exchange(self, piece: Tensor) -> Tensor:
        """What each process tells, (size, n): it stays there until the next message but one."""
        page = self.pages[self.count % PAGES, :, : piece.nbytes].view(piece.dtype)
        self.count += 1
        page[self.rank].copy_(piece)
        try:
            self._wait()
        except OSError as error:
            raise dist.DistError(f"another process of this run has ended ({error})") from error
        return page

    def _wait(self) -> None:
        """Returns when all have written: they tell the first one, which then tells them."""
        if self.rank:
            self.lines[0].send(b"!")
        for line in self.lines:
            if not line.recv(1):
                raise ConnectionError("its line is closed")
        if not self.rank:
            for line in self.lines:
                line.send(b"!")


def open_memory(size: int) -> IO[bytes]:
    """A file without a name for the board of ``size`` processes, in memory if there is room."""
    try:
        return write_zeros(MEMORY, PAGES * size * SLOT)
    except OSError:
        return write_zeros(None, PAGES * size * SLOT)


def write_zeros(folder: str | None, count: int) -> IO[bytes]:
    """A file of zeros: to write them is to know that there is room. None: the usual folder."""
    file = tempfile.TemporaryFile(dir=folder, buffering=0)
    try:
        if file.write(bytes(count)) < count:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    except OSError:
        file.close()
        raise
    return file


def open_blackboard(size: int) -> tuple[Blackboard, list[Seat]]:
    """The first process's board, and the seat of each other one.

    Processes inherit the files of the seats; then `leave_seats` closes them here.
    """
    pairs = [socketpair() for _ in range(1, size)]
    with open_memory(size) as memory:
        board = Blackboard(0, size, memory.fileno(), [mine for mine, _ in pairs])
        seats = [Seat(os.dup(memory.fileno()), theirs.detach()) for _, theirs in pairs]
    return board, seats


def take_seat(rank: int, size: int, seat: Seat) -> Blackboard:
    """The board of a process that has inherited its seat."""
    board = Blackboard(rank, size, seat.memory, [socket(fileno=seat.line)])
    os.close(seat.memory)
    return board


def leave_seats(seats: Sequence[Seat]) -> None:
    """Closes the files of seats here: a line ends when its process does."""
    for seat in seats:
        for number in seat:
            os.close(number)
