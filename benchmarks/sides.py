"""The contenders, by name: 'loop', 'loop compiled', 'eager N', 'compiled N', 'jax N' (replicas)."""

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass, field

from workloads import Workload

LOOP_STEPS = 16


@dataclass
class Side:
    """One contender, ready to train: ``call`` makes ``steps`` steps of ``replicas`` networks."""

    call: Callable[[], None]
    steps: int
    replicas: int = 1
    notes: dict[str, str] = field(default_factory=dict)


def names(work: Workload, replicas: list[int]) -> list[str]:
    """Those who can do this workload here; the convolutional one is for eager loops."""
    if work.image:
        return ["loop", "loop compiled", "eager 1", "eager 4", "compiled 1", "jax 1"]
    kinds = ["eager", "compiled", *["jax"] * has_jax()]
    return ["loop", "loop compiled", *(f"{kind} {n}" for n in replicas for kind in kinds)]


def has_jax() -> bool:
    return all(importlib.util.find_spec(name) for name in ("jax", "optax"))


def make(name: str, work: Workload) -> Side:
    kind, _, rest = name.partition(" ")
    if kind == "loop":
        return of_loop(work, rest == "compiled")
    return of_jax(work, int(rest)) if kind == "jax" else ours(work, kind == "compiled", int(rest))


def of_loop(work: Workload, compiled: bool) -> Side:
    from loops import Loop

    loop = Loop(work, compiled)
    return Side(repeated(loop.step, LOOP_STEPS), LOOP_STEPS, notes=loop.notes)


def ours(work: Workload, compiled: bool, replicas: int) -> Side:
    """A call is a whole block of draws, so that every measurement has its share of them."""
    from ours import trainer

    made = trainer(work, replicas, compiled)
    return Side(repeated(made.step, made.draws.rows.steps), made.draws.rows.steps, replicas)


def of_jax(work: Workload, replicas: int) -> Side:
    import jax_loop

    return Side(jax_loop.stepper(work, replicas), jax_loop.STEPS[work.image], replicas)


def repeated(step: Callable[[], object], times: int) -> Callable[[], None]:
    def call() -> None:
        for _ in range(times):
            step()

    return call
