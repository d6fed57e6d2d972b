"""The compiled step is the eager one. Compiling each strategy by itself is in slow/."""

from collections.abc import Iterator

import pytest
import torch

from mcgan.engine.compiled import ON_CPU, compile_lean
from mcgan.engine.trainer import Trainer
from mcgan.errors import UserError
from mcgan.types import Moment
from small import STRATEGIES, graphed, largest_difference, run, traced, trainer

pytestmark = pytest.mark.whole


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    yield
    torch._dynamo.reset()


def composes(names: list[str]) -> bool:
    try:
        trainer(*names)
    except UserError:
        return False
    return True


def chains(names: list[str]) -> list[list[str]]:
    """All of these that train on vectors, in as few chains as compose."""
    left, found = [name for name in names if composes([name])], []
    while left:
        chain: list[str] = []
        for name in left:
            orders = ([*chain, name], [name, *chain])
            chain = next((order for order in orders if composes(order)), chain)
        left = [name for name in left if name not in chain]
        found.append(chain)
    return found


GROUPS = [STRATEGIES[i : i + 4] for i in range(0, len(STRATEGIES), 4)]  # long chains trace long


WAYS = {
    "as a package": graphed,  # both turns: one graph
    "by torch.compile": lambda compiled: traced(compiled, backend="aot_eager"),
}


@pytest.mark.long
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("names", GROUPS, ids="+".join)
def test_every_strategy_traces_whole(names, way):
    for chain in chains(names):
        eager, compiled = (trainer(*chain, pure=pure, compiled=True) for pure in (True, False))
        run(eager, 1)
        run(way(compiled), 1)
        assert largest_difference(eager.replicas.tensors, compiled.replicas.tensors) < 1e-5
        torch._dynamo.reset()


@pytest.mark.long
def test_the_compiled_critics_move_is_the_eager_one():
    names, words = ("minibatch", "replay", "ema"), {"objective": "wgan_gp", "replicas": 2}
    eager, compiled = (
        trainer(*names, compiled=c, words=("arch.depth=1",), **words) for c in (False, True)
    )
    for each in (eager, compiled):
        x, noise = each.draws(0, 0)
        each.moves["D"](x, Moment(noise, torch.zeros(())))
    assert largest_difference(eager.replicas.tensors, compiled.replicas.tensors) < 1e-5


def test_how_kernels_are_compiled_is_a_matter_of_the_device_alone(monkeypatch):
    from torch._inductor import config

    def found():
        whole = config.get_config_copy()
        return {name: whole[name] for name in ON_CPU}

    before, seen = found(), []

    def compile_fx(graph, inputs, config_patches, **_):
        with config.patch(config_patches):
            seen.append(found())
        return graph.forward

    monkeypatch.setattr("torch._inductor.compile_fx.compile_fx", compile_fx)
    on_gpu, on_cpu = (compile_lean(lambda x: x + 1, torch.device(kind)) for kind in ("cuda", "cpu"))
    assert on_gpu(torch.ones(1)) == on_cpu(torch.ones(1)) == 2  # the one built last is called last
    on_cpu, on_gpu = (compile_lean(lambda x: x + 1, torch.device(kind)) for kind in ("cpu", "cuda"))
    assert on_cpu(torch.ones(1)) == on_gpu(torch.ones(1)) == 2
    late, later = (compile_lean(lambda x: x + 1, torch.device(kind)) for kind in ("cpu", "cuda"))
    assert later(torch.ones(1)) == late(torch.ones(1)) == 2  # and here first
    assert seen == [before, ON_CPU, ON_CPU, before, before, ON_CPU]
    assert found() == before != ON_CPU


def test_functions_that_are_compiled_alike_keep_their_own_graphs():
    one, two = (compile_lean(lambda x, k=k: x + k, torch.device("cpu")) for k in (1, 2))
    assert (one(torch.zeros(1)), two(torch.zeros(1)), one(torch.zeros(1))) == (1, 2, 1)


def untraced(trainer: Trainer) -> Trainer:
    """A compiled trainer whose graph of both turns runs as it is: above it is traced."""
    trainer.compiled_step.run = trainer.compiled_step.update
    return trainer


def test_a_compiled_step_of_two_turns_is_one_call_and_equals_two(monkeypatch):
    steps, calls = 3, []
    whole = untraced(trainer("replay", "ema", replicas=2, compiled=True))
    step = whole.compiled_step
    monkeypatch.setattr(step, "run", lambda *given: calls.append(1) or step.update(*given))
    apart = trainer("replay", "ema", replicas=2)
    seen = [run(each, steps) for each in (whole, apart)]
    assert len(calls) == steps
    assert largest_difference(whole.replicas.tensors, apart.replicas.tensors) < 1e-5
    for (player, scalars), (other, alone) in zip(*seen, strict=True):
        assert player == other and largest_difference(scalars, alone) < 1e-5


def test_a_replica_that_dies_in_ds_turn_stays_as_it_was_in_gs():
    dying = untraced(trainer(replicas=2, compiled=True))
    eager = trainer(replicas=2)
    for each in (dying, eager):
        with torch.no_grad():
            each.replicas.tensors["D.head.bias"][1] = torch.nan
        run(each, 1)
    assert dying.replicas.alive.tolist() == eager.replicas.alive.tolist() == [True, False]
    for name, tensor in dying.replicas.tensors.items():
        kept = eager.replicas.tensors[name]
        torch.testing.assert_close(tensor, kept, equal_nan=True, rtol=1e-5, atol=1e-6)


@pytest.mark.long
def test_steps_of_different_turns_are_traced_and_equal_eager_ones():
    words = ("objective.generator_steps=2",)
    compiled, eager = (
        trainer("ema", words=words, replicas=2, compiled=each) for each in (True, False)
    )
    assert compiled.compiled_step is None
    for each in (graphed(compiled), eager):
        run(each, 4)
    assert largest_difference(compiled.replicas.tensors, eager.replicas.tensors) < 1e-5
