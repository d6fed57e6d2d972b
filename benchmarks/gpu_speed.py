"""Parts of benchmarks/gpu.py: how long steps take, of one network and of many."""

from collections.abc import Iterator
from typing import Any

import rounds
import sides
from gpu_plan import Plan, Row, repeat, row_of
from loops import GraphLoop, Loop
from ours import trainer_of
from sides import Side

from mcgan.arch.base import Arch
from mcgan.arch.r3gan import R3GAN
from mcgan.arch.resnet import ResNet

LANES = (1, 4, 16, 64, 256, 1024, 4096)
ENGINES = {
    "cuda": ("eager", "eager captured", "compiled", "compiled captured"),
    "cpu": ("eager",),  # a compiler takes minutes there, and there are no graphs
}
ALONE = {"cuda": ("loop", "loop graph", *ENGINES["cuda"], "jax 1", "loop compiled"),
         "cpu": ("loop", "eager")}  # fmt: skip


def measure_steps(plan: Plan) -> Iterator[Row]:
    """One network on every side: ms a step, and its ratios to the plain loop and to JAX."""
    for name in ("dcgan", "mlp64", "mlp64-gp", "minibatch"):
        about = {"work": plan.work(name).says}
        made, failed = make_sides(name, plan)
        yield from (about | row for row in failed)
        times = [time_each(made, plan) for _ in range(plan.choose(5, 2))]
        for side in made:
            yield about | {"side": side} | rounds.figures(side, times)


def make_sides(name: str, plan: Plan) -> tuple[dict[str, Side], list[Row]]:
    """The sides of a workload, each after its first call, and those that could not be made."""
    made: dict[str, Side] = {}
    failed: list[Row] = []
    for side in ALONE[plan.device]:

        def make(side: str = side) -> Row:
            made[side] = make_side(side, name, plan)
            return {}

        row = row_of({"side": side}, make)
        failed += [row] * ("error" in row)
    return made, failed


def make_side(side: str, name: str, plan: Plan) -> Side:
    """A side that has compiled. Raises what its library raises, such as where there is no JAX."""
    work, kind = plan.work(name), side.partition(" ")[0]
    if kind == "jax":
        found = sides.of_jax(work, 1)
    elif kind == "loop":
        loop = GraphLoop(work) if side == "loop graph" else Loop(work, "c" in side, plan.device)
        found = Side(sides.repeated(loop.step, sides.LOOP_STEPS), sides.LOOP_STEPS)
    else:
        found = side_of(trainer_of(side, work, 1, plan.device))
    found.call()
    return found


def side_of(made: Any) -> Side:
    """A call is a whole block of draws, so that every measurement has its share of them."""
    steps = made.draws.rows.steps
    return Side(sides.repeated(made.step, steps), steps, len(made.replicas))


def time_each(made: dict[str, Side], plan: Plan) -> dict[str, float]:
    """ms a step and replica of every side, one after the other: a round."""
    seconds = plan.choose(0.3, 0.0)
    return {name: rounds.milliseconds(side, seconds, plan.now) for name, side in made.items()}


def measure_lanes(plan: Plan) -> Iterator[Row]:
    """ms of a step of 1 to 4,096 replicas, how often that of one, and the peak of memory."""
    for name in ("mlp64", "mlp64-gp"):
        for engine in ENGINES[plan.device]:
            about = {"net": plan.work(name).says, "engine": engine}
            yield from grow(about, name, engine, plan.choose(LANES, (1, 4)), None, plan)


def measure_pictures(plan: Plan) -> Iterator[Row]:
    """The same of the nets for pictures, as many replicas as there is memory for."""
    for kind, nets in pictured(plan).items():
        about = {"net": kind, "engine": "eager"}
        yield from grow(about, "dcgan", "eager", plan.choose((1, 4, 16, 64), (1, 2)), nets, plan)


def pictured(plan: Plan) -> dict[str, Arch | None]:
    """The nets for 28 pixels by name; None: the workload's DCGAN."""
    wide = plan.choose(64, 16)
    resnet = ResNet(width=wide, widest=wide, critic_width=wide, critic_widest=wide, norm="none")
    return {"dcgan": None, "resnet": resnet, "r3gan": R3GAN(width=wide, widest=wide, blocks=1)}


def grow(
    about: Row, name: str, engine: str, lanes: tuple[int, ...], nets: Arch | None, plan: Plan
) -> Iterator[Row]:
    """A row for each number of lanes; ``to one`` is the ratio to a step of the first number."""
    one: float | None = None
    for count in lanes:
        row = row_of(
            about | {"lanes": count}, lambda n=count: time_lanes(n, name, engine, nets, plan)
        )
        one = one or row.get("ms")
        yield row | ({"to one": row["ms"] / one} if one and "ms" in row else {})


def time_lanes(count: int, name: str, engine: str, nets: Arch | None, plan: Plan) -> Row:
    """ms of a step of all lanes, seconds to build them and to make their first step, peak MB."""
    plan.free()
    begin = plan.now()
    made = trainer_of(engine, plan.work(name), count, plan.device, nets)
    repeat(made.step, 1)
    ready = plan.now() - begin
    steps = plan.choose(made.draws.rows.steps, 2)
    side = Side(sides.repeated(made.step, steps), steps)
    ms = rounds.milliseconds(side, plan.choose(0.5, 0.0), plan.now)
    return {"ms": ms, "ms a lane": ms / count, "seconds to begin": ready, "peak MB": plan.peak()}
