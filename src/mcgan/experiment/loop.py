"""What is due after a step of a run: log lines, evaluations, checkpoints, and its end."""

import logging
from typing import Any

from mcgan.engine.lane_view import Trained
from mcgan.experiment.components import Components
from mcgan.experiment.drawing import units_of
from mcgan.experiment.evaluator import Evaluator, Values
from mcgan.experiment.recorder import Recorder
from mcgan.experiment.window import Casualty, Clock, Window, casualties, means
from mcgan.metrics.interval import mean_interval
from mcgan.metrics.measures import measure
from mcgan.run.directory import RunDirectory
from mcgan.run.states import RunState
from mcgan.types import Tensors
from mcgan.view.terminal.progress import Progress

log = logging.getLogger(__name__)

LIVE = ("modes_covered", "quality", "kl")  # the scores a progress line has room for


class Loop:
    """Follows the steps of a run to its end, and knows which replicas died on the way.

    Whoever makes the steps adds what they measured to ``window`` and their time to ``clock``.
    """

    def __init__(
        self,
        components: Components,
        trainer: Trained,
        run: RunDirectory,
        recorder: Recorder,
        progress: Progress,
    ) -> None:
        self.components, self.trainer, self.run = components, trainer, run
        self.recorder, self.progress = recorder, progress
        self.evaluator = Evaluator(components, trainer, recorder)
        self.when, self.eval_every = components.config["train"], components.config["eval"]["every"]
        self.window = Window(trainer.count)
        self.turns = trainer.game.objective.turns
        self.dead: dict[int, Casualty] = {}
        self.collapsed = False  # at the last evaluation, in a run that is to stop then
        self.clock = Clock()

    def state_at_start(self) -> RunState:
        """RUNNING, or the end that the run had come to when it was killed before it said so."""
        step, dead = self.trainer.count, set(self.dead)
        stops = self.when["stop_on"] == "collapse" and self.evaluator.step == step > 0
        self.collapsed = stops and self.evaluator.detector.has_collapsed(dead)
        return self.state(last=step >= self.components.steps, interrupted=False)

    def close(self) -> None:
        """The closing words and pictures of the step that has been reached, measured if need be."""
        found = self.evaluator.look_again(self.trainer.count, set(self.dead))
        self.evaluator.conclude(found, set(self.dead), last=True)

    def is_due(self) -> bool:
        """Whether anything is to be done after the step that has been made, but for a signal."""
        rhythms = (self.when["log_every"], self.when["checkpoint_every"], self.eval_every)
        step = self.trainer.count
        return step >= self.components.steps or any(r and step % r == 0 for r in rhythms)

    def follow(self, interrupted: bool) -> RunState:
        """Do what is due after a step; the state that the run is in then."""
        step, last = self.trainer.count, self.trainer.count >= self.components.steps
        saves = interrupted or step % self.when["checkpoint_every"] == 0
        if last or step % self.when["log_every"] == 0:
            self.log_line(step)
        elif saves:
            self.bury(self.window.columns())
        if last or saves:
            self.bury_broken(step)
        if last or self.diverged or (self.eval_every and step % self.eval_every == 0):
            self.log_line(step)
            self.evaluate(step, last)
        state = self.state(last, interrupted)
        if saves or state != RunState.RUNNING:
            self.save(step)
        return state

    def state(self, last: bool, interrupted: bool) -> RunState:
        """The state of the run after a step."""
        if self.diverged:
            return RunState.DIVERGED
        if last:
            return RunState.DONE
        if interrupted:
            return RunState.INTERRUPTED
        return RunState.COLLAPSED if self.collapsed else RunState.RUNNING

    @property
    def diverged(self) -> bool:
        """Whether no replica trains any more."""
        return len(self.dead) == len(self.components.seeds)

    def evaluate(self, step: int, last: bool) -> None:
        """Measure, find out whether the run ends here, and conclude accordingly."""
        dead = set(self.dead)
        found = self.evaluator.measure(step, dead)
        stops = self.when["stop_on"] == "collapse"
        self.collapsed = stops and self.evaluator.detector.has_collapsed(dead)
        self.evaluator.conclude(found, dead, last or self.diverged or self.collapsed)
        self.progress.update(step, self.show_scores(found.values))

    def log_line(self, step: int) -> None:
        """The window's means, and who died in it; nothing for an empty window."""
        if step == self.window.first:
            return
        columns = self.window.columns()
        self.bury(columns)
        values = {tag: self.living(each) for tag, each in means(columns).items()}
        self.recorder.train(step, {**values, "time/step_ms": [self.clock.read()]})
        self.progress.update(step)
        self.window = Window(step)

    def bury(self, columns: Tensors) -> None:
        """Note the replicas that stopped being finite in these columns of the window."""
        for found in casualties(columns, self.window.first, self.turns):
            if found.replica not in self.dead:
                self.dead[found.replica] = found
                log.warning(
                    "seed %d diverged at step %d: %s of %s is not finite; it stays as it "
                    "was before",
                    self.components.seeds[found.replica],
                    found.step,
                    found.term,
                    found.player,
                )

    def bury_broken(self, step: int) -> None:
        """Note the replicas with a tensor that is not finite, although all they computed was."""
        for i, seed in enumerate(self.components.seeds):
            name = None if i in self.dead else self.trainer.replicas.find_broken(i)
            if name:
                self.dead[i] = Casualty(i, step, "game", name)
                log.warning("seed %d diverged by step %d: %s is not finite", seed, step, name)

    def living(self, values: list[Any]) -> list[Any]:
        """One value for each replica; None for those whose numbers are no longer finite."""
        return [None if i in self.dead else value for i, value in enumerate(values)]

    def save(self, step: int) -> None:
        """Writes the checkpoint of a step, unless no replica has finite weights."""
        if not any(self.trainer.replicas.is_finite()):
            log.warning("step %s is not saved: its weights are not finite", f"{step:,}")
            return
        self.recorder.sync()
        self.run.save(
            step,
            {
                "trainer": self.trainer.checkpoint(),
                "units": units_of(self.components.dataset)._asdict(),
                "window": {"first": self.window.first, "held": self.window.columns()},
                "dead": [list(found) for found in self.dead.values()],
                **self.evaluator.checkpoint(),
            },
        )

    def restore(self, saved: dict[str, Any]) -> None:
        """Takes up the state that `save` stored."""
        self.trainer.restore(saved["trainer"])
        self.window = Window(**saved["window"])
        self.dead = {found[0]: Casualty(*found) for found in saved["dead"]}
        self.evaluator.restore(saved)

    def show_scores(self, values: Values) -> list[str]:
        """The live scores in short: means over the replicas, the most telling first."""
        means = {key: mean_interval(values[key]).mean for key in LIVE}
        modes, quality, kl = (means[key] for key in LIVE)
        shown = measure("modes_covered").show(modes)
        return [
            f"{shown}/{self.components.dataset.num_modes:,} modes",
            "–" if quality is None else f"{quality:.0%} on them",
            "KL –" if kl is None else f"KL {kl:.2g}",
        ]
