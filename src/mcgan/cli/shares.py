"""The processes of a sweep that is trained as one program, and each one's share of the jobs."""

import logging
import os
from collections.abc import Sequence
from importlib.util import find_spec
from itertools import pairwise
from typing import Any

from mcgan.errors import UserError
from mcgan.experiment.lanes.composed import Job
from mcgan.system.gpu_files import may_have_gpu

log = logging.getLogger(__name__)

MOST_WORKERS = 1024
FEWEST_JOBS = 16  # of a worker that nobody asked for: it imports and compiles for itself


def share_out(jobs: Sequence[Job], workers: Any) -> list[Sequence[Job]]:
    """The jobs in as many parts as there are workers, of equal size. Their order stays.

    As many as pay where ``workers`` is None. Raises UserError where it is no number of processes.
    """
    wanted = find_workers(jobs) if workers is None else check_workers(workers)
    count = max(1, min(wanted, len(jobs)))
    ends = [len(jobs) * i // count for i in range(count + 1)]
    return [jobs[begin:end] for begin, end in pairwise(ends)]


def check_workers(workers: Any) -> int:
    """A number of processes that was asked for. Raises UserError for what is none."""
    if isinstance(workers, int) and 1 <= workers <= MOST_WORKERS:
        return workers
    raise UserError(
        f"hydra.launcher.workers must be a whole number from 1 to {MOST_WORKERS}, "
        f"not {str(workers)[:80]!r}"
    )


def find_workers(jobs: Sequence[Job]) -> int:
    """The processes that pay for these jobs: on the CPU one for as many cores as a run takes.

    One where the jobs are few, or on a GPU, which one program fills.
    """
    many = len(jobs) // FEWEST_JOBS
    if many < 2 or not is_on_cpu(jobs[0]):
        return 1
    workers = min(many, count_cores() // (jobs[0].config["train"]["threads"] or 1))
    if workers > 1 and not find_spec("joblib"):
        log.info("one process trains all: %d would need mcgan[parallel]", workers)
        return 1
    return max(1, workers)


def is_on_cpu(job: Job) -> bool:
    """Whether a job is trained on the CPU; a device that is not here is the job's own mistake."""
    wish = job.config["train"]["device"]
    if wish != "auto" or not may_have_gpu():
        return wish in ("auto", "cpu")
    from mcgan.system.device import device_of  # imports torch

    return device_of(wish) == "cpu"


def count_cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):  # not so on macOS and Windows
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
