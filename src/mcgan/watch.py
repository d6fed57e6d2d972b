"""What became of the jobs, whichever process they ran in: read from their status files."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

from hydra.experimental.callback import Callback
from omegaconf import DictConfig
from omegaconf.errors import OmegaConfBaseException

from mcgan.errors import UserError
from mcgan.outcome import CODES, MISTAKE

Statuses = dict[Path, dict[str, Any]]  # job folder -> its status.json


class Watch(Callback):
    """Hydra calls it before the first job. A task can return nothing to the command line itself."""

    folder: ClassVar[Path | None] = None  # of the latest run or sweep of this process
    sweeping: ClassVar[bool] = False
    before: ClassVar[dict[Path, int]] = {}
    mistake: ClassVar[UserError | None] = None  # of a single run

    def on_run_start(self, config: DictConfig, **kwargs: Any) -> None:
        with suppress(OmegaConfBaseException):  # a bad name: said by Hydra's own look at it
            Watch.start(Path(config.hydra.run.dir), sweeping=False)

    def on_multirun_start(self, config: DictConfig, **kwargs: Any) -> None:
        with suppress(OmegaConfBaseException):
            Watch.start(Path(config.hydra.sweep.dir), sweeping=True)

    @classmethod
    def start(cls, folder: Path | None, sweeping: bool = False) -> None:
        cls.folder, cls.sweeping, cls.mistake = folder, sweeping, None
        cls.before = stamps(folder)

    @classmethod
    def ended(cls) -> Statuses:
        """The jobs whose status changed since the start."""
        changed = [path for path, t in stamps(cls.folder).items() if cls.before.get(path) != t]
        return {path.parent: json.loads(path.read_text()) for path in changed}


def stamps(folder: Path | None) -> dict[Path, int]:
    found = folder.rglob("status.json") if folder else []
    return {path: path.stat().st_mtime_ns for path in sorted(found)}


def code_of(status: dict[str, Any]) -> int:
    if status.get("mistake"):
        return MISTAKE
    return CODES.get(status.get("state", "failed"), CODES["failed"])
