"""The sides of benchmarks/engines.py do the same maths, or comparing their speed means nothing."""

import json
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from finished import chosen, history, result, settings
from mcgan.compare.comparison import compare
from mnist_files import needs_mnist

BENCHMARKS = Path(__file__).resolve().parents[1] / "benchmarks"
WORKS = ("mlp64", "mlp64-gp", "minibatch", "unrolled", "dcgan")
STEPS = 3


@pytest.fixture(autouse=True)
def importable(monkeypatch):
    monkeypatch.setattr(sys, "path", [str(BENCHMARKS), *sys.path])


def ours(name):
    """Our trainer in double precision, the weights it starts from, and what its turns are given."""
    from ours import trainer
    from workloads import WORKLOADS

    made = trainer(WORKLOADS[name], dtype=torch.float64)
    if "D.neck.0.centre" in made.replicas.tensors:  # a constant, which the others leave to the bias
        made.replicas.tensors["D.neck.0.centre"].zero_()
    weights = {p: [w.clone() for w in weights_of(made, p)] for p in ("G", "D")}
    return made, weights


def weights_of(trainer, player):
    replicas = trainer.replicas
    return [replicas.tensors[name].detach() for name in replicas.owned[player]]


def given(trainer, step, turn):
    """Real data, latents and the place of the penalty; draws are a function of the step."""
    x, noise = trainer.draws(step, turn)
    return x, noise["z"], noise.get("gradient_penalty.eps", noise["z"][:, :1])


def ends(trainer):
    """The weights of G and D after STEPS steps of ours."""
    for _ in range(STEPS):
        trainer.step()
    return [*weights_of(trainer, "G"), *weights_of(trainer, "D")]


@pytest.mark.parametrize("name", WORKS)
def test_our_step_is_the_loops(name):
    from loops import Loop

    trainer, weights = ours(name)
    loop = Loop(trainer_work(name))
    loop.g.double(), loop.d.double()
    parameters = [*loop.g.parameters(), *loop.d.parameters()]
    for theirs, mine in zip(parameters, [*weights["G"], *weights["D"]], strict=True):
        theirs.data.copy_(mine)
    for step in range(STEPS):
        for turn in range(loop.work.critic_steps):
            loop.critic_turn(*given(trainer, step, turn))
        loop.generator_turn(*given(trainer, step, loop.work.critic_steps)[:2])
    for theirs, mine in zip(parameters, ends(trainer), strict=True):
        torch.testing.assert_close(theirs.detach(), mine, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("name", WORKS)
def test_our_step_is_that_in_jax(name):
    jax = pytest.importorskip("jax")
    pytest.importorskip("optax")
    import jax_loop

    trainer, weights = ours(name)
    work = trainer_work(name)
    with jax.enable_x64(True):
        state = jax_loop.from_torch(*([w.numpy() for w in weights[p]] for p in ("G", "D")))
        one = jax.jit(lambda state, drawn: jax_loop.step(work, state, drawn))
        for step in range(STEPS):
            turns = [given(trainer, step, turn) for turn in range(work.critic_steps + 1)]
            real, *rest = (torch.stack(part).numpy() for part in zip(*turns, strict=True))
            state = one(state, (channels_last(real), *rest))
        wanted = jax_loop.from_torch(*([w.numpy() for w in part] for part in split(trainer)))
        for theirs, mine in zip(*map(jax.tree.leaves, (state[:2], wanted[:2])), strict=True):
            assert abs(theirs - mine).max() < 1e-8


def test_a_written_study_is_compared(tmp_path):
    from studies import write_study

    config = settings(replicas=1)
    status = {
        "state": "done",
        "step": 1000,
        "steps": 1000,
        "config": config,
        "choices": chosen(config),
    }
    made = {"status": status, "rows": history([8], 500, 1000), "result": result([8], 0, config)}
    write_study(tmp_path / "study", made, 6, 3)
    [section] = compare([tmp_path / "study"]).sections
    assert [row.seeds for row in section.rows] == [2, 2, 2] and section.rows[0].watched == 2


def channels_last(real):
    return np.moveaxis(real, 2, -1) if real.ndim > 3 else real


def split(trainer):
    """The final weights of ours, G's and D's."""
    final = ends(trainer)
    return final[: len(trainer.replicas.owned["G"])], final[len(trainer.replicas.owned["G"]) :]


def trainer_work(name):
    from workloads import WORKLOADS

    return WORKLOADS[name]


@pytest.mark.long
@needs_mnist
def test_a_run_over_two_processes_is_measured_beside_one_and_two_apart(tmp_path):
    from devices import Plan
    from devices import compare as over_devices

    found = over_devices(tmp_path, Plan(devices=2, batch=8, steps=4), rounds=1)
    assert found["ratio"][0] == found["several"][0] / found["one"][0] > 0
    assert found["ratio_apart"][0] == found["apart"][0] / found["one"][0] > 0
    assert len([*tmp_path.iterdir()]) == 4  # one, one over both, and two apart


def test_composing_is_measured_as_the_command_does_it():
    import composing

    assert len({*map(tuple, composing.list_jobs(230))}) == 230
    found = composing.measure(2)
    assert found.keys() == {"one whole", "looked at", "made"} and min(found.values()) > 0


def test_a_cold_start_finds_no_cache_and_the_next_one_what_it_left(monkeypatch):
    import compile_time

    seen = []

    def start(words, env, **_):
        cache, temporary = (Path(env[name]) for name in ("TORCHINDUCTOR_CACHE_DIR", "TMPDIR"))
        seen.append((cache.exists(), sorted(each.name for each in temporary.iterdir())))
        cache.mkdir(exist_ok=True)
        return SimpleNamespace(stdout=b"a warning\n" + json.dumps({"all": len(seen)}).encode())

    monkeypatch.setattr("subprocess.run", start)
    assert compile_time.measure("main", 1) == {"cold": {"all": 1}, "warm": {"all": 2}}
    assert seen == [(False, []), (True, ["cache"])]


def test_a_package_is_measured_beside_the_same_step_by_torch(monkeypatch):
    import packages

    from mcgan.engine.packaged import Packaged

    made = packages.by_torch(packages.trainer("mlp64"))
    assert not isinstance(made.compiled_step.run, Packaged)
    assert isinstance(packages.trainer("mlp64").compiled_step.run, Packaged)
    monkeypatch.setattr(packages, "trainer", lambda _: SimpleNamespace(step=lambda: None))
    monkeypatch.setattr(packages, "by_torch", lambda made: made)
    found = packages.compare("mlp64", rounds=3, steps=2)
    assert found.keys() == {"package", "torch.compile", "ratio"} and len(found["ratio"]) == 3
