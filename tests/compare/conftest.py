"""Finished runs: written down, or as they are read."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from finished import Strict, chosen, result, settings, write_run
from mcgan.compare.curves import RunCurves
from mcgan.compare.reading import verdicts
from mcgan.compare.run import Run


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """`write("sweep/a", [8, 7], seed=4)` under the test's own folder."""
    return lambda name, *args, **words: write_run(tmp_path / name, *args, **words)


@pytest.fixture
def run() -> Callable[..., Run]:
    """A run as it is read: `run([8, 7], seed=4, reg={...})`."""

    def made(
        strict: Strict,
        seed: int = 0,
        *,
        state: str = "done",
        ended: str = "",
        name: str = "run",
        more: Mapping[str, Any] | None = None,
        **changes: Any,
    ) -> Run:
        config = settings(seed=seed, **changes)
        measured = result(strict, seed, config, **(more or {}))
        course = RunCurves({"modes_strict": [(1000, list(strict))]}, {1000: 4.0}, 2.0)
        return Run(
            Path(name),
            state,
            "",
            ended,
            config,
            [measured],
            course,
            chosen(config),
            verdicts(measured),
        )

    return made
