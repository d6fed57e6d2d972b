"""Your pictures without labels, a folder or an array: groups found in them are the modes."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from torch import Tensor

from mcgan.config.settings import Above, AtLeast, AtMost, Below
from mcgan.dataset.array_files import read_array, read_labels
from mcgan.dataset.by_groups import ByGroups
from mcgan.dataset.grouping import group_names
from mcgan.dataset.picture_arrays import to_bytes
from mcgan.dataset.picture_cache import read_folder
from mcgan.dataset.stored_pictures import StoredPictures, check_classes


@dataclass(eq=False)
class Images(StoredPictures):
    """Pictures (channels, size, size) in [-1, 1], drawn evenly.

    Groups are found by k-means in the principal components of pixels. With `labels` of an array the
    classes are the modes, and a classifier is trained on first use, as `dataset=folder` does.
    """

    root: str
    key: str | None = None
    labels: str | None = None
    labels_key: str | None = None
    groups: Annotated[int, AtLeast(1), AtMost(1000)] = 10
    size: Annotated[int, AtLeast(8)] = 32
    channels: Literal[3, 1] | None = None
    confidence: Annotated[float, Above(0), Below(1)] = 0.9
    steps: Annotated[int, AtLeast(10)] = 1500

    def prepare(self) -> None:
        """Read the pictures, and find their groups or train their classifier.

        Raises UserError: no such folder or file, no pictures, too few, labels that do not fit.
        """
        images = self._read()
        if self.labels is None:
            recogniser, labels = ByGroups.fit(images, self.groups)
            self.settle(images, labels, group_names(self.groups), recogniser)
            return
        labels, names = read_labels(self.labels, self.labels_key, len(images))
        check_classes(labels, names, f"dataset.labels={self.labels}")
        self.settle_trained(images, labels, names, self.steps, self.confidence)

    def _read(self) -> Tensor:
        folder = Path(self.root).expanduser()
        if folder.is_dir():
            return read_folder(folder, self.size, self.channels or 3)
        given = read_array(self.root, self.key, "dataset.root")
        return to_bytes(given, self.size, self.channels, f"dataset.root={self.root}")
