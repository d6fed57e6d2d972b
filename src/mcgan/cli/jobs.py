"""What became of the jobs, whichever process they ran in: read from their status files."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

from mcgan.config import naming, sweep
from mcgan.errors import UserError
from mcgan.run.states import CODES, MISTAKE

Statuses = dict[Path, dict[str, Any]]  # job folder -> its status.json


class Watch:
    """The latest run or sweep of this process: a Hydra task can return nothing to its caller.

    Hydra asks for the folder of a run or of a sweep before its first job; then this looks too.
    """

    folder: ClassVar[Path | None] = None
    sweeping: ClassVar[bool] = False
    before: ClassVar[dict[Path, int]] = {}
    mistake: ClassVar[UserError | None] = None  # of a single run
    missing: ClassVar[list[Path]] = []  # folders that Hydra is to make, the innermost first

    @classmethod
    def forget(cls) -> None:
        cls.folder, cls.sweeping, cls.before, cls.mistake = None, False, {}, None
        cls.missing = []

    @classmethod
    def start(cls, folder: str, sweeping: bool) -> str:
        """Notes what is there; jobs, which ask again, find it noted."""
        if cls.folder is None:
            cls.folder, cls.sweeping = Path(folder), sweeping
            cls.before = stamps(cls.folder)
            places = (cls.folder, *cls.folder.parents)
            cls.missing = [place for place in places if not place.exists()]
        return folder

    @classmethod
    def undo(cls) -> None:
        """Takes the folders away that were made for a run which did not begin."""
        for place in cls.missing:
            with suppress(OSError):  # another run may have moved in
                place.rmdir()

    @classmethod
    def ended(cls) -> Statuses:
        """The jobs whose status changed since the start."""
        now = stamps(cls.folder) if cls.folder else {}
        changed = [path for path, time in now.items() if cls.before.get(path) != time]
        return {path.parent: json.loads(path.read_text()) for path in changed}


def stamps(folder: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in sorted(folder.rglob("status.json"))}


def code_of(status: dict[str, Any]) -> int:
    if status.get("mistake"):
        return MISTAKE
    return CODES.get(status.get("state", "failed"), CODES["failed"])


def run_folder(*words: Any) -> str:
    return Watch.start(naming.folder(*words), sweeping=False)


def sweep_folder(*words: Any) -> str:
    return Watch.start(sweep.folder(*words), sweeping=True)


def register() -> None:
    naming.resolver("mcgan_folder", run_folder)
    naming.resolver("mcgan_sweep", sweep_folder)
