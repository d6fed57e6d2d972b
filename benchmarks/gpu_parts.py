"""The parts of benchmarks/gpu.py, in their order, and each one's share of the time."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import gpu_runs
import gpu_speed
from gpu_plan import Plan, Row


class Part(NamedTuple):
    """What gives rows, and its share of the time beside the others' shares."""

    run: Callable[[Plan], Iterator[Row]]
    share: float


PARTS = {
    "device": Part(gpu_runs.describe_device, 1),
    "waits": Part(gpu_runs.count_all_waits, 3),
    "bits": Part(gpu_runs.compare_bits, 4),
    "steps": Part(gpu_speed.measure_steps, 12),
    "lanes": Part(gpu_speed.measure_lanes, 12),
    "pictures": Part(gpu_speed.measure_pictures, 4),
    "idle": Part(gpu_runs.find_idle, 5),
    "coverage": Part(gpu_runs.reach_coverage, 6),
    "stacked": Part(gpu_runs.follow_stacked, 10),
}
