"""Terms that a generator minimises so that its fakes differ, or match real data as a whole.

Every term is a scalar () to add to the generator's loss. ``features`` are rows (B, F) that a critic
computes of a batch; ``fake``, ``real`` are examples (B, *S); ``z`` are latents (B, Z).
"""

import torch
from torch import Tensor
from torch.nn.functional import normalize, relu, softplus

from mcgan.schedule import fit

TINY = 1e-12  # of a squared distance, or two equal samples have the logarithm of 0
SMALL_RATIO = 1e-5  # keeps mode seeking finite where all fakes are the same
SMALL_VARIANCE = 1e-4  # keeps the gradient of a std finite
EPS = 1e-6  # of eigenvalues


def mode_seeking(fake: Tensor, z: Tensor, furthest: Tensor | float | None = None) -> Tensor:
    """1 / (mean|y1 - y2| / mean|z1 - z2| + 1e-5), (), over the two halves of a batch.

    ``furthest``, (): the distance of fakes beyond which they are no longer pushed apart.
    Mao et al. 2019, eq. 4; the cap is after Yang et al. 2019.

    >>> mode_seeking(torch.tensor([[0.0], [4.0]]), torch.tensor([[0.0], [1.0]]))
    tensor(0.2500)
    """
    apart = between_halves(fake)
    if furthest is not None:
        apart = torch.minimum(apart, fit(torch.as_tensor(furthest), apart).detach())
    return 1 / (apart / between_halves(z.detach()) + SMALL_RATIO)


def between_halves(x: Tensor) -> Tensor:
    """The mean absolute difference, (), of the two halves of a batch (B, ...).

    >>> between_halves(torch.tensor([1.0, 2.0, 4.0, 5.0]))
    tensor(3.)
    """
    half = len(x) // 2
    return (x[:half] - x[half : 2 * half]).abs().mean()


def ndiv(fake: Tensor, z: Tensor, alpha: float = 0.8) -> Tensor:
    """The mean over pairs of max(0, alpha D~z - D~y), (), D~ the normalised distances.

    Liu et al. 2019, eq. 2 and 3.

    >>> ndiv(torch.zeros(3, 1), torch.tensor([[0.0], [1.0], [2.0]]))
    tensor(0.4000)
    """
    lacking = relu(alpha * normalised_distances(z.detach()) - normalised_distances(fake))
    count = len(lacking)
    return lacking.sum() / (count * (count - 1))


def normalised_distances(x: Tensor) -> Tensor:
    """Distances of all pairs of a batch (B, ...), each row over its sum: (B, B), zero diagonal.

    The sums are taken as given: no gradient passes through them. Liu et al. 2019, eq. 2.

    >>> normalised_distances(torch.tensor([[0.0], [1.0], [4.0]]))[0]
    tensor([0.0000, 0.2000, 0.8000])
    """
    flat = x.flatten(1)
    away: Tensor = torch.linalg.vector_norm(flat.unsqueeze(1) - flat.unsqueeze(0), dim=2)
    return away / (away.sum(1, keepdim=True).detach() + 1e-8)


def pulling_away(features: Tensor) -> Tensor:
    """The mean squared cosine, (), of all pairs of rows of features (B, F).

    Zhao et al. 2017 (EBGAN), eq. 6.

    >>> pulling_away(torch.tensor([[1.0, 0.0], [1.0, 1.0]]))
    tensor(0.5000)
    """
    rows = normalize(features, dim=1)
    cosines, count = rows @ rows.T, len(rows)
    others = (cosines**2).sum() - (cosines.diagonal() ** 2).sum()
    return others / (count * (count - 1))


def feature_matching(real_features: Tensor, fake_features: Tensor) -> Tensor:
    """The mean square, (), of how far mean features of real and fake, each (B, F), are apart.

    It is a mean over features, as in the authors' code, so that it does not grow with the width of
    the critic. Salimans et al. 2016, section 3.1.

    >>> feature_matching(torch.tensor([[0.0, 0.0], [2.0, 0.0]]), torch.tensor([[0.0, 2.0]]))
    tensor(2.5000)
    """
    return (real_features.mean(0) - fake_features.mean(0)).square().mean()


def covariance_matching(real_features: Tensor, fake_features: Tensor) -> Tensor:
    """The squared Frobenius distance, (), between the covariances of features (B, F).

    De Meulemeester et al. 2020.

    >>> covariance_matching(torch.tensor([[-1.0], [1.0]]), torch.tensor([[3.0], [3.0]]))
    tensor(4.)
    """
    return (covariance(real_features) - covariance(fake_features)).square().sum()


def covariance(features: Tensor) -> Tensor:
    """The unbiased covariance (F, F) of features (B, F), B at least 2.

    >>> covariance(torch.tensor([[-1.0], [1.0]]))
    tensor([[2.]])
    """
    centred = features - features.mean(0)
    return centred.T @ centred / (len(features) - 1)


def variance_covariance(rows: Tensor, least: float = 1.0) -> Tensor:
    """mean_k max(0, least - std_k) + sum_k!=l cov_kl^2 / Z, (), of rows (n, Z), n at least 2.

    It keeps rows from falling together: every column varies, and no two vary alike. Bardes et al.
    2022 (VICReg), eq. 1 to 4; so weighed by Garcia 2025 (ParticleGAN).

    >>> variance_covariance(torch.tensor([[1.0, 1.0], [-1.0, -1.0]]))
    tensor(4.)
    """
    cov = covariance(rows)
    lacking = relu(least - (cov.diagonal() + SMALL_VARIANCE).sqrt())
    apart = cov.square().sum() - cov.diagonal().square().sum()
    return lacking.mean() + apart / len(cov)


def imle(real: Tensor, fake: Tensor) -> Tensor:
    """The mean over real examples of the mean square to the nearest fake, ().

    real (N, *S), fake (M, *S), which is the pool that is searched. Li & Malik 2018.

    >>> imle(torch.tensor([[0.0], [3.0]]), torch.tensor([[1.0], [9.0]]))
    tensor(2.5000)
    """
    x, y = real.flatten(1), fake.flatten(1)
    away = (x.unsqueeze(1) - y.unsqueeze(0)).square().mean(2)  # (N, M)
    return away.amin(1).mean()


def bourgan(fake: Tensor, z: Tensor, log_scale: Tensor | float = 0.0) -> Tensor:
    """The mean of (log|y1 - y2| - log|z1 - z2| - log_scale)^2, (), over neighbours in a batch.

    Xiao et al. 2018, section 3; ``log_scale`` is the log ratio of distances of data to latents.

    >>> bourgan(torch.tensor([[0.0], [2.0]]), torch.tensor([[0.0], [2.0]])).item()
    0.0
    """
    return ((log_steps(fake) - log_steps(z) - log_scale) ** 2).mean()


def log_steps(rows: Tensor) -> Tensor:
    """log |row - the row before it|, (B,), the first row's neighbour being the last; rows (B, ...).

    >>> log_steps(torch.tensor([[0.0], [1.0]])).abs().amax().item() < 1e-6
    True
    """
    squared = (rows - rows.roll(1, 0)).flatten(1).square().sum(1)
    return (squared + TINY).log() / 2


def meg(joint: Tensor, product: Tensor) -> Tensor:
    """The mean of sp(-T(y, z)) + sp(T(y, z')), (): minus a bound on the information I(y; z).

    ``joint`` and ``product`` are a statistics network's outputs, (B, 1), on fakes with their own
    latents and with others'. Hjelm et al. 2019, eq. 4; Kumar et al. 2019, section 3.

    >>> meg(torch.zeros(2, 1), torch.zeros(2, 1))
    tensor(1.3863)
    """
    return (softplus(-joint) + softplus(product)).mean()


def gdpp(real_features: Tensor, fake_features: Tensor, magnitude: float = 1e-4) -> Tensor:
    """magnitude * MSE(l_fake, l_real) - sum_i l^_real,i |cos(v_fake,i, v_real,i)|, () float64.

    l and v are eigenvalues and eigenvectors of the cosines of features (B, F); l^ is l from 0 to 1;
    real features get no gradient. |cos|, since the sign of an eigenvector means nothing; where a
    fake eigenvalue is 0 its vector is arbitrary, and counts 0. Elfeki et al. 2019.

    >>> x = torch.tensor([[1.0, 0.0], [1.0, 1.0]])
    >>> round(gdpp(x, x).item(), 4)
    -1.0
    """
    real, v_real = kernel_spectrum(real_features.detach())
    fake, v_fake = kernel_spectrum(fake_features)
    rows, count = v_real.shape
    least = real.amin() if count == rows else 0.0  # the eigenvalues that are left out are 0
    share = (real - least) / (real.amax() - least + EPS)
    alike = torch.where(fake.detach() > EPS, (v_real * v_fake).sum(0).abs(), 0.0)
    return magnitude * (fake - real).square().sum() / rows - (share * alike).sum()


def kernel_spectrum(features: Tensor) -> tuple[Tensor, Tensor]:
    """Largest eigenvalues (R,), ascending, and eigenvectors (B, R) of the cosines of rows (B, F).

    R is the smaller of B and F; the other B - R eigenvalues are 0. With F below B they are found
    from the smaller matrix (F, F) of the same rows, which has the same eigenvalues.

    >>> kernel_spectrum(torch.tensor([[1.0], [1.0]]))[0].round(decimals=3)
    tensor([2.], dtype=torch.float64)
    """
    rows, width = features.shape
    if width >= rows:
        return spectrum(cosines(features))
    phi = unit_rows(features)
    values, vectors = spectrum(phi.T @ phi)
    return values, phi @ vectors / values.clamp_min(EPS).sqrt()


def cosines(features: Tensor) -> Tensor:
    """The cosines (B, B), float64, of all pairs of rows (B, F); those of a row of zeros are 0.

    >>> cosines(torch.tensor([[3.0, 0.0], [0.0, 2.0]])).diagonal()
    tensor([1.0000, 1.0000], dtype=torch.float64)
    """
    phi = unit_rows(features)
    return phi @ phi.T


def unit_rows(features: Tensor) -> Tensor:
    """Rows (B, F) over their lengths, in float64; a row of zeros stays so.

    >>> unit_rows(torch.tensor([[3.0, 4.0]])).round(decimals=3)
    tensor([[0.6000, 0.8000]], dtype=torch.float64)
    """
    phi = features.double()
    return phi / (phi.square().sum(1, keepdim=True) + EPS).sqrt()


def spectrum(matrix: Tensor) -> tuple[Tensor, Tensor]:
    """Eigenvalues (B,), ascending, and eigenvectors in columns (B, B), with finite gradients.

    Of first order, dl_i = v_i' dM v_i and dv_i = sum_j v_j (v_j' dM v_i) / (l_i - l_j); here
    1 / gap is gap / (gap^2 + eps), which is 0 between equals, whose vectors are arbitrary.

    >>> spectrum(torch.diag(torch.tensor([2.0, 1.0])))[0]
    tensor([1., 2.])
    """
    values, vectors = torch.linalg.eigh(matrix.detach())
    gap = values.unsqueeze(0) - values.unsqueeze(1)  # (j, i)
    turned = vectors.T @ (matrix - matrix.detach()) @ vectors  # zeros, with a gradient
    return values + turned.diagonal(), vectors + vectors @ (turned * gap / (gap**2 + EPS))
