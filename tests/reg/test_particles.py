import numpy
import pytest
import torch

from mcgan.arch.mlp import MLP
from mcgan.reg.particles import Particles
from small import d_turn, game, moment, real

NETS = MLP(latent=4, width=8)


def test_a_latent_is_a_particle_and_noise_about_it():
    made = game(each := Particles(particles=3, spread=0.5), arch=NETS)
    now = moment(made)
    pick = (now.noise["particles.pick"] * 3).long()
    expected = each.table[pick] + 0.5 * now.noise["z"]
    torch.testing.assert_close(made.generate(now).z, expected)
    assert pick.unique().numel() > 1


def test_without_spread_the_samples_are_as_few_as_the_particles():
    made = game(Particles(particles=3, spread=0.0), arch=NETS, batch=64)
    assert len(made.generate(moment(made)).x.unique(dim=0)) == 3


def test_g_trains_the_particles_of_its_batch_alone():
    made = game(each := Particles(particles=50, weight=0.0), arch=NETS)
    assert "reg.particles.table" in made.owned("G")
    loss, _ = made.play("G", real(made), moment(made))
    slope = torch.autograd.grad(loss, each.table)[0].norm(dim=1)
    used = (moment(made).noise["particles.pick"] * 50).long().unique()
    assert torch.equal(slope.nonzero().flatten(), used)


def test_particles_are_kept_from_falling_together():
    """VICReg's variance and covariance terms, number by number."""
    made = game(each := Particles(particles=40, weight=3.0), arch=NETS)
    with torch.no_grad():
        each.table.mul_(torch.tensor([0.1, 1.0, 1.0, 3.0]))
        each.table[:, 2] = each.table[:, 1] + 0.1 * each.table[:, 2]
    rows = each.table.detach().double()
    cov = torch.tensor(numpy.cov(rows.T.numpy()))
    short = sum(max(0.0, 1 - (cov[i, i].item() + 1e-4) ** 0.5) for i in range(4)) / 4
    alike = sum(cov[i, j].item() ** 2 for i in range(4) for j in range(4) if i != j) / 4
    _, report = made.play("G", real(made), moment(made))
    assert report.scalars["particles"].item() == pytest.approx(3 * (short + alike), rel=1e-4)
    assert short > 0.1 and alike > 0.1


def test_collapsed_particles_are_driven_apart_and_spread_ones_are_left_alone():
    table = torch.tensor([[2.0, 2.0], [2.0, -2.0], [-2.0, 2.0], [-2.0, -2.0]])
    for scale, pushed in ((1.0, False), (0.1, True)):
        game(each := Particles(particles=4), arch=MLP(latent=2, width=8))
        each.table.data = scale * table
        slope = torch.autograd.grad(each.g_term(d_turn(game())), each.table)[0]
        assert ((-slope * table).sum(1) > 1e-3).all() == pushed  # outward
        assert (slope.abs().max() > 1e-6) == pushed


def test_one_particle_alone_has_no_spread_to_keep():
    made = game(Particles(particles=1), arch=NETS)
    loss, report = made.play("G", real(made), moment(made))
    assert loss.isfinite() and "particles" not in report.scalars


def test_the_table_starts_like_the_latents():
    game(each := Particles(particles=2000), arch=NETS)
    assert abs(each.table.mean()) < 0.05 and abs(each.table.std() - 1) < 0.05


def test_refusals():
    for settings, sentence in (
        ({"particles": 0}, "particles must be at least 1"),
        ({"spread": -1}, "spread must be at least 0"),
        ({"weight": -1}, "weight must be at least 0"),
    ):
        with pytest.raises(ValueError, match=sentence):
            Particles(**settings)
