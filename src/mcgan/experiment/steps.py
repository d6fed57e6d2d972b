"""The steps of one run, and after each of them what is due."""

import time

from mcgan.engine.trainer import Trainer
from mcgan.experiment.loop import Loop
from mcgan.run.states import RunState


def train(loop: Loop, trainer: Trainer, signals: list[int], further: bool = False) -> RunState:
    """The state in which training ended; a signal, once in ``signals``, interrupts it.

    ``further``: a run that had ended goes on. Any other checkpoint may be the run's last one.
    """
    state = RunState.RUNNING if further else loop.state_at_start()
    if state != RunState.RUNNING:
        loop.close()
        return state
    state = step(loop, trainer, signals)
    loop.progress.begin(trainer.count)  # the first step compiles
    while state == RunState.RUNNING:
        state = step(loop, trainer, signals)
    return state


def step(loop: Loop, trainer: Trainer, signals: list[int]) -> RunState:
    """One step and what is due after it; the state that the run is in then."""
    begin = time.perf_counter()
    loop.window.add(trainer.step())
    loop.clock.add(time.perf_counter() - begin)
    return loop.follow(interrupted=bool(signals))  # read once: a signal may come at any moment
