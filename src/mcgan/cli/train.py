"""`mcgan train`: a Hydra application around `mcgan.experiment.fit`, without torch until it runs."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import hydra
from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from omegaconf import DictConfig

from mcgan.cli.jobs import JobWatch
from mcgan.config.choices import ROOT, noted_choices
from mcgan.config.compose import VERSION, register
from mcgan.config.paths import conf_dir, import_from_here
from mcgan.config.schema import check
from mcgan.errors import JobError, Refused, UserError
from mcgan.experiment.start import remove_empty, run_folder, start
from mcgan.run.directory import is_lean
from mcgan.run.states import Interrupted, Outcome, RunState
from mcgan.system import worker
from mcgan.system.logs import drop_log_files
from mcgan.system.signals import hand_on
from mcgan.system.streams import forgiving_output


def application(watch: JobWatch) -> Callable[[], Any]:
    """`mcgan train` as a Hydra application, which reads sys.argv; `watch` learns what it did."""
    register()
    watch.register()
    main = hydra.main(config_path=str(conf_dir()), config_name=ROOT, **VERSION)
    app: Callable[[], Any] = main(Task(watch))
    return app


class Task:
    """What Hydra does for each job. Launchers pickle it, so that it holds little."""

    def __init__(self, watch: JobWatch) -> None:
        self.watch = watch

    def __call__(self, cfg: DictConfig) -> float | None:
        """Trains one run. The number goes to the sweeper; the end stands in status.json."""
        import_from_here()  # a worker of a launcher's has not done so
        with worker.working(), forgiving_output():
            return self.job(cfg, Path(HydraConfig.get().runtime.output_dir))

    def job(self, cfg: DictConfig, out: Path) -> float | None:
        """A training's score for Hydra, such as for a sweeper that optimises; None if it has none.

        Raises what the job raised only within a sweep, which then tells of it at its end.
        """
        sweeping = HydraConfig.get().mode == RunMode.MULTIRUN
        made = [out, *self.watch.missing]  # by Hydra
        if worker.stop:
            remove_empty(made)
            return None
        try:
            return attempt(cfg, out, made, sweeping).score
        except UserError as error:
            if sweeping:  # which goes on, and tells at its end of jobs that failed
                if isinstance(error, Refused):
                    print(f"not run: {error}", flush=True)  # the log is another run's
                raise
            self.watch.mistake = error  # Raised here, Hydra would add a line of its own.
            return None
        except Exception as error:
            text = f"{type(error).__name__}: {error}"
            raise JobError(text) from (None if abroad() else error)


def abroad() -> bool:
    """Whether this job runs in a process of a launcher's."""
    return worker.is_worker() or "SUBMITIT_EXECUTOR" in os.environ


def attempt(cfg: DictConfig, out: Path, made: Sequence[Path], sweeping: bool) -> Outcome:
    """Trains, continues or skips, as the folder needs. Raises Interrupted after a signal.

    Not so in a joblib worker: joblib would kill the other workers before they have saved.
    """
    hydra_settings = HydraConfig.get()
    choices, words = noted_choices(hydra_settings), hydra_settings.overrides.task
    with run_folder(out, made, sweeping):
        config = check(cfg)
        if is_lean(config):
            drop_log_files()
        outcome = start(config, choices, out, words, sweeping)
    if outcome.state == RunState.INTERRUPTED and not worker.stop:
        hand_on(outcome.signal)
        raise Interrupted(outcome.code)
    return outcome
