"""Ticks of an axis of steps: where something was measured, and always at the last of them."""

from collections.abc import Sequence

APART = 0.22  # of the axis, so that labels do not run into each other


def ticks_at(steps: Sequence[int]) -> list[int]:
    """The last of the ascending steps, and those before it that lie far enough apart.

    >>> ticks_at([0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100])
    [10, 40, 70, 100]
    """
    kept: list[int] = []
    for step in reversed(steps):
        if not kept or kept[-1] - step >= APART * steps[-1]:
            kept.append(step)
    return kept[::-1]
