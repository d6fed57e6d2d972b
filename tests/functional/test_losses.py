"""Each loss at scores whose losses are worked out by hand."""

import math

import pytest
import torch

from mcgan import functional

LN2, LN3 = math.log(2), math.log(3)
# Scores whose sigmoid is 1/2, 2/3 and 1/3, so that softplus is ln 2, ln 3 and ln 3/2.
REAL, FAKE = torch.tensor([0.0, LN2]), torch.tensor([-LN2, 0.0])
MEANS = LN2 / 2, -LN2 / 2  # of real and of fake


def sp(t: float) -> float:
    return math.log(1 + math.exp(t))


BY_HAND = {
    "minimax_d": [LN2 + LN3 - LN2, LN3 - LN2 + LN2],
    "non_saturating_d": [LN3, LN3],
    "lsgan_d": [(1 + LN2**2) / 2, (LN2 - 1) ** 2 / 2],
    "hinge_d": [1 + 1 - LN2, 1 - LN2 + 1],
    "wgan_d": [-LN2, -LN2],
    "rpgan_d": [LN3 - LN2, LN3 - LN2],
    "rpgan_g": [LN3, LN3],
    "ragan_d": [sp(-LN2 / 2) + sp(-1.5 * LN2), sp(-1.5 * LN2) + sp(-LN2 / 2)],
    "ragan_g": [sp(1.5 * LN2) + sp(LN2 / 2), sp(LN2 / 2) + sp(1.5 * LN2)],
    "rals_d": [(LN2 / 2 - 1) ** 2 + (-1.5 * LN2 + 1) ** 2] * 2,
    "rals_g": [(-1.5 * LN2 - 1) ** 2 + (LN2 / 2 + 1) ** 2] * 2,
    "d2gan_d1": [LN3 - LN2 - math.log(LN2), LN2 - math.log(LN3)],
    "d2gan_d2": [LN2 - math.log(LN3 - LN2), LN3 - math.log(LN2)],
}
BY_HAND_G = {
    "minimax_g": [LN2 - LN3, -LN2],
    "non_saturating_g": [LN3, LN2],
    "lsgan_g": [(LN2 + 1) ** 2 / 2, 0.5],
    "hinge_g": [LN2, 0.0],
    "wgan_g": [LN2, 0.0],
    "d2gan_g1": [LN2 - LN3, -LN2],
    "d2gan_g2": [math.log(LN3 - LN2), math.log(LN2)],
}


@pytest.mark.parametrize("name", BY_HAND)
@pytest.mark.parametrize("shape", [(2,), (2, 1)])
def test_a_loss_of_both_scores(name, shape):
    found = getattr(functional, name)(REAL.reshape(shape), FAKE.reshape(shape))
    torch.testing.assert_close(found, torch.tensor(BY_HAND[name]).reshape(shape))


@pytest.mark.parametrize("name", BY_HAND_G)
@pytest.mark.parametrize("shape", [(2,), (2, 1)])
def test_a_loss_of_fakes(name, shape):
    found = getattr(functional, name)(FAKE.reshape(shape))
    torch.testing.assert_close(found, torch.tensor(BY_HAND_G[name]).reshape(shape))


def test_every_loss_is_here():
    public = {name for name in functional.__all__ if name[-2:] in ("_d", "_g")}
    assert public <= BY_HAND.keys() | BY_HAND_G.keys()


def test_the_weights_of_d2gan():
    zero = torch.zeros(1)
    torch.testing.assert_close(
        functional.d2gan_d1(zero, zero, alpha=2.0), torch.tensor([LN2 - 2 * math.log(LN2)])
    )
    torch.testing.assert_close(
        functional.d2gan_d2(zero, zero, beta=0.5), torch.tensor([LN2 - math.log(LN2) / 2])
    )
    torch.testing.assert_close(
        functional.d2gan_g2(zero, beta=3.0), torch.tensor([3 * math.log(LN2)])
    )


def test_log_softplus_is_the_score_itself_where_softplus_underflows():
    far = torch.tensor([-1000.0, -40.0])
    torch.testing.assert_close(functional.log_softplus(far), far)
