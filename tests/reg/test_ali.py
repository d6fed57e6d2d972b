import pytest
import torch
from torch.nn.functional import leaky_relu

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
from small import Straight, d_turn, game, moment, real

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
    made = game(ali := ALI(encoder="deterministic"), arch=NETS)
    turn = d_turn(made)
    x, code = split_code(turn.real.x, (3,), 4)
    assert torch.equal(x, real(made)) and torch.equal(code, ali.net(x))
    x, code = split_code(turn.fake.x, (3,), 4)
    assert torch.equal(code, turn.fake.z)
    torch.testing.assert_close(x, made.G(turn.fake.z, turn.fake.origin))


def test_the_first_layer_sees_x_and_z():
    """The score is the plain critic's on (x, z) as one vector: nothing of it is of x alone."""
    made = game(ALI(), arch=NETS)
    pair = torch.randn(5, 3 + 4)
    weights = dict(made.D.named_parameters())
    assert weights["trunk.trunk.1.0.weight"].shape == (8, 3 + 4)
    hidden = pair
    for layer in ("trunk.trunk.1.0", "trunk.trunk.2.0"):
        hidden = leaky_relu(hidden @ weights[f"{layer}.weight"].T + weights[f"{layer}.bias"], 0.2)
    score = hidden @ weights["head.weight"].T + weights["head.bias"]
    torch.testing.assert_close(made.D(pair).score, score.squeeze(1))
    torch.testing.assert_close(made.D(pair).features, hidden)


@pytest.mark.parametrize(
    "arch, shape",
    [(NETS, (3,)), (NETS, (1, 4, 4)), (DCGAN(latent=4, width=2, critic_width=2), (1, 8, 8))],
)
def test_no_feature_is_a_sum_of_a_part_of_x_and_a_part_of_z(arch, shape):
    made = game(ALI(), arch=arch, shape=shape)
    x, z = 3 * torch.randn(2, *shape), 3 * torch.randn(2, 4)
    seen = [
        [made.D(attach_code(x[i : i + 1], z[j : j + 1])).features for j in (0, 1)] for i in (0, 1)
    ]
    mixed = seen[0][0] + seen[1][1] - seen[0][1] - seen[1][0]
    assert (mixed.abs() > 1e-4).sum() > mixed.numel() / 4


def linear_encoder(ali: ALI, weight: torch.Tensor, log_std: torch.Tensor | None = None) -> None:
    """Makes the means a linear function of x, without a trunk, and the stds constants."""
    spread = torch.zeros(0) if log_std is None else log_std
    layer = torch.nn.Linear(weight.shape[1], len(weight) + len(spread))
    with torch.no_grad():
        layer.weight.zero_()[: len(weight)] = weight
        layer.bias.zero_()[len(weight) :] = spread
    ali.net = torch.nn.Sequential(layer)


CASES = [
    ("stochastic", [[1.0, 1e-3], [0.0, 2.0]]),
    ("unit_variance", [[2.0, 0.0], [0.0, 1.0]]),
    ("deterministic", [[1.0, 0.0], [0.0, 0.0]]),
]


@pytest.mark.parametrize("encoder, expected", CASES)
def test_the_code_is_drawn_from_the_encoders_law(encoder, expected):
    """x ~ N(0, 1), means (x, 0): the covariance of a code has a closed form."""
    made = game(ali := ALI(encoder=encoder), arch=Straight(), shape=(1,), batch=20_000)
    stds = torch.tensor([1e-3, 2.0**0.5]).log() if encoder == "stochastic" else None
    linear_encoder(ali, torch.tensor([[1.0], [0.0]]), stds)
    _, code = split_code(d_turn(made).real.x, (1,), 2)
    torch.testing.assert_close(code.mean(0), torch.zeros(2), atol=0.05, rtol=0)
    torch.testing.assert_close(
        code.T.cov().diagonal(), torch.tensor(expected).diagonal(), atol=0.06, rtol=0
    )


@pytest.mark.parametrize("encoder, fits", [("stochastic", True), ("deterministic", False)])
def test_wide_latents_have_a_fixed_point_if_the_encoder_is_stochastic(encoder, fits):
    """G(z) = z1 of data N(0, 1) and E(x) = N((x, 0), (0, 1)): both joint laws are one, so that D at
    1/2, and all linear and quadratic D about it, has no gradient."""
    made = game(ali := ALI(encoder=encoder), arch=Straight(), shape=(1,), batch=20_000)
    stds = torch.tensor([1e-6, 1.0]).log() if encoder == "stochastic" else None
    linear_encoder(ali, torch.tensor([[1.0], [0.0]]), stds)
    with torch.no_grad():
        made.G.net[0].weight.copy_(torch.tensor([[1.0, 0.0]]))
        made.G.net[0].bias.zero_()
    turn = d_turn(made)
    real_pairs, fake_pairs = (
        torch.cat([seen, (seen.unsqueeze(2) * seen.unsqueeze(1)).flatten(1)], 1).mean(0)
        for seen in (turn.real.x, turn.fake.x)
    )
    # The gradient of D's loss at score 0 in the weights of these features is half their difference.
    assert ((real_pairs - fake_pairs).abs().max() < 0.06) == fits


def test_the_codes_gradient_passes_mean_and_spread():
    made = game(ali := ALI(), arch=NETS)
    x, eps = real(made), moment(made).noise["ali.code"]
    mean, log_std = ali.net(x).chunk(2, 1)
    _, code = split_code(made.turn(x, made.generate(moment(made)), moment(made)).real.x, (3,), 4)
    torch.testing.assert_close(code, mean + log_std.exp() * eps)
    loss, _ = made.play("G", x, moment(made))
    slope = torch.autograd.grad(loss, ali.net[-1].weight)[0].abs().amax(1)
    assert slope.shape == (8,) and (slope > 0).all()


def test_a_deterministic_encoder_of_wide_latents_is_noted():
    def notes(latent: int, **settings: str) -> list[str]:
        return game(ALI(**settings), arch=MLP(latent=latent, width=8)).notes()

    [said] = notes(4, encoder="deterministic")
    assert "4 latents are more than the 3 numbers" in said and "take encoder=stochastic" in said
    assert notes(3, encoder="deterministic") == notes(4) == []


def test_x_alone_is_judged_with_its_mean_code():
    made = game(ali := ALI(), arch=NETS)
    x = real(made)
    pair = attach_code(x, ali.net(x)[:, :4])
    torch.testing.assert_close(made.D(x).score, made.D(pair).score)


@pytest.mark.parametrize(
    "objective, loss",
    [
        (NonSaturating(), lambda r: torch.nn.functional.softplus(r)),
        (LeastSquares(), lambda r: r**2 / 2),
        (Wasserstein(), lambda r: r),
    ],
)
def test_the_encoder_lowers_ds_loss_with_the_label_of_fakes(objective, loss):
    made = game(ali := ALI(encoder="deterministic"), arch=NETS, objective=objective)
    x, weights = real(made), list(ali.net.parameters())
    total, _ = made.play("G", x, moment(made))
    found = torch.autograd.grad(total, weights)
    fooling = loss(made.D(attach_code(x, ali.net(x))).score).mean()
    expected = torch.autograd.grad(fooling, weights)
    torch.testing.assert_close(found, expected)
    assert all(slope.abs().max() > 0 for slope in found)


def test_a_paired_loss_reaches_the_encoder_once():
    made = game(ali := ALI(), arch=NETS, objective=RelativisticPairing())
    loss, report = made.play("G", real(made), moment(made))
    assert "ali" not in report.scalars
    assert torch.autograd.grad(loss, ali.net[-1].weight)[0].abs().max() > 0


def test_d_does_not_train_the_encoder():
    made = game(ALI(), arch=NETS)
    encoder = {name for name, _ in made.named_parameters() if name.startswith("reg.ali.net")}
    assert len(encoder) == 6 and encoder <= set(made.owned("G"))
    assert {"D.trunk.trunk.1.0.weight", "D.head.weight"} <= set(made.owned("D"))


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


@pytest.mark.parametrize(
    "chain", [(DiscreteLatent(values=5), ALI()), (ALI(), DiscreteLatent(values=5))]
)
def test_the_code_is_as_wide_as_the_latents_are_in_the_end(chain):
    made = game(*chain, arch=NETS)
    assert d_turn(made).real.x.shape == (8, 3 + 9)


@pytest.mark.parametrize("chain", [(Minibatch(), ALI()), (ALI(), Minibatch())])
def test_the_critic_of_x_may_be_extended_before_or_after(chain):
    made = game(*chain, arch=NETS)
    assert made.D.judges_batches and made.D.head.in_features == 8 + 16


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
