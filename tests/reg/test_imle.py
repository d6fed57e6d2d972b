import pytest
import torch

from mcgan.reg.discrete_latent import DiscreteLatent
from mcgan.reg.imle import IMLE
from small import d_turn, game, moment, node, real


def played(*others, x: torch.Tensor | None = None, shape: tuple[int, ...] = (2,), **settings):
    """A game, a turn of it, and the fakes (pool, B, *S) that are searched."""
    made = game(imle := IMLE(**settings), *others, shape=shape)
    turn = d_turn(made)
    turn.raw_real = real(made) if x is None else x
    pool = torch.stack([turn.generate(z).x for z in imle.get_noise(turn.moment, "pool")])
    return imle, made, turn, pool


def ways(x: torch.Tensor, pool: torch.Tensor) -> torch.Tensor:
    """Squared distances (N, M) of real to pooled fakes, pair by pair."""
    fakes = pool.flatten(0, 1).flatten(1)
    return torch.stack([(each - fakes).square().sum(1) for each in x.flatten(1)])


@pytest.mark.parametrize("shape", [(2,), (1, 2, 2)])
@pytest.mark.parametrize("pool", [1, 5])
def test_each_real_pays_the_way_to_its_nearest_fake_of_the_pool(pool, shape):
    imle, _, turn, fakes = played(weight=3.0, pool=pool, shape=shape)
    assert len(fakes) == pool
    numbers = turn.raw_real[0].numel()
    expected = 3 * ways(turn.raw_real, fakes).amin(1).mean() / numbers
    torch.testing.assert_close(imle.g_term(turn), expected)


def test_the_pool_costs_no_gradient_and_the_chosen_ones_have_it():
    """Of a linear G the gradient has a closed form, with the latents of the nearest fakes alone."""
    imle, made, turn, fakes = played(pool=3)
    z = imle.get_noise(turn.moment, "pool").flatten(0, 1)
    chosen = ways(turn.raw_real, fakes).argmin(1)
    weight = made.G.net[0].weight
    found = torch.autograd.grad(imle.g_term(turn), weight)[0]
    away = fakes.flatten(0, 1)[chosen] - turn.raw_real
    torch.testing.assert_close(found, (2 * away / away.numel()).T @ z[chosen])


def test_where_the_data_are_covered_the_pull_goes_as_the_pool_grows():
    """The nearest of one batch is dragged to a random neighbour for ever."""
    pulls = []
    for pool in (1, 300):
        imle, made, turn, _ = played(pool=pool)
        with torch.no_grad():
            made.G.net[0].weight.copy_(torch.eye(2))  # G is the data's law
            made.G.net[0].bias.zero_()
        pulls.append(imle.g_term(turn).item())
    assert pulls[1] < pulls[0] / 20


def test_a_mode_without_fakes_pulls_one_there():
    x = torch.tensor([[50.0, 0.0]] * 8)
    imle, made, turn, _ = played(x=x, pool=2)
    (slope,) = torch.autograd.grad(imle.g_term(turn), made.G.net[0].bias)
    assert slope[0] < -10


def test_a_chosen_fake_is_made_again_with_its_own_code():
    imle, _, turn, fakes = played(DiscreteLatent(values=3), pool=4)
    expected = ways(turn.raw_real, fakes).amin(1).mean() / 2
    torch.testing.assert_close(imle.g_term(turn), imle.weight * expected)


def test_the_searched_fakes_are_others_than_the_turns_own():
    _, made, turn, fakes = played(pool=2)
    assert (fakes.unsqueeze(0) != turn.raw_fake.x).all()
    _, report = made.play("G", real(made), moment(made))
    assert report.scalars["imle"] > 0


def test_ten_batches_are_searched_by_default():
    assert node("imle")["pool"] == IMLE.pool == 10


def test_settings_out_of_range_are_refused():
    with pytest.raises(ValueError, match="weight must be at least 0"):
        IMLE(weight=-1.0)
    with pytest.raises(ValueError, match="pool must be at least 1"):
        IMLE(pool=0)
