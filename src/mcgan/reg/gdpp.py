"""GDPP (Elfeki et al. 2019): fakes as diverse as real data, by the spectra of their kernels."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import torch
from torch import Tensor

from mcgan.config.settings import AtLeast, Scheduled
from mcgan.gan.strategy import Strategy
from mcgan.gan.turn import Turn

EPS = 1e-6


@dataclass(eq=False, repr=False)
class GDPP(Strategy):
    """G: magnitude * MSE(l_fake, l_real) - sum_i l^_real,i |cos(v_fake,i, v_real,i)|, times weight.

    l and v are eigenvalues and eigenvectors of L = phi phi^T (B, B), phi the critic's features with
    rows of length 1; l^ is l from 0 to 1. |cos|, since the sign of an eigenvector means nothing,
    and 0 where a fake eigenvalue is, whose vector is arbitrary. In float64, as it takes gaps.
    """

    weight: Annotated[Any, Scheduled, AtLeast(0)] = 1.0
    magnitude: Annotated[float, AtLeast(0)] = 1e-4
    off: ClassVar[dict[str, Any]] = {"weight": 0.0}

    def g_term(self, turn: Turn) -> Tensor:
        real, v_real = spectrum(kernel(turn.on_real.features.detach()))
        fake, v_fake = spectrum(kernel(turn.on_fake.features))
        share = (real - real.amin()) / (real.amax() - real.amin() + EPS)
        cosine = torch.where(fake.detach() > EPS, (v_real * v_fake).sum(0).abs(), 0.0)
        unlike = self.magnitude * (fake - real).square().mean() - (share * cosine).sum()
        return turn.moment.now(self.weight) * unlike.to(turn.fake.x.dtype)


def kernel(features: Tensor) -> Tensor:
    """Cosines of all pairs of rows; those of a row of zeros are 0."""
    phi = features.double()
    phi = phi / (phi.square().sum(1, keepdim=True) + EPS).sqrt()
    return phi @ phi.T


def spectrum(matrix: Tensor) -> tuple[Tensor, Tensor]:
    """Eigenvalues, ascending, and eigenvectors in columns, with slopes that stay finite.

    Of first order, dl_i = v_i' dM v_i and dv_i = sum_j v_j (v_j' dM v_i) / (l_i - l_j); here
    1 / gap is gap / (gap^2 + eps), which is 0 between equals, whose vectors are arbitrary.
    """
    values, vectors = torch.linalg.eigh(matrix.detach())
    gap = values.unsqueeze(0) - values.unsqueeze(1)  # (j, i)
    turned = vectors.T @ (matrix - matrix.detach()) @ vectors  # zeros, with a slope
    return values + turned.diagonal(), vectors + vectors @ (turned * gap / (gap**2 + EPS))
