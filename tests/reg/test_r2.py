import torch

from mcgan.arch.mlp import MLP
from mcgan.config.build import build
from mcgan.gan.strategy import Strategy
from small import d_turn, game, node


def test_it_is_taken_at_fake_samples():
    r2 = build(node("r2", gamma=2.0), Strategy, "reg.r2")
    made = game(r2, arch=MLP(latent=4, width=8))
    turn = d_turn(made)
    x = turn.fake.x.detach().clone().requires_grad_()
    slope = torch.autograd.grad(turn.critic(x).score.sum(), x, create_graph=True)[0]
    torch.testing.assert_close(r2.d_term(turn), slope.square().sum(1).mean())


def test_of_a_linear_critic_it_is_half_gamma_times_the_squared_slope():
    made = game(r2 := build(node("r2", gamma=3.0), Strategy, "reg.r2"))
    torch.testing.assert_close(r2.d_term(d_turn(made)), 1.5 * made.D.head.weight.square().sum())
