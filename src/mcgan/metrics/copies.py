"""Pictures that are copies of one another: a generator may know each mode by one picture."""

import torch
from torch import Tensor

from mcgan.dataset.base import ModalDataset, Recognition
from mcgan.dataset.spread import split_modes

NEAR = 0.2  # of the rms distance of two true pictures of the mode, within which one is a copy
MOST = 200  # pictures of a mode that are compared: bounds the time


def share_of_copies(x: Tensor, seen: Recognition, dataset: ModalDataset) -> float | None:
    """Share of good pictures x (n, *S) whose nearest other one of their mode is a copy, 0..1.

    Distances are over pixels, of at most 200 pictures of each mode. Copies of the training data are
    not looked for. None where true spreads are unknown, or no mode has two good pictures.
    """
    if dataset.spreads is None:
        return None
    parts = split_modes(x.flatten(1)[seen.good], seen.mode[seen.good], dataset.num_modes)
    near = (NEAR * 2**0.5 * dataset.spreads).tolist()
    found = [
        nearest(part[:MOST]) < limit
        for part, limit in zip(parts, near, strict=True)
        if len(part) > 1
    ]
    return torch.cat(found).double().mean().item() if found else None


def nearest(x: Tensor) -> Tensor:
    """Distance of each of x (n, D) to the nearest other one, (n,)."""
    distance = torch.cdist(x, x)
    return distance.fill_diagonal_(torch.inf).amin(1)
