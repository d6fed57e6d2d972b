"""What is judged: samples and real rows in feature space, checked and cut to a stated number."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Generator, Tensor

from mcgan.errors import UserError

ROWS = 10_000  # of each side that are compared: bounds time and memory
FLAT = 1e-12  # of the largest size of a number, below which rows are all the same


class Labels(NamedTuple):
    """The class of every sample (n,) and of every real row (m,), int64."""

    fakes: Tensor
    real: Tensor


@dataclass(frozen=True)
class Sets:
    """Checked rows, at most 10,000 a side, chosen by the seed; ``n`` and ``m`` count all.

    ``rows`` (k,) are the places of the chosen real rows among all. ``twins`` is the share of
    samples that equal a real row to the bit, ``usual_twins`` that of real rows.
    """

    fakes: Tensor
    real: Tensor
    heldout: Tensor | None
    rows: Tensor
    labels: Labels | None
    n: int
    m: int
    twins: float
    usual_twins: float


def read_sets(fakes: Any, real: Any, heldout: Any, labels: Any, seed: int) -> Sets:
    """The sets of arrays or tensors (n, d); raises UserError for what cannot be judged."""
    generator = torch.Generator().manual_seed(seed)
    named = {"the fakes": fakes, "the real data": real, "the held-out data": heldout}
    found = {name: read_rows(x, name) for name, x in named.items() if x is not None}
    check_columns(found)
    ours, theirs = found["the fakes"], found["the real data"]
    apart = found.get("the held-out data")
    rows = choose_rows(len(theirs), generator)
    kept = theirs[rows]
    if kept.std(0).max() <= FLAT * kept.abs().max():
        raise UserError("the rows of the real data are all the same: nothing can be missing there")
    chosen = ours[choose_rows(len(ours), generator)]
    few = None if apart is None else apart[choose_rows(len(apart), generator)]
    twins, usual = share_of_twins(chosen, theirs, few)
    return Sets(
        chosen,
        kept,
        few,
        rows,
        read_labels(labels, len(ours), len(theirs)),
        len(ours),
        len(theirs),
        twins,
        usual,
    )


def read_rows(x: Any, name: str) -> Tensor:
    """The rows (n, d) as float64 on the CPU."""
    rows = torch.as_tensor(np.asarray(x) if not isinstance(x, Tensor) else x)
    if rows.ndim != 2 or rows.shape[0] < 1 or rows.shape[1] < 1:
        raise UserError(
            f"{name} must be rows of features, (n, d), not of shape {tuple(rows.shape)}"
        )
    rows = rows.detach().cpu().double()
    bad = ~rows.isfinite().all(1)
    if bad.any():
        raise UserError(
            f"{name} have numbers that are not finite in {int(bad.sum()):,} of "
            f"{len(rows):,} rows, first in row {int(bad.nonzero()[0]):,}: leave these "
            "rows out, or look at what made them"
        )
    return rows + 0.0  # no -0.0, which equals 0.0 but not to the bit


def check_columns(found: dict[str, Tensor]) -> None:
    """Raises UserError where two sets have other numbers of columns."""
    real = found["the real data"].shape[1]
    for name, rows in found.items():
        if rows.shape[1] != real:
            raise UserError(
                f"{name} have {rows.shape[1]:,} columns, the real data {real:,}: both "
                "must come from the same features"
            )


def read_labels(labels: Any, n: int, m: int) -> Labels | None:
    """Integer labels of samples (n,) and of real rows (m,), or None."""
    if labels is None:
        return None
    if len(labels) != 2:
        raise UserError("labels must be two arrays: those of the fakes and those of the real data")
    sides = [torch.as_tensor(np.asarray(side)) for side in labels]
    for side, length, name in zip(sides, (n, m), ("the fakes", "the real data"), strict=True):
        if side.shape != (length,) or side.is_floating_point():
            raise UserError(
                f"the labels of {name} must be {length:,} whole numbers, one for each "
                f"row, not {side.dtype} of shape {tuple(side.shape)}"
            )
    return Labels(sides[0].long(), sides[1].long())


def choose_rows(count: int, generator: Generator) -> Tensor:
    """Rows that are compared: a random order of all, cut at 10,000."""
    return torch.randperm(count, generator=generator)[:ROWS]


def share_of_twins(fakes: Tensor, real: Tensor, heldout: Tensor | None) -> tuple[float, float]:
    """Share of samples that equal a real row, and of held-out rows; without, of real rows twice."""
    there = hash_rows(real)
    known = {*there}
    ours = np.mean([row in known for row in hash_rows(fakes)])
    if heldout is None:
        return float(ours), 1 - len(known) / len(there)
    return float(ours), float(np.mean([row in known for row in hash_rows(heldout)]))


def hash_rows(rows: Tensor) -> list[int]:
    """A number for each row (n, d), the same for rows that are equal to the bit."""
    return [hash(row.tobytes()) for row in rows.numpy()]
