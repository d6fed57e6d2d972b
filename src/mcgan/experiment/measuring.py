"""All scores of a run's samples in one place: by modes, and in features where that is asked for."""

from functools import cached_property
from typing import TYPE_CHECKING

from torch import Tensor

from mcgan.dataset.base import ModalDataset
from mcgan.experiment.feature_space import FeatureSpace
from mcgan.metrics.evaluate import Judged, Scores, reference, score_samples
from mcgan.metrics.protocol import Protocol

if TYPE_CHECKING:
    from mcgan.experiment.feature_scores import FeatureScores


class Measuring:
    """Scores samples, n of each generator. Without ``space`` nothing is measured in features."""

    def __init__(
        self, dataset: ModalDataset, protocol: Protocol, n: int, space: FeatureSpace | None = None
    ) -> None:
        self.dataset, self.protocol, self.n = dataset, protocol, n
        self.features = make_scores(dataset, space, n) if space else None

    @cached_property
    def reference(self) -> dict[str, Scores]:
        """The rows to hold scores against, made when they are first asked for."""
        rows = reference(self.dataset, self.n, self.protocol)
        # Two real samples are what a perfect sampler would show.
        null = self.features.null if self.features else {}
        return {name: row | null for name, row in rows.items()}

    def score(self, x: Tensor) -> Judged:
        """Scores of samples x (n, *S) in net units, and their counts by mode."""
        seen = score_samples(x, self.dataset, self.protocol)
        if self.features is None:
            return seen
        return seen._replace(scores=seen.scores | self.features.score(x))


def make_scores(dataset: ModalDataset, space: FeatureSpace, n: int) -> "FeatureScores":
    """The measures in a feature space, for n samples of a dataset."""
    from mcgan.experiment.feature_scores import FeatureScores  # imports all that judges samples

    return FeatureScores(dataset, space, n)
