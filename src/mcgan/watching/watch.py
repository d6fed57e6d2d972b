"""`mcgan.Watch`: judges a generator while anybody's loop trains it."""

from collections.abc import Callable, Mapping
from os import PathLike
from typing import Any, Literal

from mcgan.errors import UserError, check_count, short_traceback
from mcgan.judging.report.judged import JudgedSamples
from mcgan.verdict.causes import advice, load_causes
from mcgan.verdict.rules import PATIENCE
from mcgan.verdict.words import LABELS
from mcgan.watching.course import Course, Look, read_given
from mcgan.watching.curves import Curves
from mcgan.watching.real_side import RealSide, Sampler

NOTHING: Mapping[str, Any] = {"objective": {}, "reg": {}}  # a loop of which no setting is known
STOPS = ("none", "collapse")


class Watch:
    """Judges a generator every few steps of your own training loop, against real data.

    Args:
        real: arrays, tensors, a data frame, a data set, batches or the path of a file or of a
            folder of pictures. At most 2 ``n`` rows are taken; they are read here, and their
            features are computed once.
        every: steps between looks. ``n``: samples of a look; below 100 there is no verdict.
        features, labels, heldout: as `mcgan.judge` takes them.
        seed: of all random numbers. The sampler draws the same latents at each look, and your
            loop's random numbers are left as they were.
        batch: samples that are asked for at a time; None: all at once.
        patience: looks in a row that must show collapse before it is told.
        grace: steps that are too early for a collapse.
        stop_on: "collapse" sets ``watch.stop`` when collapse is told, or training has diverged.
        tensorboard: a folder, or a SummaryWriter of yours.

    ``watch(step, sampler)`` returns None between looks and else a `mcgan.JudgedSamples`, as
    `mcgan.judge` does: ``print`` shows it, ``.figure()`` and ``.html(path)`` draw it.
    Raises UserError for data or settings that make no sense, and at the first look for samples
    that cannot be compared with the data.

    >>> import torch
    >>> real = torch.randn(200, 2)
    >>> watch = mcgan.Watch(real, every=100, n=100, stop_on="collapse")
    >>> for step in range(501):
    ...     judgement = watch(step, lambda n: 0.1 * torch.randn(n, 2))  # a generator of yours
    ...     if judgement:
    ...         print(step, judgement.kind)
    ...     if watch.stop:
    ...         break
    100 narrowed
    200 narrowed
    300 narrowed
    >>> watch.collapsed_at, len(watch.history)
    (100, 3)
    """

    @short_traceback()
    def __init__(
        self,
        real: Any,
        *,
        every: int = 1000,
        n: int = 2000,
        features: str = "auto",
        labels: Any = None,
        heldout: Any = None,
        seed: int = 0,
        batch: int | None = None,
        patience: int = PATIENCE,
        grace: int = 0,
        stop_on: Literal["none", "collapse"] = "none",
        tensorboard: str | PathLike[str] | Any = None,
    ) -> None:
        check_count(n, "samples of a look")
        check_count(every, "steps between looks", "every")
        check_count(patience, "looks that must show collapse", "patience")
        if batch is not None:
            check_count(batch, "samples asked for at a time", "batch")
        if stop_on not in STOPS:
            raise UserError(f"stop_on must be one of {', '.join(STOPS)}, not {stop_on!r}")
        self.every, self.batch, self.patience, self.grace = every, batch, patience, grace
        self.stop_on = stop_on
        self.last: JudgedSamples | None = None  # of the last look
        self._real = RealSide(real, n, features, labels, heldout, seed)
        self._course = Course()
        self._curves = None if tensorboard is None else Curves(tensorboard)

    def __call__(
        self,
        step: int,
        sampler: Sampler,
        *,
        losses: Mapping[str, Any] | None = None,
        scores: tuple[Any, Any] | None = None,
    ) -> JudgedSamples | None:
        """The judgement where a look is due, else None.

        ``sampler``: a function n -> samples, called without gradients. ``losses``: the players'
        last ones, {"D": …, "G": …}. ``scores``: of D, of a batch of real data and of one of fakes.
        """
        return self.look(step, sampler, losses=losses, scores=scores) if self.due(step) else None

    def due(self, step: int) -> bool:
        """Whether a multiple of ``every`` has been reached since the last look, or since step 0.

        >>> mcgan.Watch([[0.0], [1.0], [2.0]], every=100, n=100).due(100)
        True
        """
        before = self.history[-1].step if self.history else 0
        return step // self.every > before // self.every

    @short_traceback()
    def look(
        self,
        step: int,
        sampler: Sampler,
        *,
        losses: Mapping[str, Any] | None = None,
        scores: tuple[Any, Any] | None = None,
    ) -> JudgedSamples:
        """The judgement now, whether it is due or not, such as at the end of a run.

        Samples that have diverged are judged by a sentence alone; their page shows the real data.
        Raises UserError: a step that is no whole number, a sampler that is no function, losses or
        scores that are no numbers.

        >>> import torch
        >>> real = torch.randn(200, 2, generator=torch.Generator().manual_seed(1))
        >>> watch = mcgan.Watch(real, n=100)
        >>> watch.look(1234, lambda n: torch.randn(n, 2)).collapsed
        False
        """
        check_look(step, sampler)
        given = read_given(losses, scores)  # a mistake in it leaves the watch as it was
        self.last = self._real.judge(sampler, self.batch, first=not self.history)
        look = self._course.add(step, self.last.judgement, given)
        if self._curves:
            self._curves.add(look, self.last.judgement)
        return self.last

    @property
    def history(self) -> list[Look]:
        """The looks so far: step, kind, verdict, collapsed and scalars of each."""
        return self._course.looks

    @property
    def collapsed_at(self) -> int | None:
        """The step since which ``patience`` looks in a row show collapse; None: they do not."""
        return self._course.collapsed_at(self.patience, self.grace)

    @property
    def diverged(self) -> bool:
        """Whether samples, losses or scores of the last look were no finite numbers."""
        return bool(self.history) and self.history[-1].kind == "diverged"

    @property
    def stop(self) -> bool:
        """Whether training should end; never with ``stop_on="none"``."""
        ended = self.collapsed_at is not None or self.diverged
        return self.stop_on == "collapse" and ended

    @property
    def cause(self) -> str | None:
        """The likely cause of a collapse, with its signs; None where nothing tells it."""
        cause = self._course.find_cause(self.collapsed_at)
        if cause is None:
            return None
        shown = ", ".join(LABELS[name].format(value) for name, value in cause.shown.items())
        return ": ".join(filter(None, (load_causes()[cause.key]["name"], shown)))

    @property
    def advice(self) -> list[str]:
        """What is known to help against the cause, in words of the command line."""
        cause = self._course.find_cause(self.collapsed_at)
        return advice(cause.key, NOTHING) if cause else []

    def __str__(self) -> str:
        """`collapsed at step 12,000: …; most likely cause: …; try …`"""
        if not self.history:
            return f"nothing judged yet: the first look is at step {self.every:,}"
        look, since = self.history[-1], self.collapsed_at
        what = look.kind if since is None else "collapsed"
        told = [f"{what} at step {look.step if since is None else since:,}: {look.verdict}"]
        if self.cause:
            told += [f"most likely cause: {self.cause}", f"try {' or '.join(self.advice)}"]
        return "; ".join(told)

    def lightning(
        self, sampler: Callable[[Any, int], Any], losses: Mapping[str, str] | None = None
    ) -> Any:
        """A callback for Lightning's Trainer that looks after each batch which is due.

        ``sampler``: a function (module, n) -> samples. ``losses``: the names under which the module
        logs the players' losses, {"D": "d_loss", "G": "g_loss"}. Steps are batches. Raises
        UserError where Lightning is not installed.
        """
        from mcgan.watching.lightning_callback import make_callback

        return make_callback(self, sampler, losses or {})

    def state_dict(self) -> dict[str, Any]:
        """What a loop needs to go on, for ``torch.save``: numbers, words and tensors."""
        return self._course.state_dict()

    def load_state_dict(self, saved: Mapping[str, Any]) -> None:
        """Takes up a loop where `state_dict` was called; later events in the folder are purged."""
        self._course.load_state_dict(saved)
        if self._curves and self.history:
            self._curves.after = self.history[-1].step


def check_look(step: Any, sampler: Any) -> None:
    """Raises UserError for a step that is no whole number, or a sampler that is no function."""
    if isinstance(step, bool) or not hasattr(step, "__index__"):
        raise UserError(f"step must be a whole number, not {step!r:.60}")
    if not callable(sampler):
        raise UserError(f"the sampler must be a function n -> samples, not {sampler!r:.60}")
