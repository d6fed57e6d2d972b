import torch

from mcgan.verdict import shares
from mcgan.verdict.history import AGES, ROWS, SignalHistory

DUE = torch.full((4,), 0.25, dtype=torch.float64)


def filled(evaluations: int) -> SignalHistory:
    history = SignalHistory()
    for index in range(evaluations):
        add(history, index)
    return history


def add(history: SignalHistory, index: int) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(index)
    p = shares.normalise(torch.randint(1, 9, (2, 4), generator=generator))
    fakes = torch.full((2, 3, 2), float(index))
    return history.add(index, p, DUE, fakes, {"spread": torch.tensor([1.0, 2.0])})


def test_old_fakes_are_of_the_last_ages_alike():
    old = filled(10).old(torch.zeros(2, 3, 2))
    assert old.shape == (2, 3 * AGES, 2)
    assert old[0, :AGES, 0].tolist() == [6, 7, 8, 9]


def test_at_first_the_fakes_stand_for_old_ones():
    now = torch.ones(2, 3, 2)
    assert torch.equal(SignalHistory().old(now), now)


def test_it_is_bounded():
    history = filled(ROWS + 5)
    assert len(history.of(0)) == ROWS and history.step == ROWS + 4


def test_restored_it_goes_on_as_if_never_stopped():
    whole, first = filled(7), filled(4)
    again = SignalHistory()
    again.restore(first.checkpoint())
    for index in range(4, 7):
        add(again, index)
    assert again.of(1) == whole.of(1) and again.step == whole.step
    for one, other in zip(again.shares + again.fakes, whole.shares + whole.fakes, strict=True):
        assert torch.equal(one, other)


def test_rows_of_an_older_version_are_forgotten():
    history, zeros = filled(3), torch.zeros(2, 3, 2)
    p = shares.normalise(torch.ones(2, 4, dtype=torch.int64))
    history.add(9, p, DUE, zeros, {"spread": torch.ones(2), "on_data": torch.ones(2)})
    assert [row["step"] for row in history.of(0)] == [9]


def test_a_history_without_evaluations_is_one_too():
    again = SignalHistory()
    again.restore(SignalHistory().checkpoint())
    assert again.of(0) == [] and again.step == -1


def test_what_only_a_history_tells():
    history = SignalHistory()
    for index, counts in enumerate(([[8, 8, 0, 0]], [[0, 0, 8, 8]], [[0, 0, 8, 8]])):
        p = shares.normalise(torch.tensor(counts))
        history.add(index, p, DUE, torch.zeros(1, 1, 2), {})
    rows = history.of(0)
    assert [row["churn"] for row in rows] == [0, 1, 0]
    assert [row["fresh"] for row in rows] == [0, 1, 0]
    assert [round(row["visited"], 6) for row in rows][:2] == [0.5, 1.0]
    assert [round(row["best"], 6) for row in rows] == [0.5, 0.5, 0.5]


def test_a_signal_may_come_at_some_evaluations_alone():
    whole, p = SignalHistory(), DUE.expand(2, 4)
    score = {"critic_fakes": torch.tensor([0.5, 0.6])}
    for index, known in enumerate((score, {}, {})):
        whole.add(index, p, DUE, torch.zeros(2, 3, 2), known)
    again = SignalHistory()
    again.restore(whole.checkpoint())
    assert again.of(1) == whole.of(1)
    assert [("critic_fakes" in row) for row in again.of(0)] == [True, False, False]


def test_a_checkpoint_with_one_list_of_names_is_read():
    whole, again = filled(3), SignalHistory()
    saved = whole.checkpoint()
    again.restore(saved | {"names": saved["names"][0]})
    assert again.of(0) == whole.of(0)
