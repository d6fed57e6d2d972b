import pytest
import torch

from mcgan.reg.mode_seeking import ModeSeeking
from small import d_turn, game, node

Y = torch.tensor([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0], [3.0, 5.0]])  # halves 2, 2, 2, 4 apart
Z = torch.tensor([[0.0], [0.0], [1.0], [-3.0]])  # 1, 3 apart


def turn(x: torch.Tensor | None = None, y: torch.Tensor = Y):
    made = d_turn(game(shape=(2,), batch=4))
    made.raw_fake = made.raw_fake._replace(x=y, z=Z)
    made.raw_real = Y if x is None else x
    return made


def test_it_is_the_latents_distance_over_the_fakes():
    found = ModeSeeking(weight=3.0).g_term(turn())
    torch.testing.assert_close(found, torch.tensor(3.0 / (2.5 / 2.0 + 1e-5)))


def test_collapsed_fakes_cost_a_lot_and_stay_finite():
    found = ModeSeeking(weight=1.0).g_term(turn(y=torch.ones(4, 2)))
    assert found.item() == pytest.approx(1e5, rel=1e-4)


def test_by_default_the_data_as_they_are_feel_no_push():
    """p_G = p_data is a fixed point; without a cap the term has a gradient there."""

    def slope(**settings: None) -> float:
        y = (1.01 * Y).requires_grad_()  # as far apart as the data, or a little more
        found = ModeSeeking(**settings).g_term(turn(y=y))
        return torch.autograd.grad(found, y, materialize_grads=True, allow_unused=True)[0].norm()

    assert slope() == 0 and slope(cap=None) > 0
    strategy = node("mode_seeking")
    assert (strategy["weight"], strategy["cap"]) == (0.5, 1.0)


@pytest.mark.parametrize("cap, apart", [(0.5, 1.25), (4.0, 2.5)])
def test_a_cap_ends_the_push_at_the_spread_of_real_data(cap, apart):
    y = Y.clone().requires_grad_()
    found = ModeSeeking(weight=1.0, cap=cap).g_term(turn(y=y))
    torch.testing.assert_close(found, torch.tensor(1 / (apart / 2.0 + 1e-5)))
    (slope,) = torch.autograd.grad(found, y, materialize_grads=True, allow_unused=True)
    assert (slope.abs().max() > 0) == (apart == 2.5)


def test_the_push_is_on_the_fakes_and_not_on_learned_latents():
    made = turn()
    z = Z.clone().requires_grad_()
    made.raw_fake = made.raw_fake._replace(z=z)
    assert not ModeSeeking().g_term(made).requires_grad


def test_an_odd_batch_leaves_one_out():
    made = turn()
    more = torch.full((1, 2), 99.0)
    expected = ModeSeeking().g_term(made)
    made.raw_fake = made.raw_fake._replace(x=torch.cat([Y, more]), z=torch.cat([Z, more[:, :1]]))
    torch.testing.assert_close(ModeSeeking().g_term(made), expected)


def test_settings_and_batches_that_do_not_go_are_refused():
    with pytest.raises(ValueError, match="weight must be at least 0"):
        ModeSeeking(weight=-1.0)
    with pytest.raises(ValueError, match="cap must be above 0"):
        ModeSeeking(cap=0.0)
    with pytest.raises(ValueError, match=r"two halves of a batch: take train\.batch_size=2"):
        game(ModeSeeking(), batch=1)
