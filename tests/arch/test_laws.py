"""What holds for every family of nets; the YAMLs are found, not listed."""

import inspect
import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn
from torch.func import functional_call, grad, stack_module_state, vmap

from mcgan.arch.base import Arch
from mcgan.config.build import build
from mcgan.config.option_file import option_file
from mcgan.config.settings import read_settings
from mcgan.engine.trainer import Trainer
from small import NETS_OF, largest_difference, option, run, stems, traced, trainer

ARCHES = stems("arch")
SHAPE = (3, 28, 28)  # MLPs take pictures too
SMALL = {
    "latent": 8,
    "width": 4,
    "critic_width": 4,
    "widest": 8,
    "critic_widest": 8,
    "blocks": 1,
    "group": 4,
    "depth": 2,
}
NORMED = [
    (name, setting)
    for name in ARCHES
    for setting in ("norm", "critic_norm")
    if setting in option("arch", name)
]
every = pytest.mark.parametrize("name", ARCHES)


def small(name: str, **settings: object) -> Arch:
    node = option("arch", name)
    sizes = {key: value for key, value in SMALL.items() if node.get(key)}
    return build(node | sizes | settings, Arch, "arch")


def pair(arch: Arch) -> tuple[nn.Sequential, nn.Module]:
    trunk, features = arch.trunk(SHAPE)
    return arch.generator(8, SHAPE), nn.Sequential(trunk, nn.Linear(features, 1))


@every
def test_its_yaml_says_what_it_is_and_sets_what_its_class_has(name: str) -> None:
    node = option("arch", name)
    module = node["_target_"].rpartition(".")[0]
    assert re.search(r"^# .+", option_file("arch", name).read_text().splitlines()[1])
    assert {*node} - {"_target_"} == {*read_settings(type(small(name)))}
    assert inspect.getdoc(import_module(module))
    assert (Path(__file__).parent / f"test_{module.rpartition('.')[2]}.py").is_file()


@every
def test_it_makes_and_judges_examples_and_holds_no_state(name: str) -> None:
    generator, critic = pair(small(name))
    x = generator(torch.randn(3, 8))
    assert x.shape == (3, *SHAPE) and x.isfinite().all() and x.std() > 0
    assert critic(x).shape == (3, 1)
    assert not [*generator.buffers(), *critic.buffers()]
    z = torch.randn(3, 8)
    assert torch.equal(generator[1:](generator[0](z)), generator(z))


@every
def test_its_weights_are_drawn_by_torchs_generator(name: str) -> None:
    arch = small(name)
    seeds = [0, 0, 1]
    drawn = [
        [*generator.parameters(), *critic.parameters()]
        for generator, critic in (pair(arch) for seed in seeds if torch.manual_seed(seed))
    ]
    assert all(torch.equal(a, b) for a, b in zip(*drawn[:2], strict=True))
    assert any(not torch.equal(a, b) for a, b in zip(*drawn[1:], strict=True))


@every
def test_a_gradient_penalty_differentiates_twice_and_functionally(name: str) -> None:
    _, critic = pair(small(name))
    critic = stirred(critic.double())
    x = torch.randn(2, *SHAPE, dtype=torch.float64)
    weights = dict(critic.named_parameters())

    def penalty(weights: dict[str, Tensor]) -> Tensor:
        slope = grad(lambda x: functional_call(critic, weights, x).sum())(x)
        return slope.square().mean()

    x.requires_grad_()
    (slope,) = torch.autograd.grad(critic(x).sum(), x, create_graph=True)
    classic = torch.autograd.grad(
        slope.square().mean(), list(weights.values()), materialize_grads=True
    )
    assert any(each.abs().max() > 0 for each in classic)
    for (key, got), wanted in zip(grad(penalty)(weights).items(), classic, strict=True):
        torch.testing.assert_close(got, wanted, msg=key)


@every
def test_stacked_networks_agree_with_single_ones(name: str) -> None:
    arch = small(name)
    pairs = [pair(arch) for _ in range(2)]
    z = torch.randn(2, 3, 8, dtype=torch.float64)
    generators, critics = (
        [stirred(net.double()) for net in nets] for nets in zip(*pairs, strict=True)
    )
    made = together(generators, z)
    for images, net, z_i in zip(made, generators, z, strict=True):
        torch.testing.assert_close(images, net(z_i))
    for scores, net, x in zip(together(critics, made), critics, made, strict=True):
        torch.testing.assert_close(scores, net(x))


def stirred(net: nn.Module) -> nn.Module:
    """The net, its weights moved a little: some start at zero, which would hide mistakes."""
    for weight in net.parameters():
        weight.data += 0.1 * torch.randn_like(weight)
    return net


def together(nets: list[nn.Module], given: Tensor) -> Tensor:
    stacked, _ = stack_module_state(nets)
    return vmap(lambda weights, x: functional_call(nets[0], weights, x))(stacked, given)


@pytest.mark.parametrize("name, setting", NORMED)
@pytest.mark.parametrize("norm", ["none", "batch", "group", "layer"])
def test_no_norm_keeps_running_statistics(name: str, setting: str, norm: str) -> None:
    if norm in read_settings(type(small(name)))[setting].choices:
        assert not [b for net in pair(small(name, **{setting: norm})) for b in net.buffers()]


PICTURES = [kind for kind in NETS_OF if kind in ("resnet", "r3gan")]
PARTS = [(), ("minibatch",), ("pac", "replay"), ("mixture",), ("r1", "r2", "ema", "diffaugment")]


@pytest.mark.whole
@pytest.mark.parametrize("kind", PICTURES)
@pytest.mark.parametrize("strategies", PARTS, ids="+".join)
def test_nets_for_pictures_train_on_real_ones_with_strategies(kind, strategies) -> None:
    own = {"mixture": {"shared": -1}} if "mixture" in strategies else {}
    made = trainer(*strategies, words=NETS_OF[kind], **own)
    before = {name: value.clone() for name, value in made.replicas.tensors.items()}
    for _, scalars in run(made, 2):
        assert all(value.isfinite().all() for value in scalars.values())
    assert largest_difference(before, made.replicas.tensors) > 0


@pytest.mark.parametrize("kind", PICTURES)
def test_a_replica_of_nets_for_pictures_is_the_solo_run(kind) -> None:
    words = {"words": NETS_OF[kind], "dtype": torch.float64}
    both, alone = trainer("r1", replicas=2, **words), trainer("r1", seed=1, **words)
    run(both, 2)
    run(alone, 2)
    assert largest_difference(both.replicas.replica(1), alone.replicas.replica(0)) < 1e-9


def compiling_changes(
    kind: str, steps: int, prepare: Callable[[Trainer], Trainer] = lambda made: made
) -> float:
    """The largest difference that compiling makes to a tensor within these steps."""
    eager, compiled = (
        trainer("r1", words=NETS_OF[kind], eps=1.0, compiled=c) for c in (False, True)
    )
    run(eager, steps)
    run(prepare(compiled), steps)
    torch._dynamo.reset()
    return largest_difference(eager.replicas.tensors, compiled.replicas.tensors)


@pytest.mark.long
@pytest.mark.parametrize("kind", PICTURES)
def test_nets_for_pictures_trace_whole(kind) -> None:
    assert compiling_changes(kind, 1, lambda made: traced(made, backend="aot_eager")) < 1e-5


@pytest.mark.slow
@pytest.mark.parametrize("kind", PICTURES)
def test_nets_for_pictures_compiled_are_the_eager_ones(kind) -> None:
    assert compiling_changes(kind, 3) < 1e-5
