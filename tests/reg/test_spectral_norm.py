import pytest
import torch
from torch import nn
from torch.nn.functional import conv2d

from mcgan.arch.dcgan import DCGAN
from mcgan.arch.metz import Metz
from mcgan.arch.mlp import MLP
from mcgan.reg.ali import ALI
from mcgan.reg.minibatch import Minibatch
from mcgan.reg.spectral_norm import SpectralNorm
from mcgan.types import Report
from small import NETS_OF, Straight, d_turn, game, moment, node, outcome, real, run, sample, trainer

NETS = MLP(latent=4, width=8)
IMAGES = DCGAN(latent=4, width=2, critic_width=2)


def layers(made) -> list[nn.Module]:
    kinds = (nn.Linear, nn.Conv2d)
    return [*(m for m in made.D.trunk.modules() if isinstance(m, kinds)), made.D.head]


def top(weight: torch.Tensor) -> torch.Tensor:
    return torch.linalg.svdvals(weight.detach().flatten(1))[0]


def gain(layer: nn.Linear) -> torch.Tensor:
    """The largest gain of a layer as it acts."""
    eye = torch.eye(layer.in_features)
    return torch.linalg.svdvals((layer(eye) - layer.bias).detach())[0]


def test_every_linear_layer_acts_with_norm_one():
    made = game(SpectralNorm(), arch=NETS)
    assert len(layers(made)) == 3
    for layer in layers(made):
        assert abs(top(layer.weight) - 1) > 0.01
        assert gain(layer).item() == pytest.approx(1, abs=1e-5)
        torch.testing.assert_close(layer(torch.zeros(1, layer.in_features))[0], layer.bias)


def test_a_convolution_acts_with_its_matrix_divided_by_its_norm():
    made = game(SpectralNorm(), arch=IMAGES, shape=(1, 8, 8))
    first, *_ = found = layers(made)
    assert [type(each) for each in found] == [nn.Conv2d] * 3 + [nn.Linear]
    x = real(made)
    expected = conv2d(x, first.weight / top(first.weight), first.bias, first.stride, first.padding)
    torch.testing.assert_close(first(x), expected)


def test_the_critic_is_nowhere_steeper_than_one():
    made = game(SpectralNorm(), arch=NETS)
    for parameter in made.D.parameters():
        parameter.data *= 10
    renewed(made)
    slope = d_turn(made).input_gradient("real").norm(dim=1)
    assert slope.max() <= 1 + 1e-5


def renewed(made, turns: int = 1) -> None:
    """The buffers after turns of D that leave the weights alone."""
    strategy = made.chain.strategies[0]
    report = Report({}, sample(real(made)), moment(made))
    for _ in range(turns):
        for name, value in strategy.after("D", made.tensors(), report, {}).items():
            made.get_buffer(name).copy_(value)
    assert strategy.after("G", made.tensors(), report, {}) == {}


def test_a_turn_is_one_step_of_power_iteration():
    made = game(strategy := SpectralNorm(), arch=NETS)
    strategy.u_0.copy_(nn.functional.normalize(torch.ones(8), dim=0))
    weight = layers(made)[0].weight.detach()
    v = weight.T @ strategy.u_0
    u = weight @ (v / v.norm())
    renewed(made)
    torch.testing.assert_close(strategy.u_0, u / u.norm())


def test_it_finds_the_norm_of_other_weights():
    made = game(strategy := SpectralNorm(), arch=NETS)
    layer = layers(made)[1]
    torch.manual_seed(1)
    nn.init.normal_(layer.weight)
    assert gain(layer) > 1.05
    before = gain(layer)
    renewed(made)
    assert gain(layer) < before
    renewed(made, 100)
    assert gain(layer).item() == pytest.approx(1, abs=1e-3)
    assert strategy.u_1.norm().item() == pytest.approx(1)


def test_its_gradient_takes_both_singular_vectors_as_given():
    made = game(strategy := SpectralNorm(), arch=NETS)
    layer, x = layers(made)[0], real(made)
    strategy.u_0.copy_(nn.functional.normalize(torch.arange(8.0), dim=0))  # not yet converged
    weight, u = layer.weight, strategy.u_0
    v = nn.functional.normalize(weight.detach().T @ u, dim=0)
    by_hand = x @ (weight / (u @ weight @ v)).T + layer.bias
    slopes = [torch.autograd.grad(out.square().sum(), weight)[0] for out in (layer(x), by_hand)]
    torch.testing.assert_close(*slopes)


@pytest.mark.parametrize("order", [0, 1])
def test_what_extends_the_critic_gets_a_normalised_head(order):
    pair = [SpectralNorm(), Minibatch(kernels=3, dims=2)]
    made = game(*(pair if order else reversed(pair)), arch=NETS)
    assert made.D.head.in_features == 11
    for layer in layers(made):
        assert gain(layer).item() == pytest.approx(1, abs=1e-5)
    neck = made.D.neck[0].project
    torch.testing.assert_close(neck(torch.eye(8)), neck.weight.T)  # left alone


def test_a_learned_scale_multiplies_each_layer_and_is_the_critics():
    made = game(strategy := SpectralNorm(scale="learned"), arch=NETS)
    names = [f"reg.spectralnorm.factor_{i}" for i in range(3)]
    assert set(names) <= set(made.owned("D"))
    strategy.factor_1.data.fill_(3.0)
    gains = [gain(layer).item() for layer in layers(made)]
    assert gains == pytest.approx([1, 3, 1], abs=1e-4)
    slopes = torch.autograd.grad(d_turn(made).d_losses().mean(), [strategy.factor_0])
    assert slopes[0].abs() > 0


def test_vectors_have_a_learned_scale_by_default():
    assert node("spectral_norm")["scale"] == "learned"


@pytest.mark.parametrize("arch, shape", [(NETS, (3,)), (IMAGES, (1, 8, 8))])
def test_layers_that_a_strategy_adds_or_draws_anew_in_setup_are_normalised(arch, shape):
    made = game(ALI(), SpectralNorm(), arch=arch, shape=shape)
    linear = [m for m in made.D.modules() if isinstance(m, nn.Linear)]
    assert linear and all(gain(layer).item() == pytest.approx(1, abs=1e-5) for layer in linear)


def test_the_state_moves_once_for_each_turn_of_the_critic():
    made = trainer("spectral_norm", spectral_norm={"scale": "fixed"})
    before = {n: t.clone() for n, t in made.replicas.replica(0).items()}
    run(made, 1)
    moved = {n for n, t in made.replicas.replica(0).items() if not torch.equal(t, before[n])}
    buffers = {n for n in moved if n.startswith("reg.spectral_norm.")}
    assert buffers == {f"reg.spectral_norm.u_{i}" for i in range(2)}  # (1, n) has u = 1


def test_weights_keep_their_names():
    plain, made = game(arch=NETS), game(SpectralNorm(), arch=NETS)
    assert dict(plain.named_parameters()).keys() == dict(made.named_parameters()).keys()


def test_of_a_linear_critic_only_the_direction_is_left():
    made = game(SpectralNorm(), arch=Straight())
    weight = made.D.head.weight.detach()
    expected = real(made) @ (weight / weight.norm()).T + made.D.head.bias
    torch.testing.assert_close(made.D(real(made)).score, expected.squeeze(1))


def test_it_says_what_it_cannot_do():
    with pytest.raises(ValueError, match="batch norm in the critic"):
        game(SpectralNorm(), arch=Metz(latent=4), shape=(1, 28, 28))
    with pytest.raises(ValueError, match="scale must be one of fixed, learned"):
        SpectralNorm(scale="free")


def test_layers_that_start_at_zero_are_refused():
    """R3GAN's blocks start as the identity, and the norm of a zero matrix divides nothing."""
    assert "starts with weights of zero" in outcome("spectral_norm", words=NETS_OF["r3gan"]).refusal
    assert not outcome("spectral_norm", words=NETS_OF["resnet"]).refusal
