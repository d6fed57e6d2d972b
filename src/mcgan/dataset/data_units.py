"""Anybody's samples, checked and brought from data units to the net units of a dataset."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from mcgan.dataset.base import ModalDataset
from mcgan.errors import UserError

SLACK = 1e-3  # beyond [-1, 1] that the rounding of a picture's floats may reach
PICTURES = "pictures are floats in [-1, 1], or uint8 from 0 to 255"


def net_units(samples: Any, dataset: ModalDataset) -> Tensor:
    """Samples (n, *shape) in net units, float32 on the CPU; given in data units, NumPy or torch.

    Vectors are divided by the dataset's ``scale``. Pictures are floats in [-1, 1] or uint8 from 0
    to 255. Raises UserError: no numbers, another shape, none, not finite, or pictures in another
    range, such as [0, 1].
    """
    x = numbers(samples)
    check_shape(x, dataset)
    broken = int((~x.isfinite()).flatten(1).any(1).sum())
    if broken:
        raise UserError(
            f"{broken:,} of {len(x):,} samples hold a NaN or an infinity: "
            "leave them out, and say so beside the scores"
        )
    return pictures(x) if len(dataset.shape) == 3 else (x.double() / dataset.scale).float()


def numbers(given: Any, what: str = "samples") -> Tensor:
    """The samples, or ``what`` they are, as real numbers, on the CPU and without a graph."""
    x = given.detach().cpu() if isinstance(given, Tensor) else from_numpy(given, what)
    if x.layout != torch.strided:
        raise UserError(f"{what} are a sparse tensor, {x.layout}: give {what}.to_dense()")
    if x.is_complex() or x.dtype == torch.bool:
        raise UserError(f"{what} must be real numbers, not {x.dtype}: convert them to float")
    return x


def from_numpy(given: Any, what: str = "samples") -> Tensor:
    """An array or nested lists as a tensor; torch wants them native, writable and in C's order."""
    try:
        array = np.asarray(given)
    except ValueError as error:
        lengths = sorted({len(row) for row in given if hasattr(row, "__len__")})
        raise UserError(
            f"{what} must be an array of numbers, not rows of several lengths "
            f"({', '.join(map(str, lengths))}): give rows of one length"
        ) from error
    try:
        return torch.as_tensor(np.require(array, array.dtype.newbyteorder("="), ["C", "W"]))
    except (TypeError, ValueError) as error:
        raise UserError(
            f"{what} must be an array of numbers, not {type(given).__name__} of "
            f"dtype {array.dtype}: give NumPy's or torch's, such as float32"
        ) from error


def check_shape(x: Tensor, dataset: ModalDataset) -> None:
    """Raises UserError unless x is (n, *S) with n > 0 and S the dataset's shape."""
    if x.shape[1:] != dataset.shape or not x.dim():
        wanted = ", ".join(["n", *map(str, dataset.shape)])
        raise UserError(
            f"samples of {type(dataset).__name__} have the shape ({wanted}), "
            f"not {tuple(x.shape)}: reshape them, or choose the dataset's settings"
        )
    if not len(x):
        raise UserError("there are no samples to measure: give at least one")


def pictures(x: Tensor) -> Tensor:
    """Pictures in [-1, 1]. Floats without a negative pixel are refused: they may mean [0, 1]."""
    if x.dtype == torch.uint8:
        return x.float() / 127.5 - 1
    low, high = float(x.min()), float(x.max())
    if not x.is_floating_point() or low < -1 - SLACK or high > 1 + SLACK:
        raise UserError(f"{PICTURES}; these are {x.dtype} from {low:g} to {high:g}: convert them")
    if low >= 0:
        raise UserError(
            f"{PICTURES}; these are floats from {low:g} to {high:g}, which may mean "
            "[0, 1]: convert them by 2 * x - 1"
        )
    return x.float()
