import pytest
import torch

from mcgan.arch.mlp import MLP
from mcgan.reg.particles import Particles
from small import game, moment, real

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
    made = game(each := Particles(particles=50), arch=NETS)
    assert "reg.particles.table" in made.owned("G")
    loss, _ = made.play("G", real(made), moment(made))
    slope = torch.autograd.grad(loss, each.table)[0].norm(dim=1)
    used = (moment(made).noise["particles.pick"] * 50).long().unique()
    assert torch.equal(slope.nonzero().flatten(), used)


def test_the_table_starts_like_the_latents():
    game(each := Particles(particles=2000), arch=NETS)
    assert abs(each.table.mean()) < 0.05 and abs(each.table.std() - 1) < 0.05


def test_refusals():
    for settings, sentence in (({"particles": 0}, "particles must be at least 1"),
                               ({"spread": -1}, "spread must be at least 0")):
        with pytest.raises(ValueError, match=sentence):
            Particles(**settings)
