"""`mcgan train`: a Hydra application around `mcgan.experiment.fit`, without torch until it runs."""

import logging
import os
import shutil
from pathlib import Path
from typing import Any, cast

import hydra
from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from mcgan.cli import jobs
from mcgan.cli.jobs import Watch
from mcgan.config import naming, schema, search_path
from mcgan.config.overrides import checked
from mcgan.config.paths import conf_dir
from mcgan.errors import JobError, Refused, UserError, described
from mcgan.experiment.start import mark_failed, start
from mcgan.run.states import Interrupted, Outcome
from mcgan.system import worker
from mcgan.system.signals import hand_on

log = logging.getLogger(__name__)

naming.register()
jobs.register()
search_path.register()
schema.register()


def run(cfg: DictConfig) -> float | None:
    """One job. The number goes to the sweeper; how it ended stands in its status.json."""
    with worker.working():
        return job(cfg, Path(HydraConfig.get().runtime.output_dir))


def job(cfg: DictConfig, out: Path) -> float | None:
    sweeping = HydraConfig.get().mode == RunMode.MULTIRUN
    fresh = not any(out.iterdir())
    if worker.stop:
        if fresh:
            out.rmdir()
        return None
    try:
        return attempt(cfg, out, sweeping).score
    except (UserError, KeyboardInterrupt) as error:
        if sweeping and isinstance(error, Refused):
            log.warning("not run: %s", error)
        elif sweeping and isinstance(error, UserError):
            mark_failed(out, error)
        elif fresh and not (out / "status.json").exists():  # nothing has begun
            shutil.rmtree(out)
            Watch.undo()
        elif fresh and isinstance(error, UserError):  # a disk that filled up on the way
            mark_failed(out, error)
        if sweeping or not isinstance(error, UserError):
            raise
        Watch.mistake = error  # raised again by the command line: Hydra would add a line of its own
        return None
    except Exception as error:
        mark_failed(out, error)
        if abroad():
            raise JobError(f"{type(error).__name__}: {error}") from None
        error.in_job = True  # type: ignore[attr-defined]  # for `explain`
        raise


def abroad() -> bool:
    """Whether this job runs in a process of a launcher's."""
    return worker.employed() or "SUBMITIT_EXECUTOR" in os.environ


def attempt(cfg: DictConfig, out: Path, sweeping: bool) -> Outcome:
    """Trains, continues or skips, as the folder needs. Raises Interrupted after a signal, but in a
    worker, whose error would end the others before they have saved."""
    outcome = start(plain(cfg), out, HydraConfig.get().overrides.task, sweeping)
    if outcome.state == "interrupted" and not worker.stop:
        hand_on(outcome.signal)
        raise Interrupted(outcome.code)
    return outcome


def plain(cfg: DictConfig) -> dict[str, Any]:
    """The config resolved, with its keys and ranges checked: what is trained, compared, stored."""
    try:
        values = OmegaConf.to_container(cfg, resolve=True, throw_on_missing=True, enum_to_str=True)
    except (ValueError, OmegaConfBaseException) as error:
        raise UserError(described(error)) from error
    return checked(OmegaConf.create(cast(dict[str, Any], values)))


# Hydra 1.4 drops version_base. `run` stays undecorated, so that launchers pickle it by reference.
VERSION_BASE = {"version_base": "1.3"} if hydra.__version__.startswith("1.3.") else {}
app = hydra.main(config_path=str(conf_dir()), config_name="config", **VERSION_BASE)(run)
