"""What a critic can be shown in place of x: noise and random changes, the same for real and fake.

Each function returns x changed, of its shape, with a gradient. Random numbers are an argument;
where none are given, they are drawn by ``generator``, or by torch's own.
"""

import torch
from torch import Generator, Tensor

from mcgan.functional._draw import draw


def instance_noise(
    x: Tensor, std: float | Tensor, noise: Tensor | None = None, generator: Generator | None = None
) -> Tensor:
    """x + std * noise, (B, *S); ``noise`` is normal, of the shape of x.

    Sønderby et al. 2017.

    >>> instance_noise(torch.zeros(1, 2), 0.5, noise=torch.tensor([[1.0, -2.0]]))
    tensor([[ 0.5000, -1.0000]])
    """
    noise = draw(tuple(x.shape), x, generator, "normal") if noise is None else noise
    return x + std * noise


def diffuse(
    x: Tensor,
    kept: Tensor,
    noise_std: float = 0.05,
    noise: Tensor | None = None,
    generator: Generator | None = None,
) -> Tensor:
    """sqrt(a) x + sqrt(1 - a) noise_std * noise, (B, *S), a = ``kept`` (B, 1, ...) in [0, 1].

    Wang et al. 2023 (Diffusion-GAN).

    >>> diffuse(torch.ones(1, 1), torch.tensor([[0.25]]), 0.0)
    tensor([[0.5000]])
    """
    noise = draw(tuple(x.shape), x, generator, "normal") if noise is None else noise
    return kept.sqrt() * x + (1 - kept).sqrt() * noise_std * noise


def diffaugment(
    x: Tensor,
    draws: Tensor | None = None,
    *,
    color: float = 1.0,
    translation: float = 0.125,
    cutout: float = 0.5,
    generator: Generator | None = None,
) -> Tensor:
    """Images (B, C, H, W) recoloured, shifted, and with a square cut out, each on its own.

    ``draws`` (7, B) in [0, 1): brightness, saturation, contrast, shift down and right, place of the
    square down and right. ``color`` scales the first three; ``translation`` and ``cutout`` are
    shares of the sides. Zhao et al. 2020.

    >>> diffaugment(torch.ones(2, 3, 8, 8), color=0.0, translation=0.0, cutout=0.0).mean()
    tensor(1.)
    """
    draws = draw((7, len(x)), x, generator) if draws is None else draws
    x = recolour(x, color * (draws[:3] - 0.5).reshape(3, -1, 1, 1, 1))
    x = translate(x, translation, *draws[3:5])
    return x * cutout_mask(x, cutout, *draws[5:7])


def recolour(x: Tensor, by: Tensor) -> Tensor:
    """Images (B, C, H, W), their brightness, saturation and contrast changed ``by``.

    ``by`` (3, B, 1, 1, 1): brightness + by, saturation * (1 + 2 by), contrast * (1 + by).
    Zhao et al. 2020.

    >>> by = torch.tensor([0.5, 0.0, 0.0]).reshape(3, 1, 1, 1, 1)
    >>> recolour(torch.zeros(1, 3, 1, 1), by).mean()
    tensor(0.5000)
    """
    x = x + by[0]
    grey = x.mean(1, keepdim=True)
    x = grey + (x - grey) * (1 + 2 * by[1])
    mean = x.mean((1, 2, 3), keepdim=True)
    return mean + (x - mean) * (1 + by[2])


def translate(x: Tensor, share: float, down: Tensor, right: Tensor) -> Tensor:
    """Images (B, C, H, W) shifted by whole pixels, up to a share of the sides either way.

    ``down`` and ``right`` (B,) in [0, 1) say how far; zeros come in. Zhao et al. 2020. Products
    with one-hot rows: gradients of pixels picked by index add up in no fixed order.

    >>> x = torch.tensor([[[[1.0, 2.0]]]])
    >>> translate(x, 0.5, torch.tensor([0.5]), torch.tensor([0.9]))
    tensor([[[[0., 1.]]]])
    """
    rows, columns = (
        _shifts(side, int(share * side + 0.5), by).to(x.dtype)
        for side, by in zip(x.shape[2:], (down, right), strict=True)
    )
    return rows.unsqueeze(1) @ x @ columns.mT.unsqueeze(1)


def _shifts(side: int, longest: int, by: Tensor) -> Tensor:
    """(B, side, side): row i has its one where pixel i comes from, if that is in the image."""
    place = torch.arange(side, device=by.device)
    shift = (by * (2 * longest + 1)).long() - longest
    return place.unsqueeze(1) - place == shift.reshape(-1, 1, 1)


def cutout_mask(x: Tensor, share: float, down: Tensor, right: Tensor) -> Tensor:
    """(B, 1, H, W): zero in a square about the place (down, right) of each image, else one.

    The square's sides are a share of the image's; ``down`` and ``right`` (B,) are in [0, 1).
    Zhao et al. 2020.

    >>> cutout_mask(torch.ones(1, 3, 2, 2), 0.5, torch.tensor([0.9]), torch.tensor([0.0]))
    tensor([[[[1., 1.],
              [0., 1.]]]])
    """
    rows, columns = (
        _within(side, int(share * side + 0.5), at)
        for side, at in zip(x.shape[2:], (down, right), strict=True)
    )
    return 1 - (rows.unsqueeze(2) & columns.unsqueeze(1)).to(x.dtype).unsqueeze(1)


def _within(side: int, length: int, at: Tensor) -> Tensor:
    """(B, side): which pixels are of the stretch of this length about a random place.

    Places are the pixels, and for an even length the far edge too: both edges are cut alike.
    """
    places = side + 1 - length % 2
    start = (at * places).long() - length // 2
    offset = torch.arange(side, device=at.device) - start.unsqueeze(1)
    return (offset >= 0) & (offset < length)
