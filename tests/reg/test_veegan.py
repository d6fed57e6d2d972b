import math

import torch
from torch.nn.functional import softplus

from mcgan.arch.mlp import MLP
from mcgan.blocks.wrapped_critic import attach_code, split_code
from mcgan.config.build import build
from mcgan.gan.strategy import Strategy
from mcgan.objective import NonSaturating, RelativisticPairing
from small import d_turn, game, moment, node, real

NETS = MLP(latent=4, width=8)


def veegan(objective=None, **settings):
    strategy = build(node("veegan", **settings), Strategy, "reg.veegan")
    return game(strategy, arch=NETS, objective=objective or NonSaturating()), strategy


def test_gs_loss_is_ds_verdict_on_pairs_and_the_noise_made_out_again():
    made, strategy = veegan(reconstruct=0.7)
    now = moment(made)
    z = now.noise["z"]
    x = made.G(z, torch.zeros(8, dtype=torch.int64))
    fooling = softplus(-made.D(attach_code(x, z)).score).mean()
    lost = ((z - strategy.net(x)) ** 2).sum(1).mean()
    loss, _ = made.play("G", real(made), now)
    torch.testing.assert_close(loss, fooling + 0.7 * lost)


def test_it_is_the_log_likelihood_of_z_under_a_gaussian_of_unit_variance():
    """-log N(z; F(x), 1) but for its constant, by torch's own distribution."""
    made, strategy = veegan()
    now = moment(made)
    z = now.noise["z"]
    law = torch.distributions.Normal(strategy.net(made.G(z, torch.zeros(8))), 1.0)
    constant = 4 * math.log(2 * math.pi) / 2
    _, report = made.play("G", real(made), now)
    torch.testing.assert_close(report.scalars["ali"], -law.log_prob(z).sum(1).mean() - constant)


def test_d_sees_a_draw_of_the_encoders_gaussian():
    made, strategy = veegan()
    x, code = split_code(d_turn(made).real.x, (3,), 4)
    torch.testing.assert_close(code - strategy.net(x), moment(made).noise["ali.code"])
    assert not code.requires_grad  # the encoder learns by reconstruction alone


def test_the_encoder_learns_by_reconstruction_alone():
    for objective in (NonSaturating(), RelativisticPairing()):
        made, strategy = veegan(objective)
        loss, report = made.play("G", real(made), moment(made))
        weights = list(strategy.net.parameters())
        found = torch.autograd.grad(loss, weights, retain_graph=True)
        torch.testing.assert_close(found, torch.autograd.grad(report.scalars["ali"], weights))


def test_reconstruction_trains_the_generator_too():
    made, _ = veegan()
    _, report = made.play("G", real(made), moment(made))
    slopes = torch.autograd.grad(report.scalars["ali"], list(made.G.parameters()))
    assert all(slope.abs().max() > 0 for slope in slopes)
