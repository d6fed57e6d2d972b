import torch
from torch.nn.functional import softplus

from mcgan.arch.mlp import MLP
from mcgan.blocks.wrapped_critic import attach_code
from mcgan.config.build import build
from mcgan.gan.strategy import Strategy
from mcgan.objective import NonSaturating, RelativisticPairing
from small import game, moment, node, real

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
    lost = ((z - strategy.encoder(x)) ** 2).sum(1).mean()
    loss, _ = made.play("G", real(made), now)
    torch.testing.assert_close(loss, fooling + 0.7 * lost)


def test_the_encoder_learns_by_reconstruction_alone():
    for objective in (NonSaturating(), RelativisticPairing()):
        made, strategy = veegan(objective)
        loss, report = made.play("G", real(made), moment(made))
        weights = list(strategy.encoder.parameters())
        found = torch.autograd.grad(loss, weights, retain_graph=True)
        torch.testing.assert_close(found, torch.autograd.grad(report.scalars["ali"], weights))


def test_reconstruction_trains_the_generator_too():
    made, _ = veegan()
    _, report = made.play("G", real(made), moment(made))
    slopes = torch.autograd.grad(report.scalars["ali"], list(made.G.parameters()))
    assert all(slope.abs().max() > 0 for slope in slopes)
