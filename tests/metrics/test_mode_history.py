from itertools import pairwise

import torch

from mcgan.metrics import mode_history
from mcgan.metrics.mode_history import LEAST, MOST, Visits


def counted(step: int) -> torch.Tensor:
    return torch.full((2, 4), step)


def filled(evaluations: int) -> Visits:
    visits = Visits()
    for step in range(10, 10 * evaluations + 10, 10):
        visits.add(step, counted(step))
    return visits


def test_an_evaluation_counts_once():
    visits = filled(3)
    visits.add(30, counted(7))
    assert visits.steps == [10, 20, 30]
    assert [int(each[0, 0]) for each in visits.counts] == [10, 20, 30]


def test_a_long_run_is_thinned_evenly_and_keeps_its_last_evaluation():
    visits = filled(5 * MOST)
    assert len(visits.steps) == MOST
    assert visits.steps[-1] == 50 * MOST
    assert all(
        int(each[0, 0]) == step for step, each in zip(visits.steps, visits.counts, strict=True)
    )
    gaps = [after - before for before, after in pairwise(visits.steps)]
    assert max(gaps) <= 150  # 50 if they were quite even


def test_many_modes_keep_few_evaluations(monkeypatch):
    monkeypatch.setattr(mode_history, "NUMBERS", 100)
    visits, counts = Visits(), torch.zeros(2, 100)
    for step in range(40):
        visits.add(step, counts)
    assert len(visits.steps) == LEAST and visits.steps[-1] == 39


def test_a_checkpoint_brings_it_back():
    for visits in (filled(12), Visits()):
        back = Visits()
        back.restore(visits.checkpoint())
        assert back.steps == visits.steps
        assert all(map(torch.equal, back.counts, visits.counts))
