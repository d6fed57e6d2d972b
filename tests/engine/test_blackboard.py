"""Threads with boards of their own stand for processes: they share memory and lines alone."""

import math
import os
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
import torch.distributed as dist

from mcgan.engine import blackboard
from mcgan.engine.blackboard import (
    SLOT,
    Blackboard,
    leave_seats,
    open_blackboard,
    open_memory,
    take_seat,
)
from mcgan.engine.group import RankGroup
from mcgan.experiment.laws.ranks import leave
from mcgan.gan.ranks import ALONE
from small import find_changed, largest_difference, trainer


@pytest.fixture
def boards(request):
    first, seats = open_blackboard(request.param)
    made = [
        first,
        *(take_seat(rank, request.param, seat) for rank, seat in enumerate(seats, 1)),
    ]
    yield made
    for each in made:
        each.close()


def together(boards: list[Blackboard], act) -> list:
    """What each process makes by ``act(rank, board)``, all at the same time."""
    with ThreadPoolExecutor(len(boards)) as pool:
        return [*pool.map(act, range(len(boards)), boards)]


TWO, THREE = (pytest.mark.parametrize("boards", [size], indirect=True) for size in (2, 3))
LONG = SLOT // 8 + 3  # doubles: a slot, and some in a second piece


@THREE
@pytest.mark.parametrize("shape", [(), (0,), (2, 5), (LONG,)], ids=str)
def test_all_have_the_same_sum_and_everybodys_rows(boards, shape):
    told = [torch.arange(math.prod(shape)).double().view(shape) + rank / 7 for rank in range(3)]

    def act(rank: int, board: Blackboard):
        return board.add(told[rank]), board.gather(told[rank])

    for total, rows in together(boards, act):
        assert torch.equal(total, told[0] + told[1] + told[2])
        assert all(map(torch.equal, rows, told))


@TWO
def test_numbers_come_as_they_are_laid_out_and_of_any_kind(boards):
    """Kernels lie channels last; of a batch the origins are whole numbers."""
    kernel = torch.arange(2 * 3 * 4 * 4.0).view(2, 3, 4, 4).to(memory_format=torch.channels_last)

    def act(rank: int, board: Blackboard):
        return board.add(kernel * rank), board.gather(torch.tensor([rank, -1]))

    for total, rows in together(boards, act):
        assert torch.equal(total, kernel)
        assert [each.tolist() for each in rows] == [[0, -1], [1, -1]]


@THREE
def test_nobody_overwrites_what_another_still_reads(boards):
    def act(rank: int, board: Blackboard):
        return [board.add(torch.full((SLOT // 8,), float(i + rank))).unique() for i in range(12)]

    for found in together(boards, act):
        assert [each.tolist() for each in found] == [[3.0 * i + 3] for i in range(12)]


@THREE
def test_who_is_gone_is_an_error_to_all_and_nobody_waits(boards):
    def act(rank: int, board: Blackboard):
        if rank == 2:
            return board.close()
        with pytest.raises(dist.DistError, match="another process of this run has ended"):
            board.add(torch.zeros(1))
        return board.close()

    together(boards, act)


def test_its_memory_is_in_the_usual_folder_where_there_is_no_other_room(monkeypatch, tmp_path):
    monkeypatch.setattr(blackboard, "MEMORY", str(tmp_path / "none"))
    with open_memory(2) as file:
        assert os.fstat(file.fileno()).st_size == 2 * 2 * SLOT


def test_the_first_process_keeps_no_file_of_a_place():
    before = sorted(os.listdir("/dev/fd"))
    board, seats = open_blackboard(3)
    leave_seats(seats)
    board.close()
    del board
    assert sorted(os.listdir("/dev/fd")) == before


@TWO
def test_two_processes_that_share_memory_train_as_one(boards):
    groups = [RankGroup(rank, 2, board) for rank, board in enumerate(boards)]
    one, *two = (
        trainer("minibatch", "replay", ranks=ranks, dtype=torch.float64)
        for ranks in (ALONE, *groups)
    )
    first, second = together(boards, lambda rank, _: leave(two[rank], steps=3))
    assert not find_changed(first, second)
    assert largest_difference(first, leave(one, steps=3)) < 1e-9
