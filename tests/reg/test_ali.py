import pytest
import torch

from mcgan.arch.dcgan import DCGAN
from mcgan.arch.mlp import MLP
from mcgan.blocks.wrapped_critic import attach_code, split_code
from mcgan.objective import LeastSquares, NonSaturating, RelativisticPairing, Wasserstein
from mcgan.reg.ali import ALI
from mcgan.reg.discrete_latent import DiscreteLatent
from mcgan.reg.minibatch import Minibatch
from mcgan.reg.mixture import GeneratorMixture
from mcgan.reg.pac import Pac
from mcgan.reg.r1 import R1
from mcgan.types import PLAYERS
from small import d_turn, game, moment, real

NETS = MLP(latent=4, width=8)


@pytest.mark.parametrize("shape", [(2,), (7,), (1, 4, 4), (3, 5, 5)])
@pytest.mark.parametrize("codes", [1, 4, 30])
def test_what_is_put_together_comes_apart(shape, codes):
    x, code = torch.randn(6, *shape), torch.randn(6, codes)
    pair = attach_code(x, code)
    assert pair.dim() == x.dim() and pair.shape[2:] == x.shape[2:]
    for found, given in zip(split_code(pair, shape, codes), (x, code), strict=True):
        assert torch.equal(found, given)
    assert split_code(x, shape, codes)[1] is None


def test_real_x_comes_with_its_code_and_a_fake_with_its_latent():
    made = game(ali := ALI(), arch=NETS)
    turn = d_turn(made)
    x, code = split_code(turn.real.x, (3,), 4)
    assert torch.equal(x, real(made)) and torch.equal(code, ali.encoder(x))
    x, code = split_code(turn.fake.x, (3,), 4)
    assert torch.equal(code, turn.fake.z)
    torch.testing.assert_close(x, made.G(turn.fake.z, turn.fake.origin))


def test_a_pairs_score_is_no_sum_of_a_part_of_x_and_a_part_of_z():
    made = game(ALI(), arch=NETS)
    x, z = torch.randn(2, 3), torch.randn(2, 4)
    score = [[made.D(attach_code(x[i : i + 1], z[j : j + 1])).score for j in (0, 1)]
             for i in (0, 1)]
    assert (score[0][0] + score[1][1] - score[0][1] - score[1][0]).abs() > 1e-5


@pytest.mark.parametrize("objective, loss", [
    (NonSaturating(), lambda r: torch.nn.functional.softplus(r)),
    (LeastSquares(), lambda r: r**2 / 2),
    (Wasserstein(), lambda r: r),
])
def test_the_encoder_lowers_ds_loss_with_the_label_of_fakes(objective, loss):
    made = game(ali := ALI(), arch=NETS, objective=objective)
    x, weights = real(made), list(ali.encoder.parameters())
    total, _ = made.play("G", x, moment(made))
    found = torch.autograd.grad(total, weights)
    fooling = loss(made.D(attach_code(x, ali.encoder(x))).score).mean()
    expected = torch.autograd.grad(fooling, weights)
    torch.testing.assert_close(found, expected)
    assert all(slope.abs().max() > 0 for slope in found)


def test_a_paired_loss_reaches_the_encoder_once():
    made = game(ali := ALI(), arch=NETS, objective=RelativisticPairing())
    loss, report = made.play("G", real(made), moment(made))
    assert "ali" not in report.scalars
    assert torch.autograd.grad(loss, ali.encoder[-1].weight)[0].abs().max() > 0


def test_d_does_not_train_the_encoder():
    made = game(ALI(), arch=NETS)
    encoder = {name for name, _ in made.named_parameters() if name.startswith("reg.ali.encoder")}
    assert len(encoder) == 6 and encoder <= set(made.owned("G"))
    assert {"D.joint.0.weight", "D.inner.head.weight"} <= set(made.owned("D"))


def test_images_have_their_code_as_further_channels():
    made = game(ALI(), arch=DCGAN(latent=10, width=2, critic_width=2), shape=(1, 8, 8))
    turn = d_turn(made)
    assert turn.real.x.shape == (8, 2, 8, 8) and turn.on_real.score.shape == (8,)


def test_a_penalty_is_on_x_and_z():
    made = game(ALI(), R1(gamma=2.0), arch=NETS)
    turn = d_turn(made)
    pair = turn.real.x.detach().requires_grad_()
    slope = torch.autograd.grad(made.D(pair).score.sum(), pair)[0]
    assert (slope[:, 3:].abs().amax(0) > 0).all()
    _, report = made.play("D", real(made), moment(made))
    torch.testing.assert_close(report.scalars["r1"], slope.square().sum(1).mean())


@pytest.mark.parametrize("chain", [(DiscreteLatent(values=5), ALI()),
                                   (ALI(), DiscreteLatent(values=5))])
def test_the_code_is_as_wide_as_the_latents_are_in_the_end(chain):
    made = game(*chain, arch=NETS)
    assert d_turn(made).real.x.shape == (8, 3 + 9)


@pytest.mark.parametrize("chain", [(Minibatch(), ALI()), (ALI(), Minibatch())])
def test_the_critic_of_x_may_be_extended_before_or_after(chain):
    made = game(*chain, arch=NETS)
    assert made.D.judges_batches and made.D.inner.head.in_features == 8 + 16


def test_it_goes_with_several_generators():
    made = game(GeneratorMixture(manager="learned"), ALI(), arch=NETS)
    turn = d_turn(made)
    assert len(turn.fake.origin.unique()) > 1 and turn.fake.x.shape == (8, 3 + 4)
    for player in PLAYERS:
        assert made.play(player, real(made), moment(made))[0].isfinite()


def test_refusals():
    with pytest.raises(ValueError, match="nothing trains the encoder: take adversarial=true"):
        ALI(adversarial=False)
    for chain in ((ALI(), Pac()), (Pac(), ALI())):
        with pytest.raises(ValueError, match="can't judge packs: use one of the two"):
            game(*chain, arch=NETS)
