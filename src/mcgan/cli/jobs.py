"""What became of the jobs, whichever process they ran in: read from their status files."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mcgan.config import naming
from mcgan.errors import UserError
from mcgan.run.directory import RunDirectory
from mcgan.run.states import RunState, exit_code

Statuses = dict[Path, dict[str, Any]]  # job folder -> its status.json


@dataclass
class JobWatch:
    """The run or sweep of one command, as a Hydra task can return nothing to its caller.

    Hydra asks for the folder of a run or of a sweep before its first job. What is there then is
    noted here. Launchers send copies to their workers, which nobody reads.
    """

    folder: Path | None = None
    sweeping: bool = False
    before: dict[Path, int] = field(default_factory=dict)  # status files there were, their times
    missing: list[Path] = field(default_factory=list)  # folders Hydra is to make, innermost first
    mistake: UserError | None = None  # of a single run

    def register(self) -> None:
        """Makes conf/config.yaml ask this object for the folders."""
        naming.register_resolver("mcgan_folder", self.find_run_folder)
        naming.register_resolver("mcgan_sweep", self.find_sweep_folder)

    def find_run_folder(self, *words: Any) -> str:
        """The folder of this command's run, for ${mcgan_folder:...} in conf/config.yaml."""
        return self.start(naming.run_folder(*words), sweeping=False)

    def find_sweep_folder(self, *words: Any) -> str:
        """The folder of this command's sweep, for ${mcgan_sweep:...}."""
        return self.start(naming.sweep_folder(*words), sweeping=True)

    def start(self, folder: str, sweeping: bool) -> str:
        """Notes what is there; jobs, which ask again, find it noted."""
        if self.folder is None:
            self.folder, self.sweeping = Path(folder), sweeping
            self.before = stamps(self.folder)
            places = (self.folder, *self.folder.parents)
            self.missing = [place for place in places if not place.exists()]
        return folder

    def find_ended(self) -> Statuses:
        """The jobs whose status changed since the start."""
        now = stamps(self.folder) if self.folder else {}
        changed = [path for path, time in now.items() if self.before.get(path) != time]
        return {path.parent: read_status(path.parent) for path in changed}


def read_status(job: Path) -> dict[str, Any]:
    """What a status.json says; a job whose file cannot be read counts as failed."""
    try:
        return RunDirectory(job).status()
    except UserError as error:
        return {"state": RunState.FAILED, "error": str(error), "mistake": True}


def stamps(folder: Path) -> dict[Path, int]:
    """When each status file below a folder was last written, in nanoseconds."""
    return {path: path.stat().st_mtime_ns for path in sorted(folder.rglob("status.json"))}


def code_of(status: dict[str, Any]) -> int:
    """The exit code of a job by its status.json."""
    state = status.get("state", RunState.FAILED)
    return exit_code(state, status.get("signal"), bool(status.get("mistake")))
