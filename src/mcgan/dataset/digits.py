"""scikit-learn's digits: 1,797 grey pictures, 8x8 (Alpaydin, Kaynak 1998, UCI)."""

from dataclasses import dataclass
from typing import Annotated

import torch

from mcgan.config.settings import Above, AtLeast, Below
from mcgan.dataset.stored_pictures import StoredPictures
from mcgan.errors import UserError

LEVELS = 16  # the largest grey value


@dataclass(eq=False)
class Digits(StoredPictures):
    """Pictures (1, 8, 8) in [-1, 1]; the modes are the ten digits.

    A classifier of them is trained on first use, on four fifths of the pictures.
    """

    confidence: Annotated[float, Above(0), Below(1)] = 0.9
    steps: Annotated[int, AtLeast(10)] = 600

    def prepare(self) -> None:
        """Take the pictures from scikit-learn. Raises UserError where it is not installed."""
        try:
            from sklearn.datasets import load_digits
        except ImportError as error:
            raise UserError(
                "dataset=digits needs scikit-learn: pip install 'mcgan[digits]', or "
                "pip install scikit-learn"
            ) from error
        found = load_digits()
        grey = torch.from_numpy(found.images)[:, None] * (255 / LEVELS)
        images, labels = grey.round().to(torch.uint8), torch.from_numpy(found.target).long()
        self.settle_trained(images, labels, [*"0123456789"], self.steps, self.confidence)
