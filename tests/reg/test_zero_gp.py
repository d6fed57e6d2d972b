import torch

from mcgan.arch.mlp import MLP
from mcgan.config.build import build
from mcgan.gan.strategy import Strategy
from small import d_turn, game, node


def zero_gp(**settings) -> Strategy:
    return build(node("zero_gp", **settings), Strategy, "reg.zero_gp")


def test_of_a_linear_critic_it_is_its_squared_slope():
    made = game(penalty := zero_gp(weight=3.0))
    expected = 3.0 * made.D.head.weight.square().sum()
    torch.testing.assert_close(penalty.d_term(d_turn(made)), expected)


def test_it_is_taken_on_the_line_from_fake_to_real_and_moves_the_critic():
    made = game(penalty := zero_gp(weight=2.0), arch=MLP(latent=4, width=8))
    turn = d_turn(made)
    eps = turn.moment.noise["gradientpenalty.eps"]
    x = (eps * turn.real.x + (1 - eps) * turn.fake.x).requires_grad_()
    slope = torch.autograd.grad(turn.critic(x).score.sum(), x, create_graph=True)[0]
    pair = penalty.d_term(turn), 2.0 * slope.square().sum(1).mean()
    torch.testing.assert_close(*pair)
    weights = list(made.D.parameters())
    slopes = [torch.autograd.grad(each, weights, materialize_grads=True) for each in pair]
    torch.testing.assert_close(*slopes)
    assert slopes[0][0].abs().max() > 0


def test_a_flat_critic_pays_nothing_and_stays():
    made = game(penalty := zero_gp())
    torch.nn.init.zeros_(made.D.head.weight)
    term = penalty.d_term(d_turn(made))
    assert term == 0
    assert (torch.autograd.grad(term, made.D.head.weight)[0] == 0).all()
