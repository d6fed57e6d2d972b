"""The evaluations so far, as far back as the rules look, for all replicas; part of checkpoints."""

from typing import Any

import torch
from torch import Tensor

from mcgan.verdict import shares

ROWS = 50  # evaluations remembered
VISITS = 4  # evaluations whose groups together count as visited
AGES = 4  # evaluations whose fakes are kept as old ones
OLD_VALUES = 2**15  # numbers kept of the fakes of an evaluation and replica


class SignalHistory:
    """Rows of signals, shares of the last evaluations, and old fakes. Tensors have (R, ...)."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Tensor]] = []  # signal -> (R,) float64; "step" too
        self.shares: list[Tensor] = []  # (R, K) of the last evaluations
        self.fakes: list[Tensor] = []  # (R, m, *S) of the last evaluations

    def add(
        self, step: int, p: Tensor, q: Tensor, fakes: Tensor, signals: dict[str, Tensor]
    ) -> dict[str, Tensor]:
        """Takes an evaluation with shares p (R, K) of data q (K,); its row.

        Adds what only a history tells: ``churn``, the share of samples that changed its group since
        the evaluation before; ``fresh``, the share in groups that were not held then; ``visited``,
        the diversity of the last evaluations together; ``best``, the highest diversity so far.
        """
        if self.rows and not signals.keys() <= self.rows[-1].keys():
            self.rows = []  # of a checkpoint from before these signals were known
        self.shares = [*self.shares, p][-VISITS:]
        before = self.shares[-2] if len(self.shares) > 1 else p
        diversity = shares.diversity(p, q)
        best = torch.maximum(diversity, self.rows[-1]["best"]) if self.rows else diversity
        row = {
            "step": torch.full_like(diversity, step),
            "diversity": diversity,
            "held": shares.find_held(p, q).sum(-1).double(),
            "missing": shares.missing(p, q),
            "churn": shares.total_variation(p, before),
            "best": best,
            "fresh": torch.where(shares.find_held(before, q), 0.0, p).sum(-1),
            "visited": shares.diversity(torch.stack(self.shares).mean(0), q),
            **signals,
        }
        self.rows = [*self.rows, row][-ROWS:]
        kept = max(1, OLD_VALUES // fakes[0, 0].numel())
        self.fakes = [*self.fakes, fakes[:, :kept].clone()][-AGES:]
        return row

    @property
    def step(self) -> int:
        """The step of the last evaluation; -1 before the first."""
        return int(self.rows[-1]["step"][0]) if self.rows else -1

    def now(self) -> dict[str, list[float]]:
        """The last evaluation's signals, each by replica."""
        return {key: each.tolist() for key, each in self.rows[-1].items() if key != "step"}

    def old(self, fakes: Tensor) -> Tensor:
        """Fakes of earlier evaluations (R, m, *S), of all ages alike; at first the present ones."""
        return torch.stack(self.fakes, 2).flatten(1, 2) if self.fakes else fakes

    def of(self, replica: int) -> list[dict[str, float]]:
        """The signals of one replica, a row for each evaluation."""
        return [{key: each[replica].item() for key, each in row.items()} for row in self.rows]

    def checkpoint(self) -> dict[str, Any]:
        """Few tensors: a small one costs a checkpoint as much time as a large one."""
        names = [[*row] for row in self.rows]  # a loop may give scores at some evaluations alone
        table = [torch.stack([*row.values()]) for row in self.rows]
        return {"names": names, "rows": table, "shares": self.shares, "fakes": self.fakes}

    def restore(self, saved: dict[str, Any]) -> None:
        """Takes up what `checkpoint` gave."""
        rows, names = saved["rows"], saved["names"]
        if names and isinstance(names[0], str):  # a checkpoint from before: of all rows
            names = [names] * len(rows)
        self.rows = [dict(zip(*row, strict=True)) for row in zip(names, rows, strict=True)]
        self.shares, self.fakes = saved["shares"], saved["fakes"]
