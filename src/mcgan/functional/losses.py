"""The losses of the literature as functions of the critic's scores.

``real`` and ``fake`` are the critic's scores (logits, no sigmoid) of a real and of a generated
batch, (B,) or (B, 1). Every loss is per score and has their shape: minimise its ``.mean()``. What
ends in ``_d`` is the discriminator's, in ``_g`` the generator's. sp(t) = log(1 + e^t).
"""

import torch
from torch import Tensor
from torch.nn.functional import relu
from torch.nn.functional import softplus as sp

FAR = -30.0  # below it softplus(t) is e^t to the last bit of float32, and its logarithm is t


def minimax_d(real: Tensor, fake: Tensor) -> Tensor:
    """The discriminator's cross-entropy sp(-r) + sp(f), per score (B,).

    Goodfellow et al. 2014, eq. 1, with D = sigmoid(score).

    >>> minimax_d(torch.zeros(2), torch.zeros(2))
    tensor([1.3863, 1.3863])
    """
    return sp(-real) + sp(fake)


def minimax_g(fake: Tensor) -> Tensor:
    """The generator's saturating loss log(1 - D(G(z))) = -sp(f), per score (B,).

    Goodfellow et al. 2014, eq. 1. Its gradient vanishes where D is sure of a fake.

    >>> minimax_g(torch.zeros(2))
    tensor([-0.6931, -0.6931])
    """
    return -sp(fake)


def non_saturating_d(real: Tensor, fake: Tensor) -> Tensor:
    """The discriminator's cross-entropy, as ``minimax_d``, per score (B,).

    Goodfellow et al. 2014, section 3.

    >>> non_saturating_d(torch.zeros(1), torch.zeros(1))
    tensor([1.3863])
    """
    return minimax_d(real, fake)


def non_saturating_g(fake: Tensor) -> Tensor:
    """The generator's loss -log D(G(z)) = sp(-f), per score (B,).

    Goodfellow et al. 2014, section 3.

    >>> non_saturating_g(torch.zeros(2))
    tensor([0.6931, 0.6931])
    """
    return sp(-fake)


def lsgan_d(real: Tensor, fake: Tensor) -> Tensor:
    """The discriminator's squared distance to the labels 1 (real) and 0 (fake), halved, (B,).

    Mao et al. 2017, eq. 9.

    >>> lsgan_d(torch.tensor([1.0, 3.0]), torch.tensor([0.0, 1.0]))
    tensor([0.0000, 2.5000])
    """
    return ((real - 1) ** 2 + fake**2) / 2


def lsgan_g(fake: Tensor) -> Tensor:
    """The generator's squared distance to the label 1, halved, per score (B,).

    Mao et al. 2017, eq. 9.

    >>> lsgan_g(torch.tensor([1.0, 3.0]))
    tensor([0., 2.])
    """
    return (fake - 1) ** 2 / 2


def hinge_d(real: Tensor, fake: Tensor) -> Tensor:
    """The discriminator's hinge loss with a margin of one, per score (B,).

    Lim & Ye 2017.

    >>> hinge_d(torch.tensor([0.0, 2.0]), torch.tensor([0.0, -2.0]))
    tensor([2., 0.])
    """
    return relu(1 - real) + relu(1 + fake)


def hinge_g(fake: Tensor) -> Tensor:
    """The generator's loss -f, which has no margin, per score (B,).

    Lim & Ye 2017.

    >>> hinge_g(torch.tensor([2.0]))
    tensor([-2.])
    """
    return -fake


def wgan_d(real: Tensor, fake: Tensor) -> Tensor:
    """The critic's loss f - r, per score (B,): minus an estimate of the Wasserstein distance.

    Arjovsky et al. 2017, eq. 2. It needs a bound on the critic's gradient, such as
    ``gradient_penalty``.

    >>> wgan_d(torch.tensor([3.0]), torch.tensor([1.0]))
    tensor([-2.])
    """
    return fake - real


def wgan_g(fake: Tensor) -> Tensor:
    """The generator's loss -f, per score (B,).

    Arjovsky et al. 2017, eq. 2.

    >>> wgan_g(torch.tensor([1.0]))
    tensor([-1.])
    """
    return -fake


def rpgan_d(real: Tensor, fake: Tensor) -> Tensor:
    """The discriminator's relativistic pairing loss sp(f - r), per pair (B,).

    Jolicoeur-Martineau 2018 (RSGAN); Sun et al. 2020. It converges with ``r1`` and ``r2``.

    >>> rpgan_d(torch.tensor([1.0]), torch.tensor([1.0]))
    tensor([0.6931])
    """
    return sp(fake - real)


def rpgan_g(real: Tensor, fake: Tensor) -> Tensor:
    """The generator's relativistic pairing loss sp(r - f), per pair (B,).

    Jolicoeur-Martineau 2018 (RSGAN); Sun et al. 2020.

    >>> rpgan_g(torch.tensor([1.0]), torch.tensor([1.0]))
    tensor([0.6931])
    """
    return sp(real - fake)


def ragan_d(real: Tensor, fake: Tensor) -> Tensor:
    """The discriminator's relativistic average loss, per score (B,).

    Each score is compared with the mean of the other side: sp(E f - r) + sp(f - E r).
    Jolicoeur-Martineau 2018 (RaSGAN).

    >>> ragan_d(torch.tensor([1.0]), torch.tensor([1.0]))
    tensor([1.3863])
    """
    return sp(fake.mean() - real) + sp(fake - real.mean())


def ragan_g(real: Tensor, fake: Tensor) -> Tensor:
    """The generator's relativistic average loss sp(E r - f) + sp(r - E f), per score (B,).

    Jolicoeur-Martineau 2018 (RaSGAN).

    >>> ragan_g(torch.tensor([1.0]), torch.tensor([1.0]))
    tensor([1.3863])
    """
    return sp(real.mean() - fake) + sp(real - fake.mean())


def rals_d(real: Tensor, fake: Tensor) -> Tensor:
    """The discriminator's squares (r - E f - 1)^2 + (f - E r + 1)^2, per score (B,).

    Jolicoeur-Martineau 2018 (RaLSGAN).

    >>> rals_d(torch.tensor([1.0]), torch.tensor([1.0]))
    tensor([2.])
    """
    return (real - fake.mean() - 1) ** 2 + (fake - real.mean() + 1) ** 2


def rals_g(real: Tensor, fake: Tensor) -> Tensor:
    """The generator's squares (f - E r - 1)^2 + (r - E f + 1)^2, per score (B,).

    Jolicoeur-Martineau 2018 (RaLSGAN).

    >>> rals_g(torch.tensor([3.0]), torch.tensor([1.0]))
    tensor([18.])
    """
    return (fake - real.mean() - 1) ** 2 + (real - fake.mean() + 1) ** 2


def d2gan_d1(real: Tensor, fake: Tensor, alpha: float = 1.0) -> Tensor:
    """The loss of D2GAN's first critic, which favours real data, per score (B,).

    sp(f) - alpha log sp(r), since D1 = sp(score). Nguyen et al. 2017, eq. 1.

    >>> d2gan_d1(torch.zeros(1), torch.zeros(1))
    tensor([1.0597])
    """
    return sp(fake) - alpha * log_softplus(real)


def d2gan_g1(fake: Tensor) -> Tensor:
    """The generator's loss -sp(f) before D2GAN's first critic, per score (B,).

    Nguyen et al. 2017, eq. 1.

    >>> d2gan_g1(torch.zeros(1))
    tensor([-0.6931])
    """
    return -sp(fake)


def d2gan_d2(real: Tensor, fake: Tensor, beta: float | Tensor = 1.0) -> Tensor:
    """The loss of D2GAN's second critic, which favours fakes, per score (B,).

    sp(r) - beta log sp(f), since D2 = sp(score). Nguyen et al. 2017, eq. 1.

    >>> d2gan_d2(torch.zeros(1), torch.zeros(1))
    tensor([1.0597])
    """
    return sp(real) - beta * log_softplus(fake)


def d2gan_g2(fake: Tensor, beta: float | Tensor = 1.0) -> Tensor:
    """The generator's loss beta log sp(f) before D2GAN's second critic, per score (B,).

    Nguyen et al. 2017, eq. 1.

    >>> d2gan_g2(torch.zeros(1))
    tensor([-0.3665])
    """
    return beta * log_softplus(fake)


def log_softplus(t: Tensor) -> Tensor:
    """log(softplus(t)), of the shape of t, also far below zero, where softplus underflows.

    >>> log_softplus(torch.tensor([-100.0, 0.0]))
    tensor([-100.0000,   -0.3665])
    """
    return torch.where(t < FAR, t, sp(t.clamp(min=FAR)).log())
