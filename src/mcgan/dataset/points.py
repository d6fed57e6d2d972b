"""The base of data that are points with labels: each label is a mode."""

from abc import abstractmethod
from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from mcgan.dataset.base import ModalDataset, Recognition
from mcgan.dataset.on_device import draw_rows
from mcgan.dataset.regions import SHARE
from mcgan.errors import UserError

TINY = 1e-6  # of the data's spread
PAIRS = 2**22  # distances held at a time (16 MiB)


@dataclass(eq=False)
class LabelledPoints(ModalDataset):
    """Points with labels; a subclass gives both by `load`, and needs nothing else.

    A sample is of the mode of the nearest point. It is of high quality within the distance that
    98.89 % of the points keep from their nearest neighbour.
    """

    classified = False

    @abstractmethod
    def load(self) -> tuple[Tensor, Tensor]:
        """Points (n, d) in data units, and their labels (n,): whole numbers from 0 on.

        Raises UserError where a file is missing.
        """

    def prepare(self) -> None:
        points, labels = self.load()
        self.labels = check_labels(points, labels)
        self.num_modes, self.shape = int(labels.max()) + 1, tuple(points.shape[1:])
        self.weights = torch.bincount(self.labels).double() / len(points)
        self.scale = points.double().var(0, correction=0).mean().sqrt().item()
        self.points = (points.double() / self.scale).float()
        reach = torch.quantile(self.distances(self.points, 2)[0][:, 1], SHARE).item()
        self.reach = max(reach, TINY)  # 0 where every point is there twice

    def draw(self, n: int, generator: Generator) -> Tensor:
        """n of the points (n, d), with replacement."""
        return draw_rows(self.points, n, generator)

    drawn_from = ("points",)

    def recognise(self, x: Tensor) -> Recognition:
        """The mode of the nearest point; the distance is 3 at the farthest that is still good."""
        distance, index = self.distances(x, 1)
        away = distance[:, 0]
        return Recognition(self.labels[index[:, 0]], away <= self.reach, 3 * away / self.reach)

    def distances(self, x: Tensor, k: int) -> tuple[Tensor, Tensor]:
        """Distances (n, k) of samples to the k nearest points, ascending, and their numbers."""
        parts = [
            torch.cdist(part, self.points, compute_mode="donot_use_mm_for_euclid_dist").topk(
                k, largest=False
            )
            for part in x.split(max(PAIRS // len(self.points), 1))
        ]
        values, numbers = zip(*parts, strict=True)
        return torch.cat(values), torch.cat(numbers)


def check_labels(points: Tensor, labels: Tensor) -> Tensor:
    """The labels as int64. Raises UserError where points or labels are not what `load` promises."""
    if points.ndim != 2 or labels.shape != points.shape[:1] or len(points) < 2:
        raise UserError(
            f"load() gives points of the shape {tuple(points.shape)} and labels of "
            f"{tuple(labels.shape)}: give (n, d) and (n,), n at least 2"
        )
    if not points.double().var(0, correction=0).sum() > 0:
        raise UserError("load() gives points that are all the same: there is nothing to learn")
    whole = labels.long()
    if not torch.equal(whole.to(labels), labels) or whole.min() < 0:
        raise UserError("load() gives labels that are no whole numbers from 0 on: number the modes")
    missing = (torch.bincount(whole) == 0).nonzero().flatten().tolist()
    if missing:
        raise UserError(
            f"load() gives no point with the label {missing[0]}, though there is one "
            f"with {int(whole.max())}: number the modes without gaps"
        )
    return whole
