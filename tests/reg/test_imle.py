import pytest
import torch

from mcgan.reg.imle import IMLE
from small import d_turn, game


def term(x: list[list[float]], y: torch.Tensor, weight: float = 1.0) -> torch.Tensor:
    turn = d_turn(game(shape=(2,), batch=len(x)))
    turn.raw_real = torch.tensor(x)
    turn.raw_fake = turn.raw_fake._replace(x=y)
    return IMLE(weight=weight).g_term(turn)


def test_each_real_pays_the_way_to_its_nearest_fake():
    x = [[0.0, 0.0], [10.0, 0.0], [10.0, 2.0]]
    y = torch.tensor([[1.0, 0.0], [9.0, 0.0], [50.0, 50.0]])
    ways = [1.0, 1.0, 1.0 + 4.0]  # squared
    assert term(x, y, weight=3.0).item() == pytest.approx(3 * sum(ways) / 3 / 2)


def test_a_mode_without_fakes_pulls_one_and_a_stray_fake_is_left_alone():
    x = [[0.0, 0.0], [0.0, 0.0], [10.0, 0.0]]
    y = torch.tensor([[0.0, 0.0], [1.0, 0.0], [-9.0, 0.0]], requires_grad=True)
    (slope,) = torch.autograd.grad(term(x, y), y)
    assert slope[1, 0] < 0  # descent moves it to the mode at 10
    assert slope[0].abs().max() == slope[2].abs().max() == 0


def test_it_is_zero_where_the_fakes_are_the_data():
    x = [[0.0, 1.0], [2.0, 3.0], [-1.0, 4.0]]
    assert term(x, torch.tensor(x)[[2, 0, 1]]).item() == 0


def test_images_cost_as_much_as_the_same_numbers_in_a_row():
    made = game(shape=(3, 2, 2))
    turn = d_turn(made)
    found = IMLE().g_term(turn)
    turn.raw_real = turn.raw_real.flatten(1)
    turn.raw_fake = turn.raw_fake._replace(x=turn.raw_fake.x.flatten(1))
    torch.testing.assert_close(found, IMLE().g_term(turn))
    assert found > 0


def test_a_negative_weight_is_refused():
    with pytest.raises(ValueError, match="weight must be at least 0"):
        IMLE(weight=-1.0)
