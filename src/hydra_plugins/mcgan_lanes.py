"""hydra/launcher=vectorized: Hydra takes launchers from this package alone."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from hydra.plugins.launcher import Launcher

if TYPE_CHECKING:
    from hydra.core.utils import JobReturn


class LaneLauncher(Launcher):
    """Trains jobs that differ in seeds and numbers alone as one program, ``lanes`` at a time.

    Each of the ``workers`` is a process with a share of the jobs; None: as many as pay.
    """

    def __init__(self, lanes: int, workers: int | None = None) -> None:
        self.lanes, self.workers = lanes, workers
        self.context: Any = None
        self.task: Any = None
        self.config: Any = None

    def setup(self, *, hydra_context: Any, task_function: Any, config: Any) -> None:
        self.context, self.task, self.config = hydra_context, task_function, config

    def launch(
        self, job_overrides: Sequence[Sequence[str]], initial_job_idx: int
    ) -> "Sequence[JobReturn]":
        """What became of each job, in their order."""
        from mcgan.cli.lanes import launch

        return launch(self, job_overrides, initial_job_idx)
