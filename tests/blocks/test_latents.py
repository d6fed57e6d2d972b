import torch

from mcgan.blocks.latents import gumbel, pick_by_share, pick_evenly

DRAWS = torch.tensor([0.0, 0.24, 0.26, 0.5, 0.76, 1.0])


def test_picks_are_even_and_stay_within_the_count():
    assert pick_evenly(DRAWS, 4).tolist() == [0, 0, 1, 2, 3, 3]
    assert pick_evenly(DRAWS, torch.tensor(2)).tolist() == [0, 0, 0, 1, 1, 1]
    assert pick_evenly(DRAWS, torch.tensor(1)).tolist() == [0] * 6


def test_picks_follow_shares_and_never_an_empty_one():
    shares = torch.tensor([0.25, 0.0, 0.5, 0.25])
    assert pick_by_share(DRAWS, shares).tolist() == [0, 0, 2, 2, 3, 3]


def test_gumbel_numbers_have_their_law_and_are_finite_at_the_ends():
    draws = torch.tensor([0.0, 0.25, 0.5, 1.0], dtype=torch.float64)
    found = gumbel(draws)
    assert found.isfinite().all()
    torch.testing.assert_close((-(-found[1:3]).exp()).exp(), draws[1:3])  # exp(-exp(-g)) = u
