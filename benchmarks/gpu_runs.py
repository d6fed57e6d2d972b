"""Parts of benchmarks/gpu.py: what runs reach in time, their bits, waits and idle device."""

from collections.abc import Iterator
from typing import Any

import torch
from busy import idle_share
from gpu_plan import Plan, Row, repeat, row_of
from gpu_speed import ENGINES
from ours import trainer, trainer_of
from torch import Tensor
from waits import count_waits

from mcgan.config.compose import compose
from mcgan.engine.captured import Captured
from mcgan.engine.draws import stream
from mcgan.engine.replicas import flatten
from mcgan.engine.trainer import Trainer
from mcgan.experiment.components import Components, build_components
from mcgan.gan.sampling import sampler
from mcgan.metrics.evaluate import evaluate
from mcgan.types import Moment, Noise

SMALL = ("arch.width=8", "train.batch_size=8", "reg.mixture.generators=2", "arch.critic_depth=2")
SMALL_PICTURES = ("arch.width=2", "arch.critic_width=2", "train.batch_size=4")
STEPS = 16  # that bits, waits and idle time are looked at in


def describe_device(plan: Plan) -> Iterator[Row]:
    """The device, its memory, and how fast it multiplies matrices in float32."""
    if plan.device == "cuda":
        seen = torch.cuda.get_device_properties(0)
        yield {"name": seen.name, "MB": seen.total_memory / 2**20, "capability": seen.major}
    side = plan.choose(8192, 128)
    a = torch.randn(side, side, device=plan.device)
    begin = plan.now()
    repeat(lambda: a @ a, 10)
    yield {"GFLOP/s": 10 * 2 * side**3 / (plan.now() - begin) / 1e9}


def reach_coverage(plan: Plan) -> Iterator[Row]:
    """Seconds of steps until all modes of ring and grid are covered, by `experiment=covered`."""
    for number, name in enumerate(("ring", "grid"), 1):
        words = ("experiment=covered", f"dataset={name}", "replicas=1", *plan.choose((), SMALL))
        yield row_of({"dataset": name}, lambda w=words, n=number: cover(w, plan, plan.seconds / 2))


def cover(words: tuple[str, ...], plan: Plan, seconds: float) -> Row:
    parts, run = begin_run(words, plan)
    for spent, seen in look(parts, run, plan.choose(100, 2), plan):
        if spent >= seconds or seen["modes_covered"] == parts.dataset.num_modes:
            break
    found = {"covered": seen["modes_covered"], "of": parts.dataset.num_modes}
    return {"seconds": spent, "steps": run.count} | found


def follow_stacked(plan: Plan) -> Iterator[Row]:
    """The curve of Stacked MNIST: modes and KL by seconds of steps."""
    preset = plan.choose("stacked_mnist_gpu", "stacked_mnist")
    words = (f"experiment={preset}", *plan.choose((), SMALL_PICTURES))
    parts, run = begin_run(words, plan)
    for spent, seen in look(parts, run, plan.choose(100, 1), plan):
        kept = {key: seen[key] for key in ("modes_published", "modes_covered", "kl")}
        yield {"seconds": spent, "steps": run.count} | kept


def begin_run(words: tuple[str, ...], plan: Plan) -> tuple[Components, Trainer]:
    """The parts of a run and its trainer, as `mcgan train` makes them, after the first step."""
    place = (f"train.device={plan.device}", "train.compile=false", "name=gpu")
    parts = build_components(compose(*words, *place).config)
    made = parts.trainer(False)
    made.step()
    return parts, made


def look(
    parts: Components, run: Trainer, steps: int, plan: Plan
) -> Iterator[tuple[float, dict[str, Any]]]:
    """The seconds that steps have taken so far and the scores, after every so many steps."""
    spent = 0.0
    while run.count + steps <= parts.steps:
        begin = plan.now()
        repeat(run.step, steps)
        spent += plan.now() - begin
        yield spent, scores(parts, run, plan)


def scores(parts: Components, run: Trainer, plan: Plan) -> dict[str, Any]:
    """The scores of the first replica's samples."""
    count, draw = plan.choose(parts.protocol.samples, 64), sampler(run.game)
    x = draw(run.replicas.replica(0), count, stream(0, "evaluation")).x
    return evaluate(x.cpu(), parts.dataset, parts.protocol)


def compare_bits(plan: Plan) -> Iterator[Row]:
    """Whether a resumed run ends with the same bits, and how far device and CPU are apart."""
    for name in ("mlp64", "mlp64-gp", "dcgan"):
        for engine in ENGINES[plan.device]:
            about = {"net": plan.work(name).says, "engine": engine}
            yield row_of(about, lambda n=name, e=engine: resume(n, e, plan))
        yield row_of({"net": plan.work(name).says}, lambda n=name: beside_cpu(n, plan))


def resume(name: str, engine: str, plan: Plan) -> Row:
    """The number of tensors that differ in a bit between a whole run and one in two halves."""
    whole, first, second = (trainer_of(engine, plan.work(name), 2, plan.device) for _ in range(3))
    repeat(whole.step, 2 * STEPS)
    repeat(first.step, STEPS)
    second.restore(first.checkpoint())
    repeat(second.step, STEPS)
    ends = [flatten(each.checkpoint()) for each in (whole, second)]
    other = [key for key in ends[0] if not torch.equal(ends[0][key], ends[1][key])]
    return {"tensors": len(ends[0]), "other bits": len(other), "graphs": count_graphs(whole)}


def count_graphs(made: Trainer) -> int:
    """How many graphs are replayed: none where a move could not be captured."""
    runs = [each.run for each in (*made.moves.values(), made.compiled_step) if each]
    return sum(isinstance(run, Captured) and run.replays for run in runs)


def beside_cpu(name: str, plan: Plan) -> Row:
    """The largest difference of a scalar in the first steps, given the same draws."""
    there, here = (trainer(plan.work(name), 1, device=place) for place in (plan.device, "cpu"))
    apart = [compare_step(there, here, step) for step in range(5)]
    return {"largest difference to the CPU": max(apart), "steps": len(apart)}


def compare_step(there: Trainer, here: Trainer, step: int) -> float:
    """Makes a step of both on the draws of the CPU; how far their scalars are apart at most."""
    drawn = [here.draws(step, turn) for turn in range(len(here.turns))]
    seen = []
    for each in (there, here):
        given = [hand(each, x, noise) for x, noise in drawn]
        seen.append([found.rows.flatten().cpu() for found in each.take_turns(each.turns, given)])
        each.count += 1
    return max((a - b).abs().max().item() for a, b in zip(*seen, strict=True))


def hand(run: Trainer, x: Tensor, noise: Noise) -> tuple[Tensor, Moment]:
    """What a turn of one network is given, as this trainer's engine takes it."""

    def place(drawn: Tensor) -> Tensor:
        return (drawn[None] if run.replicas.stacked else drawn).to(run.replicas.like)

    return place(x), Moment({n: place(drawn) for n, drawn in noise.items()}, run.progress())


def count_all_waits(plan: Plan) -> Iterator[Row]:
    """How often the host waits in plain steps, and where: nowhere, if all is well."""
    for name in ("mlp64", "mlp64-gp", "minibatch", "dcgan"):
        for engine in without_compiler(plan):
            about = {"net": plan.work(name).says, "engine": engine, "steps": STEPS}
            yield row_of(about, lambda n=name, e=engine: waits(n, e, plan))


def without_compiler(plan: Plan) -> list[str]:
    """The engines that need no compiler."""
    return [engine for engine in ENGINES[plan.device] if "compiled" not in engine]


def waits(name: str, engine: str, plan: Plan) -> Row:
    made = trainer_of(engine, plan.work(name), 4, plan.device)
    repeat(made.step, 1)
    found = count_waits(lambda: repeat(made.step, STEPS), plan.device)
    return {"waits": sum(found.values()), "where": found}


def find_idle(plan: Plan) -> Iterator[Row]:
    """The share of the steps' time in which the device has nothing to do."""
    for name, most in (("mlp64", 1024), ("mlp64-gp", 1024), ("dcgan", 64)):
        for count in plan.choose(sorted({1, 64, most}), [2]):
            for engine in without_compiler(plan):
                about = {"net": plan.work(name).says, "engine": engine, "lanes": count}
                yield row_of(about, lambda n=name, e=engine, c=count: idle(n, e, c, plan))


def idle(name: str, engine: str, count: int, plan: Plan) -> Row:
    made = trainer_of(engine, plan.work(name), count, plan.device)
    repeat(made.step, 2)
    return {"idle": idle_share(lambda: repeat(made.step, STEPS), plan.device)}
