"""A run directory: where everything about one run lies, and who may write there.

    config.yaml        the resolved configuration
    status.json        state, step, times, pid, error, score; which options were chosen;
                       a digest of what the data's files held
    metrics.jsonl      every number logged: the truth
    result.json        the closing measures
    evaluations/       measured again with other settings: adding one needs no lock
    classifier.pt      of pictures: names their modes, then as now
    checkpoints/  figures/  events.out.tfevents.*

With log=lean a run that has ended leaves the first four and one checkpoint, with pictures the
classifier too.
Everybody else who writes here holds `lock()`. Nothing in this file imports torch.
"""

import json
import logging
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mcgan.errors import UserError
from mcgan.run import checkpoint
from mcgan.run.settings import as_yaml, digest, origin_of
from mcgan.run.states import RunState
from mcgan.run.status import check_status
from mcgan.system import atomic
from mcgan.system.lock import lock

log = logging.getLogger(__name__)

MADE_BY_A_RUN = ("checkpoints", "figures", "evaluations", "metrics.jsonl", "metrics.damaged",
                 "result.json", "classifier.pt", "events.out.tfevents.*")  # fmt: skip
FACTS = ("choices", "compiled", "compiled_why", "threads", "started", "data")
"""What resuming needs of status.json: checkpoints have it too, in case that file is lost."""
LOCK = ".lock"
HELD = (".hydra", "checkpoints", "figures")  # folders in which only the lock's owner writes


class RunDirectory:
    """A cheap handle on a folder, which need not exist yet."""

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)
        self.checkpoints = self.folder / "checkpoints"
        self.figures = self.folder / "figures"
        self.metrics = self.folder / "metrics.jsonl"
        self.classifier = self.folder / "classifier.pt"

    def lock(self) -> AbstractContextManager[None]:
        """Holds the folder against other processes; makes it, and sweeps what a killed one left.

        Raises UserError: in use by a living process (with its pid), or not writable.
        """
        return hold(self.folder)

    def start(
        self, config: Mapping[str, Any], steps: int, choices: Mapping[str, Any] | None = None
    ) -> None:
        """A new run: what an earlier run of this name made is gone, the state is `running`.

        `choices` are the options of each group that `config` was composed from, where known.
        """
        self.clear()
        atomic.write_text(self.folder / "config.yaml", as_yaml(config))
        self._write(state=RunState.RUNNING, step=0, steps=steps, started=now(), ended=None,
                    pid=os.getpid(), error=None, score=None, origin=origin_of(config),
                    config=dict(config), choices=dict(choices or {}))  # fmt: skip

    def restart(self, steps: int, config: Mapping[str, Any] | None = None) -> None:
        """The same run goes on, perhaps with some settings changed (`config`)."""
        changed = {} if config is None else {"config": dict(config)}
        if config is not None:
            atomic.write_text(self.folder / "config.yaml", as_yaml(config))
        self.mark(
            RunState.RUNNING,
            steps=steps,
            ended=None,
            pid=os.getpid(),
            error=None,
            mistake=False,
            signal=None,
            **changed,
        )

    def mark(self, state: RunState, **fields: Any) -> None:
        """Changes the state and `fields` of status.json."""
        self._write(**{**self.status(), "state": RunState(state), **fields})

    def end(self, state: RunState, **fields: Any) -> None:
        """Stores how and when the run has ended."""
        self.mark(state, ended=now(), **fields)

    def clear(self) -> None:
        """Takes away what an earlier run left here, and nothing else."""
        with atomic.disk_errors(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            for pattern in MADE_BY_A_RUN:
                for path in self.folder.glob(pattern):
                    shutil.rmtree(path) if path.is_dir() else path.unlink()

    def slim(self) -> None:
        """Takes away what an ended run can do without: its lock's file, and older checkpoints.

        Only the owner of the lock may do so.
        """
        for path in (*checkpoint.files(self.checkpoints)[1:], self.folder / LOCK):
            with suppress(OSError):
                path.unlink()

    def status(self) -> dict[str, Any]:
        """status.json, or {} where there is none. Raises UserError when it cannot be read."""
        advice = "take it away, and `mcgan resume` goes on from the checkpoints"
        return check_status(self._json("status.json", advice) or {}, self.folder, advice)

    def result(self) -> dict[str, Any] | None:
        """result.json, or None where there is none yet. Old names of measures become the new.

        Raises UserError when it cannot be read.
        """
        from mcgan.metrics.measures import with_new_names  # scipy

        advice = "`mcgan evaluate` measures the run again"
        found = self._json("result.json", advice)
        if found is not None and not isinstance(found.get("metrics"), dict):
            path = self.folder / "result.json"
            raise UserError(f"{path} is damaged, it has no metrics; {advice}")
        return found and with_new_names(found)

    def config(self) -> dict[str, Any]:
        """config.yaml as plain dicts. Raises UserError when the folder holds no run."""
        from mcgan.system.quick_yaml import YAMLError, read_yaml

        path = self.folder / "config.yaml"
        try:
            config = read_yaml(path.read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise UserError(f"{self.folder} is not a run: it has no config.yaml") from error
        except (OSError, ValueError, RecursionError, YAMLError) as error:
            raise UserError(f"{path} cannot be read: {error}") from error
        if not isinstance(config, dict) or not all(isinstance(key, str) for key in config):
            raise UserError(f"{path} is damaged: it holds no settings")
        return config

    def save(self, step: int, state: checkpoint.State) -> Path:
        """A checkpoint, whole or not at all; the last two are kept. See `checkpoint.save`.

        ``state`` gets an entry "run" with what else is needed to go on from it.
        """
        status = self.status()
        facts = {key: status[key] for key in FACTS if key in status}
        origin = status.get("origin") or origin_of(self.config())
        path = checkpoint.save(self.checkpoints, step, {**state, "run": facts}, origin)
        self.mark(status.get("state", RunState.RUNNING), step=step)
        return path

    def load(self) -> tuple[int, checkpoint.State]:
        """Step and state of the newest good checkpoint of this run. See `checkpoint.load`."""
        return checkpoint.load(self.checkpoints, self._origins())

    def recover(self, state: checkpoint.State) -> None:
        """Writes status.json anew where it is lost, from the ``state`` of a checkpoint."""
        if self.status():
            return
        log.warning("%s is lost: made anew from a checkpoint", self.folder / "status.json")
        config = self.config()
        self._write(
            state=RunState.RUNNING, origin=origin_of(config), config=config, **state.get("run", {})
        )

    def save_result(self, result: Mapping[str, Any]) -> Path:
        """Writes result.json and returns its path."""
        return atomic.write_json(self.folder / "result.json", dict(result))

    def save_evaluation(self, name: str, content: Mapping[str, Any]) -> Path:
        """A later measurement with other settings; the run's own result stays."""
        folder = self.folder / "evaluations"
        with atomic.disk_errors(folder):
            folder.mkdir(exist_ok=True)
        return atomic.write_json(folder / f"{name}.json", dict(content))

    def _origins(self) -> set[str]:
        """The marks of this run's checkpoints, without status.json too; those of old runs."""
        config, status = self.config(), self.status()
        return {origin_of(config), digest(as_yaml(config)), str(status.get("origin", ""))} - {""}

    def _write(self, **status: Any) -> None:
        atomic.write_json(self.folder / "status.json", status)

    def _json(self, name: str, advice: str) -> dict[str, Any] | None:
        path = self.folder / name
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, RecursionError) as error:
            raise UserError(f"{path} cannot be read ({error}); {advice}") from error
        if not isinstance(content, dict):
            raise UserError(f"{path} cannot be read (it is no JSON object); {advice}")
        return content


def is_lean(config: Mapping[str, Any]) -> bool:
    """Whether a run leaves few files; those of before there was the setting leave all."""
    return config.get("log") == "lean"


def log_of(folder: Path, config: Mapping[str, Any]) -> Path | None:
    """The file of a run's messages; a lean run has none."""
    return None if is_lean(config) else folder / "train.log"


@contextmanager
def hold(folder: Path) -> Iterator[None]:
    """Holds the folder for this process, and removes halves of files that a killed one left.

    Raises UserError if another process holds it.
    """
    with lock(folder / LOCK):
        for place in (folder, *(folder / name for name in HELD)):
            atomic.sweep(place)
        yield


def now() -> str:
    """The time in UTC, to the second, as ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="seconds")
