import pytest
import torch

from mcgan.arch.dcgan import DCGAN
from mcgan.arch.mlp import MLP
from mcgan.reg.gradient_norm import GradientNorm
from mcgan.reg.minibatch import Minibatch
from mcgan.reg.pac import Pac, Packs
from mcgan.reg.r1 import R1
from mcgan.reg.replay import Replay
from small import d_turn, game, moment, real, sample


def test_vectors_are_joined_and_channels_stacked():
    x = torch.arange(24.0)
    vectors = x.reshape(12, 2)
    assert torch.equal(
        Packs(3)(vectors), torch.stack([vectors[i : i + 3].flatten() for i in range(0, 12, 3)])
    )
    images = torch.randn(6, 2, 4, 4)
    packs = Packs(3)(images)
    assert packs.shape == (2, 6, 4, 4)
    assert torch.equal(packs[1], torch.cat([images[3], images[4], images[5]]))


@pytest.mark.parametrize("m", [2, 4])
def test_a_batch_has_a_score_for_each_pack_that_hears_all_its_members(m):
    made = game(Pac(m=m), arch=MLP(latent=4, width=8))
    x = real(made).requires_grad_()
    verdict = made.D(x)
    assert verdict.score.shape == (8 // m,) and verdict.features.shape == (8 // m, 8)
    slope = torch.autograd.grad(verdict.score[1], x)[0].abs().amax(1)
    assert (slope[m : 2 * m] > 0).all() and slope[:m].max() == 0 and (slope[2 * m :] == 0).all()


def test_only_the_critics_input_grows():
    plain, packed = (game(*each, arch=MLP(latent=4, width=8)) for each in ((), (Pac(m=2),)))
    count = [sum(p.numel() for p in each.D.parameters()) for each in (plain, packed)]
    assert count[1] - count[0] == 3 * 8  # another example of 3 numbers to 8 units


def test_the_generators_gradient_flows_through_all_members():
    made = game(Pac(m=4), arch=MLP(latent=4, width=8))
    now = moment(made)
    z = now.noise["z"].requires_grad_()
    loss, _ = made.play("G", real(made), now)
    assert (torch.autograd.grad(loss, z)[0].abs().amax(1) > 0).all()


def test_a_penalty_is_on_the_gradient_of_the_whole_pack():
    made = game(Pac(m=2), r1 := R1(gamma=2.0))  # a linear critic: one slope for all packs
    expected = made.D.head.weight.square().sum()
    torch.testing.assert_close(r1.d_term(d_turn(made)), expected)
    assert not any("cross terms" in note for note in made.notes())


@pytest.mark.parametrize("chain", [(Pac(m=2), Minibatch()), (Minibatch(), Pac(m=2))])
def test_a_pack_has_no_cross_terms_until_packs_are_compared(chain):
    """Each example changes the score of its own pack alone, so the log has nothing to say."""
    made = game(Pac(m=2), GradientNorm(), arch=MLP(latent=4, width=8))
    each = torch.autograd.functional.jacobian(lambda x: made.D(x).score, real(made))  # (4, 8, 3)
    own = torch.eye(4).repeat_interleave(2, 1).bool()
    assert (each.abs().amax(2)[~own] == 0).all() and (each.abs().amax(2)[own] > 0).all()
    assert not any("cross terms" in note for note in made.notes())
    compared = game(*chain, R1(), arch=MLP(latent=4, width=8))
    assert any("cross terms" in note for note in compared.notes())


def test_old_fakes_come_in_whole_batches():
    made = game(Pac(), replay := Replay(size=32, probability=0.5))
    replay.old_x += 1.0
    replay.seen += 4
    fresh = sample(torch.full((8, 3), -1.0))
    for seed in range(10):
        x = replay.fakes(fresh, moment(made, seed=seed)).x
        assert (x == x[0, 0]).all()


def test_images_go_through_convolutions():
    made = game(Pac(m=2), arch=DCGAN(latent=4, width=2, critic_width=2), shape=(3, 8, 8))
    assert made.D(real(made)).score.shape == (4,)


@pytest.mark.parametrize("batch, m, near", [(64, 3, 63), (8, 3, 9), (2, 4, 4), (10, 4, 8)])
def test_the_nearest_batch_is_named(batch, m, near):
    sentence = f"reg.pac: packs of m={m} .* take train.batch_size={near} "
    with pytest.raises(ValueError, match=sentence):
        game(Pac(m=m), batch=batch)


def test_m_below_one_is_refused():
    with pytest.raises(ValueError, match="m must be at least 1"):
        Pac(m=0)
