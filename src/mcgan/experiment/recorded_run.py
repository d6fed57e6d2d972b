"""What the folder of a run tells without its networks."""

from pathlib import Path
from typing import Any

from mcgan.config.paths import show_path
from mcgan.errors import UserError
from mcgan.experiment.course import as_frame, course
from mcgan.experiment.description import describe
from mcgan.run.directory import RunDirectory
from mcgan.run.existing import read_settings
from mcgan.view.notebook import html_table


class RecordedRun:
    """A run's state, result and course, as its files tell them."""

    def __init__(self, folder: Path | str) -> None:
        self._directory = RunDirectory(Path(folder).absolute())
        self.config = read_settings(self._directory)

    @property
    def folder(self) -> Path:
        """Where the run lies, an absolute path."""
        return self._directory.folder

    @property
    def state(self) -> str:
        """The state: running, done, failed, interrupted, collapsed or diverged."""
        return str(self._directory.status().get("state", "unknown"))

    @property
    def step(self) -> int:
        """Steps trained so far; one step is one update of the generator."""
        return int(self._directory.status().get("step", 0))

    @property
    def result(self) -> dict[str, Any]:
        """The content of result.json: scores with intervals, protocol, seeds, versions, verdict.

        Raises UserError while there is none.

        >>> mcgan.load("runs/first").result["metrics"]["modes_covered"]["perfect"]
        8.0
        """
        found = self._directory.result()
        if found is None:
            raise UserError(
                f"{show_path(self.folder)} has no result: it is {self.state} at step "
                f"{self.step:,}; go on with `mcgan resume {show_path(self.folder)}`"
            )
        return found

    @property
    def verdict(self) -> list[dict[str, Any]]:
        """What became of each replica: kind (such as 'healthy'), whether it collapsed, and why.

        Raises UserError while there is no result.

        >>> [each["seed"] for each in mcgan.load("runs/first").verdict]
        [0, 1]
        """
        found: list[dict[str, Any]] = self.result.get("verdict", {}).get("replicas", [])
        return found

    @property
    def seeds(self) -> list[int]:
        """The seed of each replica."""
        return [self.config["seed"] + i for i in range(self.config["replicas"])]

    def metrics(self, kind: str = "eval") -> Any:
        """The course of the run, a row of each replica at each step.

        ``kind``: 'eval' (scores), 'train' (losses, critic outputs, times) or 'health' (early signs
        of collapse). A pandas DataFrame where pandas is installed, else a dict of NumPy arrays, of
        the same columns: 'step', 'seed' and the numbers. Raises UserError: no such kind.

        >>> course = mcgan.load("runs/first").metrics()
        >>> course["step"].tolist(), course["seed"].tolist()
        ([20, 20], [0, 1])
        """
        return as_frame(course(self._directory.metrics, kind, self.seeds))

    def __repr__(self) -> str:
        return "\n".join(f"{name:9}{text}" for name, text in describe(self._directory))

    def _repr_html_(self) -> str:
        return html_table("mcgan run", (), describe(self._directory))
