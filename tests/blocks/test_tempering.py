import math

import pytest
import torch

from mcgan.blocks.tempering import adapt_length, draw_again, effective_share, raise_power

MANY = 20_000


def test_the_share_that_counts_is_one_of_equal_weights_and_one_in_n_of_a_single_one():
    assert effective_share(torch.full((50,), 3.0)) == pytest.approx(1)
    assert effective_share(torch.tensor([0.0, -80.0, -90.0, -100.0])) == pytest.approx(1 / 4)


def test_of_normal_scores_the_power_is_that_of_the_closed_form():
    """Weights e^(p s), s ~ N(0, v), have (E w)^2 / E w^2 = e^(-p^2 v)."""
    score = 3 * torch.randn(MANY, generator=torch.Generator().manual_seed(0))
    assert raise_power(score, 0.0, 0.5) == pytest.approx(math.sqrt(math.log(2) / 9), rel=0.03)
    step = raise_power(score, 0.25, 0.5) - 0.25
    assert step == pytest.approx(math.sqrt(math.log(2) / 9), rel=0.03)


def test_equal_scores_are_one_step_and_broken_ones_end():
    assert raise_power(torch.zeros(9), 0.0, 0.5) == 1
    power, steps = 0.0, 0
    while power < 1:
        power, steps = raise_power(torch.full((9,), math.nan), power, 0.5), steps + 1
    assert steps <= 1024


@pytest.mark.parametrize("draw", [0.0, 0.4, 0.999])
def test_each_is_drawn_as_often_as_its_weight_says(draw):
    weights = torch.tensor([0.05, 0.35, 0.0, 0.6])
    scores = weights.log().repeat(25)  # of 100 particles
    counts = draw_again(scores, torch.tensor([draw])).bincount(minlength=100)
    due = (weights / 25).repeat(25) * 100
    assert counts.sum() == 100 and ((counts - due).abs() < 1).all()


def test_moves_are_made_longer_where_many_are_taken_and_shorter_where_few_are():
    taken = torch.arange(10)
    assert adapt_length(0.5, taken < 3) == pytest.approx(0.5)
    assert adapt_length(0.5, taken < 5) > 0.5 > adapt_length(0.5, taken < 1)
    assert adapt_length(1.0, taken < 10) == 1
