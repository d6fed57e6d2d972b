"""What hydra/launcher=vectorized does: all jobs of a sweep in this process, as few programs."""

import logging
from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

from hydra.core.hydra_config import HydraConfig
from hydra.core.utils import JobReturn, JobStatus, configure_log, setup_globals
from omegaconf import DictConfig, open_dict, read_write

from mcgan.config.choices import noted_choices
from mcgan.config.paths import import_from_here
from mcgan.config.schema import check
from mcgan.errors import JobError, Refused, UserError
from mcgan.experiment.lanes.job import Job
from mcgan.experiment.lanes.sweep import train_jobs
from mcgan.run.states import Outcome
from mcgan.system import worker
from mcgan.system.streams import forgiving_output

log = logging.getLogger(__name__)


def launch(launcher: Any, overrides: Sequence[Sequence[str]], first: int) -> list[JobReturn]:
    """Trains the jobs of these overrides, numbered from ``first``; what became of each."""
    setup_globals()
    import_from_here()
    configure_log(launcher.config.hydra.hydra_logging, launcher.config.hydra.verbose)
    before = HydraConfig.instance().cfg
    try:
        jobs = [compose_job(launcher, words, first + i) for i, words in enumerate(overrides)]
    finally:
        HydraConfig.instance().cfg = before
    with worker.working(), forgiving_output():
        outcomes = train_jobs(jobs, launcher.lanes)
    return [tell(job, outcome) for job, outcome in zip(jobs, outcomes, strict=True)]


def compose_job(launcher: Any, words: Sequence[str], number: int) -> Job:
    """A job as Hydra's own launchers hand it to its task."""
    config = launcher.context.config_loader.load_sweep_config(launcher.config, [*words])
    with open_dict(config):
        config.hydra.job.id = config.hydra.job.num = number
    HydraConfig.instance().set_config(config)
    out = Path(str(config.hydra.sweep.dir), str(config.hydra.sweep.subdir)).absolute()
    with read_write(config.hydra.runtime), open_dict(config.hydra.runtime):
        config.hydra.runtime.output_dir = str(out)
    HydraConfig.instance().set_config(config)
    choices, typed = noted_choices(HydraConfig.get()), [*config.hydra.overrides.task]
    log.info("\t#%d : %s", number, " ".join(typed))
    return Job(check(without_hydra(config)), choices, typed, out, launcher.task.watch.missing)


def without_hydra(config: DictConfig) -> DictConfig:
    """A copy of a job's configuration without Hydra's own settings."""
    task = deepcopy(config)
    with read_write(task), open_dict(task):
        del task["hydra"]
    return task


def tell(job: Job, outcome: Outcome | Exception) -> JobReturn:
    """An outcome as Hydra wants it; a bug loses its traceback, which the log of its run has."""
    told = JobReturn(overrides=job.words)
    if isinstance(outcome, Outcome):
        told.return_value, told.status = outcome.score, JobStatus.COMPLETED
        return told
    if isinstance(outcome, Refused):
        print(f"not run: {outcome}", flush=True)  # the log is another run's
    bug = JobError(f"{type(outcome).__name__}: {outcome}")
    bug.__cause__ = outcome
    told.return_value = outcome if isinstance(outcome, UserError) else bug
    told.status = JobStatus.FAILED
    return told
