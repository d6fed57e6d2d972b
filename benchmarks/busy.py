"""The share of time in which a device computes, by the intervals that a profiler saw."""

from collections.abc import Callable, Iterable
from typing import Any

from torch.autograd import DeviceType
from torch.profiler import ProfilerActivity, profile

Interval = tuple[float, float]  # µs


def idle_share(call: Callable[[], object], device: str) -> float | None:
    """The share of a call in which no kernel ran, from the first one to the end of the last."""
    where = {"cuda": ProfilerActivity.CUDA, "cpu": ProfilerActivity.CPU}[device]
    with profile(activities=[where]) as seen:
        call()
    return idle_between(kernels(seen.events(), device))


def kernels(events: Iterable[Any], device: str) -> list[Interval]:
    """When the device was at work; on the CPU, when an operator of torch was."""
    kind = {"cuda": DeviceType.CUDA, "cpu": DeviceType.CPU}[device]
    mine = [event.time_range for event in events if event.device_type == kind]
    return [(each.start, each.end) for each in mine]


def idle_between(intervals: list[Interval]) -> float | None:
    """The share of the time that no interval covers; they may overlap. None without any.

    >>> idle_between([(0.0, 4.0), (2.0, 5.0), (9.0, 10.0)])
    0.4
    """
    if not intervals:
        return None
    ordered = sorted(intervals)
    begin, reached, idle = ordered[0][0], ordered[0][0], 0.0
    for start, end in ordered:
        idle += max(start - reached, 0.0)
        reached = max(reached, end)
    return idle / (reached - begin) if reached > begin else 0.0
