"""Datasets that are mixtures of Gaussians: everything but where their modes are."""

import copy
from typing import Self

import torch
from torch import Generator, Tensor

from mcgan.dataset._gaussian import Gaussians
from mcgan.dataset.base import ModalDataset, Recognition
from mcgan.dataset.on_device import draw_rows
from mcgan.dataset.regions import REGIONS, SHARE, Ball, Box, radius_of
from mcgan.dataset.spread import least_axis
from mcgan.dataset.width import pool_variance

MOST_CHANCE = 0.1  # where modes fill their range, noise of high quality is no sign of anything
FIXED_SEED = 0  # of a fixed training set: the same for every run


class GaussianModes(ModalDataset):
    """Mixture of isotropic Gaussians in net units; a subclass calls `settle` with its modes.

    A sample is of the mode at the least Mahalanobis distance (the first of equals, in float64).
    High quality is the distance that 98.89 % of real data keeps: 3σ in two dimensions.
    Where widths differ, a far sample is given to the widest mode. That is right: far from all modes
    the likelihood too is that of the widest one. Only measures over all samples (KL) see it.
    """

    classified = False
    law: Gaussians  # in net units
    region: Ball | Box  # of high quality, around a mode
    fixed: Tensor | None  # (fixed_size, d) training set; None: fresh draws

    def settle(self, law: Gaussians, fixed_size: int | None, unit: float | None = None) -> None:
        """Take the modes in data units; raises ValueError for a fixed_size below 1.

        ``unit`` is the length that is 1 for the nets; None: see `ModalDataset`.
        """
        if fixed_size is not None and fixed_size < 1:
            raise ValueError(f"fixed_size must be at least 1, or null, not {fixed_size}")
        self.num_modes, dim = law.centres.shape
        self.shape, self.weights, self.scale = (dim,), law.weights, unit or law.rms_std()
        self.law = law.in_units_of(self.scale)
        self.judge_in(Ball(radius_of(SHARE, dim), dim))
        generator = Generator().manual_seed(FIXED_SEED)
        self.fixed = None if fixed_size is None else self.law.draw(fixed_size, generator)

    def judge_in(self, region: Ball | Box) -> None:
        """Sets the region of good samples, and what a uniform sampler would score in it."""
        self.region, self.ceiling = region, region.share()
        reach = region.radius * self.law.stds[:, None]
        sides = (self.law.centres + reach).amax(0) - (self.law.centres - reach).amin(0)
        logs = region.log_volume() + region.dim * self.law.stds.log() - sides.log().sum()
        self.chance = min(logs.exp().sum().item(), MOST_CHANCE)

    def with_rule(self, norm: str, threshold: float | None) -> Self:
        if norm == "l2" and threshold is None:
            return self
        dim = self.shape[0]
        judge = copy.copy(self)
        judge.judge_in(REGIONS[norm](threshold or radius_of(SHARE, dim), dim))
        return judge

    def draw(self, n: int, generator: Generator) -> Tensor:
        if self.fixed is None:
            return self.law.draw(n, generator)
        return draw_rows(self.fixed, n, generator)

    drawn_from = ("law", "fixed")

    def draw_law(self, n: int, generator: Generator) -> Tensor:
        return self.law.draw(n, generator)

    def recognise(self, x: Tensor) -> Recognition:
        x = x.to("cpu", torch.float64)
        mode = self.law.nearest(x)
        offset = self.law.offset(x, mode)
        return Recognition(mode, self.region.holds(offset), offset.norm(dim=1))

    def density(self, x: Tensor) -> Tensor:
        return self.law.density(x.to("cpu", torch.float64))

    def width_ratio(self, x: Tensor, seen: Recognition) -> float | None:
        """Std of high-quality samples about their mode's own mean, over the true std.

        Pooled over modes, and corrected for what the region cuts off: N(c, (sσ)² I) gives s.
        """
        x, mode = x.to("cpu", torch.float64)[seen.good], seen.mode[seen.good]
        variance = pool_variance(self.law.offset(x, mode), mode, self.num_modes)
        return None if variance is None else self.region.std(variance)

    def least_spread(self, x: Tensor, seen: Recognition) -> float | None:
        """Std of high-quality samples along their mode's smallest principal axis, over the true.

        The least over modes, corrected as `width_ratio` and for the bias of a minimum: a perfect
        sampler has about 1, a line through each mode 0, and so has one point in a single mode.
        """
        x, mode = x.to("cpu", torch.float64)[seen.good], seen.mode[seen.good]
        variance = least_axis(self.law.offset(x, mode), mode, self.num_modes)
        return None if variance is None else self.region.std(variance)

    def coordinates(self, x: Tensor, seen: Recognition) -> Tensor:
        """Each sample in net units, and its offset from its mode in that mode's σ: (n, 2 d).

        The first half sees shares and places of modes, the second what is inside them.
        """
        x = x.to("cpu", torch.float64)
        return torch.cat([x, self.law.offset(x, seen.mode)], 1)
