"""Examples of a run in the features in which samples of any generator are judged.

What judges samples is imported once features are asked for: most runs begin sooner without it.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import torch
from torch import Generator, Tensor

from mcgan.dataset.base import ModalDataset
from mcgan.errors import UserError
from mcgan.judging.samples import Samples
from mcgan.verdict.reference import flatten

if TYPE_CHECKING:
    from mcgan.judging.features import Features

FITTED = 2000  # real examples that components and scales are fitted to
SEED = 20_231  # not a run's seed


class FeatureSpace:
    """Features of a dataset's examples, chosen by a wish as `choose_features` takes it.

    Nothing is computed before it is needed. Raises UserError for a wish that is unknown, not
    installed or not for such data.
    """

    def __init__(self, dataset: ModalDataset, wish: str) -> None:
        from mcgan.judging.features import choose_features

        self.wish = wish
        self.real = as_samples(dataset.draw(FITTED, Generator().manual_seed(SEED)), "the data")
        self.chosen = choose_features(self.real, self.real, wish)

    @property
    def net(self) -> str:
        """The word of the wish, such as `inception`."""
        return self.wish.partition(":")[0]

    @property
    def reason(self) -> str:
        """The line that says which features were compared, and why."""
        return self.chosen.reason

    def see(self, x: Tensor) -> Tensor:
        """The features (n, d) float64 of examples x (n, *S) in net units."""
        return flatten(torch.from_numpy(self._fitted.apply(as_samples(x, "the samples"))))

    @cached_property
    def _fitted(self) -> "Features":
        return self.chosen.fit(self.real)


def as_samples(x: Tensor, name: str) -> Samples:
    """Examples x (n, *S) in net units: pictures from -1 to 1 as bytes, vectors as they are."""
    if x.ndim != 4:
        return Samples(flatten(x).numpy(), "vectors", name)
    scaled = ((x.detach().cpu().nan_to_num(0.0) + 1) * 127.5).round().clamp(0, 255)
    return Samples(scaled.to(torch.uint8).numpy(), "pictures", name, value_range=(-1.0, 1.0))


def find_space(dataset: ModalDataset, evaluation: Mapping[str, Any]) -> FeatureSpace | None:
    """The features that the settings under ``eval`` ask for; None where they ask for none.

    Raises UserError for a wish that cannot be met, and for too few samples.
    """
    wish = evaluation.get("features")
    if wish is None and evaluation["verdict"] != "features":
        return None
    from mcgan.judging.neighbours import SMALLEST

    if wish is not None and evaluation["samples"] < SMALLEST:
        raise UserError(
            f"eval.features={wish} needs eval.samples={SMALLEST} or more: it compares "
            "nearest neighbours"
        )
    return FeatureSpace(dataset, wish or "auto")
