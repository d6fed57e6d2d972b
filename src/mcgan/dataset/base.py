"""The interface of data whose modes are known, and what it says about a sample."""

from abc import ABC, abstractmethod
from functools import cached_property
from typing import Any, ClassVar, NamedTuple, Self

from torch import Generator, Tensor

from mcgan.config.settings import check_settings
from mcgan.dataset.on_device import DrawExamples, draw_on
from mcgan.dataset.spread import least_of_pictures
from mcgan.dataset.trained_classifier import Judge
from mcgan.errors import UserError


class Recognition(NamedTuple):
    """What a dataset sees in n samples; one whose distance is not finite belongs to no mode."""

    mode: Tensor  # (n,) int64: the nearest or recognised mode
    good: Tensor  # (n,) bool: high quality
    distance: Tensor  # (n,): Mahalanobis distance to the mode; images: 1 - classifier's certainty


MEMBERS = {"shape": "the shape of one example, such as (2,)", "num_modes": "how many modes",
           "weights": "the true share of each mode, float64 of sum 1"}  # fmt: skip


class ModalDataset(ABC):
    """Data with K known modes; subclasses are dataclasses whose fields are their settings.

    A subclass has `draw` and `recognise`, and sets `shape`, `num_modes` and `weights` in its
    `__post_init__` or in `prepare`. `LabelledPoints` is a base for points with labels.

    Samples are in net units everywhere: x * scale is in data units. For vectors the scale is the
    root mean square over coordinates of the data's standard deviation. So a penalty's weight or a
    noise level means the same on every dataset. For images the scale is 1.
    """

    shape: tuple[int, ...]  # of one example
    num_modes: int  # K
    weights: Tensor  # (K,) float64: true share of each mode, sum 1
    scale: float = 1.0

    classified: bool = True
    """A classifier names the modes: papers then count every sample it names, sure or unsure.

    False: modes are regions of space, and papers count a mode by its high-quality samples.
    """

    factors: tuple[str, ...] = ()
    """What a mode is a combination of, the slowest first; each takes as many values."""

    ceiling: float = 1.0
    """Share of real data that is high quality, which no honest generator exceeds."""

    chance: float = 0.0
    """Share of even noise over the data's range that is high quality."""

    spreads: Tensor | None = None
    """(K,) float64, of pictures: rms distance of true ones to their mode's mean; None: unknown."""

    mode_names: tuple[str, ...] = ()
    """What the modes are called, in their order, such as classes; (): by their numbers."""

    judge: Judge | None = None
    """The classifier that names the modes, from `prepare` on: a run keeps it. None: regions do."""

    kept: Judge | None = None
    """The classifier that a run has kept, which `prepare` takes instead of any other."""

    notes: tuple[str, ...] = ()
    """Sentences to be said beside scores, such as that another classifier is in use by now."""

    def __post_init__(self) -> None:
        check_settings(self)

    @abstractmethod
    def draw(self, n: int, generator: Generator) -> Tensor:
        """(n, *shape) float32 on the CPU; a pure function of the generator's state."""

    drawn_from: ClassVar[tuple[str, ...]] = ()
    """What `draw` takes examples from and can take on any device, by its attributes' names.

    It is said beside the `draw` that it is of: a subclass with another draws on the CPU.
    """

    def draws_on(self, device: str) -> DrawExamples:
        """What draws examples (n, *shape) by a generator of a device, and there.

        On a GPU they are drawn from what lies there, if it fits, else on the CPU and copied.
        """
        return self._drawn_on_gpu if device == "cuda" else self.draw

    @cached_property
    def _drawn_on_gpu(self) -> DrawExamples:
        owner = next(kind for kind in type(self).__mro__ if "draw" in vars(kind))
        return draw_on("cuda", self, vars(owner).get("drawn_from", ()))

    def sample(self, n: int, seed: int = 0) -> Tensor:
        """n examples (n, *shape) in data units, as `mcgan.evaluate` takes them.

        >>> ring = mcgan.build_dataset("ring", modes=4, radius=2.0)
        >>> ring.sample(100).norm(dim=1).mean().round().item()
        2.0
        """
        return self.draw(n, Generator().manual_seed(seed)) * self.scale

    @abstractmethod
    def recognise(self, x: Tensor) -> Recognition:
        """Modes of samples; x is float32 (n, *shape), on the CPU."""

    def prepare(self) -> None:  # noqa: B027 (most have no files)
        """Load files, once and before anything else; raises UserError where one is missing."""

    def ready(self) -> Self:
        """The dataset itself, its files loaded. Raises UserError for a member that is not set."""
        self.prepare()
        for name, what in MEMBERS.items():
            if not hasattr(self, name):
                raise UserError(
                    f"dataset: {type(self).__name__} sets no {name}: set self.{name}, "
                    f"{what}, in __post_init__ or prepare"
                )
        return self

    def facts(self) -> dict[str, Any]:
        """What every result must record of how modes are recognised (a classifier's accuracy)."""
        return {}

    def fingerprint(self) -> dict[str, list[Any]]:
        """What its files held when they were read: {part: [number of examples, sha256]}.

        A run goes on with the same alone. Data that are made of settings have no parts.
        """
        return {}

    def density(self, x: Tensor) -> Tensor | None:
        """Density (n,) of the data per net unit at points x (n, *shape); None without a formula."""
        return None

    def width_ratio(self, x: Tensor, seen: Recognition) -> float | None:
        """Std of samples inside modes over the true one; None where modes have no known width."""
        return None

    def least_spread(self, x: Tensor, seen: Recognition) -> float | None:
        """Std along the smallest axis of the narrowest mode over the true one; None: unknown.

        Of pictures the rms distance of good ones to their mode's mean, where `spreads` are known.
        """
        if self.spreads is None:
            return None
        return least_of_pictures(x[seen.good], seen.mode[seen.good], self.spreads)

    def coordinates(self, x: Tensor, seen: Recognition) -> Tensor | None:
        """What two samples are compared by, (n, D); None where a classifier names the modes."""
        return None if self.classified else x.double()

    def draw_law(self, n: int, generator: Generator) -> Tensor:
        """Like `draw`, but of the true law where `draw` has a finite training set."""
        return self.draw(n, generator)

    def with_rule(self, norm: str, threshold: float | None) -> Self:
        """This data with the quality rule of a protocol (`mcgan.metrics.protocol`).

        Raises UserError where the rule has no meaning for it.
        """
        if norm == "l2" and threshold is None:
            return self
        raise UserError(
            f"{type(self).__name__} knows no distance in σ for norm={norm}, threshold={threshold}; "
            "choose a protocol with norm=l2 and threshold=null, such as protocol=default"
        )
