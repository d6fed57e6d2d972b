"""An experiment that only notes its calls, for tests of the command line."""

from pathlib import Path
from types import ModuleType
from typing import Any

from omegaconf import DictConfig, OmegaConf

from mcgan.config.choices import Choices
from mcgan.run.directory import RunDirectory
from mcgan.run.states import Outcome, RunState


class Experiment(ModuleType):
    """Stands for mcgan.experiment.fit and verbs. `ends` says by seed: a state, or an error."""

    def __init__(self) -> None:
        super().__init__("mcgan.experiment")
        self.ends: dict[int, str | Exception] = {}
        self.fitted: list[DictConfig] = []
        self.calls: list[tuple] = []
        self.signal = 15  # that interrupts

    def fit(
        self, config: dict[str, Any], out: Path, choices: Choices, screen: object = None
    ) -> Outcome:
        cfg = OmegaConf.create(config)
        self.fitted.append(cfg)
        end = self.ends.get(cfg.seed, "done")
        run = RunDirectory(out)
        run.start(config, cfg.train.steps, choices)
        if isinstance(end, Exception):
            raise end
        run.end(RunState(end), score=float(cfg.seed))
        return Outcome(RunState(end), float(cfg.seed), self.signal if end == "interrupted" else 0)

    def resume(self, run: Path, overrides: list[str], screen: object = None) -> Outcome:
        self.calls.append(("resume", run, overrides))
        RunDirectory(run).end(RunState.DONE)
        return Outcome(RunState.DONE, 0.0)

    def evaluate(self, run: Path, overrides: list[str]) -> None:
        self.calls.append(("evaluate", run, overrides))

    def sample(self, run: Path, out: Path, **options: object) -> None:
        self.calls.append(("sample", run, out, options))
