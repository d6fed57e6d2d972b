"""What hydra/launcher=vectorized does: all jobs of a sweep in a few processes, as few programs.

A process imports torch when it trains: where workers do that, the one that they work for does not.
"""

import logging
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from hydra.core.hydra_config import HydraConfig
from hydra.core.utils import JobReturn, JobStatus, configure_log, setup_globals
from omegaconf import DictConfig, OmegaConf, open_dict

from mcgan.cli.shares import share_out
from mcgan.config.choices import noted_choices
from mcgan.config.paths import import_from_here
from mcgan.config.schema import check
from mcgan.errors import JobError, Refused, UserError
from mcgan.experiment.lanes.composed import Job
from mcgan.run.states import Outcome
from mcgan.system import worker
from mcgan.system.streams import forgiving_output

log = logging.getLogger(__name__)


def launch(launcher: Any, overrides: Sequence[Sequence[str]], first: int) -> list[JobReturn]:
    """Trains the jobs of these overrides, numbered from ``first``; what became of each."""
    setup_globals()
    import_from_here()
    logs = launcher.config.hydra.hydra_logging, launcher.config.hydra.verbose
    configure_log(*logs)
    before = HydraConfig.instance().cfg
    try:
        jobs = [compose_job(launcher, words, first + i) for i, words in enumerate(overrides)]
    finally:
        HydraConfig.instance().cfg = before
    shares = share_out(jobs, launcher.workers)
    if len(shares) == 1:
        return train_share(jobs, launcher.lanes, 1)
    return train_over(shares, launcher.lanes, logs)


def train_over(shares: Sequence[Sequence[Job]], lanes: int, logs: Any) -> list[JobReturn]:
    """Trains shares in a process each. Raises UserError where joblib is not installed."""
    try:
        from joblib import Parallel, delayed
    except ImportError as error:
        raise UserError(
            "hydra.launcher.workers above 1 needs joblib: install mcgan[parallel]"
        ) from error
    work = [delayed(train_share)(share, lanes, len(shares), logs) for share in shares]
    found = Parallel(n_jobs=len(shares), backend="loky", batch_size=1)(work)
    return [*chain.from_iterable(found)]


def train_share(
    jobs: Sequence[Job], lanes: int, processes: int, logs: Any = None
) -> list[JobReturn]:
    """Trains jobs in this process, one of so many; a worker's own logging is set up first."""
    if logs:
        import_from_here()
        configure_log(*logs)
    from mcgan.experiment.lanes.sweep import train_jobs  # imports torch

    with worker.working(), forgiving_output():
        outcomes = train_jobs(jobs, lanes, processes)
    return [tell(job, outcome) for job, outcome in zip(jobs, outcomes, strict=True)]


def compose_job(launcher: Any, words: Sequence[str], number: int) -> Job:
    """A job as Hydra's own launchers hand it to its task."""
    config = launcher.context.config_loader.load_sweep_config(launcher.config, [*words])
    place: Any = HydraConfig.instance()
    place.cfg = config
    with open_dict(config):
        config.hydra.job.id = config.hydra.job.num = number
        out = Path(str(config.hydra.sweep.dir), str(config.hydra.sweep.subdir)).absolute()
        config.hydra.runtime.output_dir = str(out)
    choices, typed = noted_choices(config.hydra), [*config.hydra.overrides.task]
    log.info("\t#%d : %s", number, " ".join(typed))
    place.cfg = move_hydra(config)
    return Job(check(config), choices, typed, out, launcher.task.watch.missing)


def move_hydra(config: DictConfig) -> DictConfig:
    """Hydra's own settings, out of a job's configuration: resolvers find them hidden beside it.

    Hydra copies both, which takes longer than to compose them.
    """
    with open_dict(config):
        hydra = config.pop("hydra")
    hidden = OmegaConf.create({"hydra": hydra}, flags={"no_deepcopy_set_nodes": True})
    hydra._set_parent(config)
    return hidden


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
