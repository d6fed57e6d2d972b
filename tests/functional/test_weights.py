"""Terms of weights and gradients, and weights of losses, by hand."""

import math

import pytest
import torch

from mcgan import functional

A, B = torch.tensor([[1.0, 2.0]]), torch.tensor(3.0)


def test_historical_averaging_is_the_squared_distance():
    assert functional.historical_averaging([A, B], [torch.zeros(1, 2), torch.tensor(1.0)]) == 9.0
    with pytest.raises(ValueError):
        functional.historical_averaging([A, B], [A])


def test_ewc_weighs_by_the_fisher_information():
    fisher = torch.tensor([[2.0, 0.0]]), torch.tensor(0.5)
    found = functional.ewc([A, B], [torch.zeros(1, 2), torch.tensor(1.0)], fisher)
    assert found == 2 * 1 + 0 + 0.5 * 4


def test_consensus_is_the_squared_field_and_can_be_minimised():
    w, c = (torch.tensor(value, requires_grad=True) for value in (2.0, 5.0))
    term = functional.consensus(w * c, -w * c, [w], [c], gamma=2.0)
    assert term.item() == 25 + 4  # v = (c, -w)
    term.backward()
    assert (w.grad.item(), c.grad.item()) == (4.0, 10.0)


def test_consensus_counts_weights_that_a_loss_does_not_use_as_zero():
    w, idle = (torch.tensor(value, requires_grad=True) for value in (3.0, 7.0))
    assert functional.consensus(w**2, w * 1.0, [w], [idle]).item() == 18.0


@pytest.mark.parametrize(
    "share, kept",
    [(0.5, [0.0, 4.0, 6.0, 0.0]), (0.0, [0.0, 8.0, 0.0, 0.0]), (1.0, [1.0, 2.0, 3.0, 4.0])],
)
def test_top_k_keeps_the_mean_over_the_best(share, kept):
    losses, scores = torch.tensor([1.0, 2.0, 3.0, 4.0]), torch.tensor([0.1, 0.9, 0.5, 0.2])
    torch.testing.assert_close(functional.top_k(losses, scores, share), torch.tensor(kept))


def test_gman_listens_to_the_harshest():
    losses = torch.tensor([[0.0, 0.0], [2.0, 4.0]])  # means 0 and 3
    sure = 1 / (1 + math.exp(-3))
    torch.testing.assert_close(functional.gman(losses), torch.tensor([2 * sure, 4 * sure]))
    heard = torch.tensor([True, False])
    torch.testing.assert_close(functional.gman(losses, heard=heard), torch.zeros(2))


def test_a_young_average_forgets_faster():
    ages = torch.tensor([0.0, 8.0, 1e6])
    torch.testing.assert_close(functional.ema_decay(ages, 0.9), torch.tensor([0.1, 0.5, 0.9]))
