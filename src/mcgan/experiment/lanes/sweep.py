"""All jobs of a sweep: which are trained together, and what became of each."""

import logging
from collections.abc import Iterator, Sequence

from mcgan.engine.lane_groups import group_lanes
from mcgan.experiment import start
from mcgan.experiment.lanes.composed import Job
from mcgan.experiment.lanes.job import Known, LaneRun
from mcgan.experiment.lanes.program import Program
from mcgan.run.states import STOPPED, Interrupted, Outcome, RunState
from mcgan.system import worker
from mcgan.system.memory import memory, memory_errors, say_bytes
from mcgan.system.signals import hand_on, interruptible
from mcgan.view.terminal.screen import Screen

log = logging.getLogger(__name__)


def train_jobs(
    jobs: Sequence[Job], most: int, processes: int = 1, screen: Screen | None = None
) -> list[Outcome | Exception]:
    """The outcome of each job, or its error; at most ``most`` runs are trained at a time.

    ``processes`` share the memory of the machine. Raises Interrupted after a signal, when those
    that it interrupted are saved; but not in a worker, whose outcomes then say so.
    """
    runs = [LaneRun(job) for job in jobs]
    try:
        train_all(runs, most, processes, screen or Screen())
    except BaseException as error:
        for run in runs:
            if run.outcome is None:
                run.leave(error)
        if not (isinstance(error, Interrupted) and worker.stop):
            raise
    return [run.outcome or Outcome(RunState.INTERRUPTED) for run in runs]


def train_all(runs: Sequence[LaneRun], most: int, processes: int, screen: Screen) -> None:
    """Trains every run to its end, those that can in one program.

    At most ``most`` runs share a program; ``processes`` share the memory. Raises Interrupted after
    a signal, when the runs under way are saved.
    """
    known = Known({}, {})
    with interruptible() as signals:
        for run in runs:
            run.attempt(run.prepare, known)
            stop_for(signals)
        new = [run for run in runs if run.outcome is None]
        for group in list_groups(new, most, memory() / processes):
            train_group(group, signals, screen)
            stop_for([*signals, *interruptions(group)])


def stop_for(signals: Sequence[int]) -> None:
    """Ends the sweep if a signal came: raises Interrupted with its exit code."""
    if signals:
        hand_on(signals[0])
        raise Interrupted(STOPPED + signals[0])


def interruptions(group: Sequence[LaneRun]) -> list[int]:
    """The signals that interrupted runs of a group."""
    ended = [run.outcome for run in group if isinstance(run.outcome, Outcome)]
    return [each.signal for each in ended if each.state == RunState.INTERRUPTED]


def train_group(group: Sequence[LaneRun], signals: list[int], screen: Screen) -> None:
    """Trains runs as one program; a run that has no company is trained as it is by itself."""
    if len(group) == 1:
        group[0].attempt(train_alone, group[0], screen)
        return
    try:
        with memory_errors():
            Program(group).train(signals, screen)
    except Exception as error:
        for run in group:
            if run.outcome is None:
                run.fail(error)


def train_alone(run: LaneRun, screen: Screen) -> None:
    """Trains a run that shares no program, as `mcgan train` would."""
    job = run.job
    run.close(start.start(job.config, job.choices, job.out, job.words, True, screen))


def list_groups(runs: Sequence[LaneRun], most: int, room: float) -> Iterator[list[LaneRun]]:
    """The runs that are trained together, group after group; the log says which and why."""
    paces: dict[str, list[LaneRun]] = {}
    for run in runs:
        paces.setdefault(run.pace(), []).append(run)
    for members in paces.values():
        groups, parting = group_lanes([run.lanes[0] for run in members])
        if parting:
            log.info(
                "%s decide what is computed: runs of other values are trained apart",
                ", ".join(sorted(parting)),
            )
        for group in groups:
            yield from cut([members[i] for i in group], most, room)


def cut(group: Sequence[LaneRun], most: int, room: float) -> Iterator[list[LaneRun]]:
    """Parts of a group that fit into ``room`` bytes of memory, of at most ``most`` runs."""
    one = sum(need.bytes for need in group[0].parts.needs())
    size = max(1, min(most, int(room / max(one, 1))))
    for begin in range(0, len(group), size):
        part = [*group[begin : begin + size]]
        log.info(
            "%s as one program: at least %s of memory", count_runs(part), say_bytes(one * len(part))
        )
        yield part


def count_runs(part: Sequence[LaneRun]) -> str:
    """`1 run`, or `3 runs`."""
    return f"{len(part)} run{'s' if len(part) > 1 else ''}"
