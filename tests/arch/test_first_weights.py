import pytest
import torch
from torch import nn

from mcgan.arch.mlp import MLP
from mcgan.gan.networks import Critic, Generator


def linear_layers(net: nn.Module) -> list[nn.Linear]:
    return [layer for layer in net.modules() if isinstance(layer, nn.Linear)]


@pytest.mark.parametrize("player", ["G", "D"])
def test_normal_weights_have_their_std_in_every_layer_and_no_bias(player: str) -> None:
    arch = MLP(latent=256, width=128, weights="normal", weights_scale=0.01)
    make, trunk = arch.generator(256, (2,)), arch.trunk((2,))
    net = arch.drawn(Generator(make) if player == "G" else Critic(*trunk))
    for layer in linear_layers(net):
        assert layer.weight.std().item() == pytest.approx(0.01, rel=0.3)
        assert not layer.bias.any()


def test_orthogonal_weights_stretch_all_directions_by_their_gain() -> None:
    arch = MLP(latent=16, width=128, weights="orthogonal", weights_scale=1.4)
    for layer in linear_layers(arch.drawn(arch.generator(16, (2,)))):
        stretched = torch.linalg.svdvals(layer.weight.detach())
        assert torch.allclose(stretched, torch.full_like(stretched, 1.4), atol=1e-4)


def test_the_weights_of_torch_stay_as_they_are() -> None:
    arch = MLP()
    net = arch.generator(16, (2,))
    before = [each.clone() for each in net.parameters()]
    assert all(map(torch.equal, before, arch.drawn(net).parameters()))
