"""The real compiler on every strategy, and on compositions people train."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from mcgan.engine import packages
from mcgan.engine.packaged import LoadedProgram
from mcgan.system.device import keep_settings
from small import NETS_OF, STRATEGIES, largest_difference, refused, run, trainer

NAMED = {
    "the main job": ("wgan_gp", ("minibatch",), 1),
    "the main job's replicas": ("wgan_gp", ("minibatch", "replay", "ema"), 4),
    "clipping": ("wgan", (), 4),
    "relativistic": ("rpgan", ("r1", "r2", "ema"), 4),
    "a mixture": ("non_saturating", ("mixture", "ema"), 2),
    "plain": ("minimax", (), 1),
    "replay": ("hinge", ("replay", "r1"), 4),
    "batches and mixture": ("lsgan", ("mixture", "minibatch", "replay"), 2),
}


def measured(made) -> torch.Tensor:
    """The scalars of all turns of four steps, read at the end."""
    turns = [scalars for _ in range(4) for _, scalars in made.step()]
    return torch.cat([scalars.rows.flatten() for scalars in turns])


def packaged_well(made) -> bool:
    """Whether all that was compiled became packages."""
    runs = [each.run for each in [made.compiled_step, *made.moves.values()] if each]
    called = [run.call for run in runs if run.call != run.begin]
    return bool(called) and all(isinstance(each, LoadedProgram) for each in called)


def apart(*strategies: str, **words) -> float:
    """How far a compiled run is from the eager one."""
    # eps: round-off in penalties of 1e2 and their gradients of 1e3 is not to become a step.
    eager, compiled = (trainer(*strategies, compiled=c, eps=1.0, **words) for c in (False, True))
    wanted, found = (measured(each) for each in (eager, compiled))
    assert packaged_well(compiled) and torch.allclose(found, wanted, rtol=1e-3, atol=1e-4)
    torch._dynamo.reset()
    return largest_difference(eager.replicas.tensors, compiled.replicas.tensors)


@pytest.mark.slow
@pytest.mark.parametrize("objective, strategies, replicas", NAMED.values(), ids=NAMED.keys())
def test_a_named_composition_compiled_is_the_eager_one(objective, strategies, replicas):
    assert apart(*strategies, objective=objective, replicas=replicas) < 1e-5


@pytest.mark.slow
@pytest.mark.parametrize("nets", ["dcgan", "resnet", "r3gan"])
def test_nets_of_pictures_compiled_are_the_eager_ones(nets):
    assert apart("r1", "r2", objective="rpgan", words=NETS_OF[nets]) < 1e-5


@pytest.mark.slow
@pytest.mark.parametrize("strategy", [s for s in STRATEGIES if not refused("nets", "mlp", s)])
def test_every_strategy_compiled_is_the_eager_one(strategy):
    assert apart(strategy, replicas=2) < 1e-5


@pytest.mark.slow
def test_a_learned_manager_compiled_is_the_eager_one():
    assert apart("mixture", mixture={"manager": "learned"}, replicas=2) < 1e-5


@pytest.mark.slow
@pytest.mark.parametrize("objective, strategies, _", NAMED.values(), ids=NAMED.keys())
def test_compiled_on_one_thread_a_replica_has_the_bits_of_its_solo_run(objective, strategies, _):
    with keep_settings():
        torch.set_num_threads(1)
        together, alone = (
            trainer(*strategies, objective=objective, seed=seed, replicas=replicas, compiled=True)
            for seed, replicas in ((0, 3), (2, 1))
        )
        run(together, 3)
        run(alone, 3)
    assert largest_difference(together.replicas.replica(2), alone.replicas.replica(0)) == 0


@pytest.mark.slow
def test_a_compiled_run_continues_bit_for_bit():
    whole, again = (
        trainer("minibatch", "replay", "ema", objective="wgan_gp", compiled=True) for _ in range(2)
    )
    run(whole, 2)
    again.restore(whole.checkpoint())
    run(whole, 3)
    run(again, 3)
    torch._dynamo.reset()
    assert largest_difference(whole.replicas.tensors, again.replicas.tensors) == 0


START = """
import sys, torch
sys.path.insert(0, sys.argv[1])
from small import run, trainer
torch.set_num_threads(1)
made = trainer("replay", compiled=True)
run(made, 3)
print(*(name for name in ("sympy", "torch._dynamo", "torch._inductor") if name in sys.modules))
print(sum(tensor.double().sum().item() for tensor in made.replicas.tensors.values()))
"""


def started() -> list[str]:
    """Which of torch's compilers a process has loaded after three steps, and where it came to."""
    words = [sys.executable, "-c", START, str(Path(__file__).parents[1])]
    return subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()


@pytest.mark.slow
def test_a_later_process_loads_no_compiler_and_comes_to_the_same_bits(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    (loaded, first), (later, again) = started(), started()
    assert "torch._inductor" in loaded and later == "" and again == first
    [package] = packages.folder().glob("*.pt2")
    package.write_bytes(package.read_bytes()[:-1])
    assert started() == [loaded, first]  # a damaged one is compiled anew
