"""Generators of other makers, trained in minutes on one core: plain PyTorch, and ParticleGAN's own.

Nothing here uses this project: they stand for what people bring.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

CODE = 32  # numbers of a latent
Sampler = Callable[[int], Tensor]  # n -> samples


class Pace(NamedTuple):
    """How long, and how fast each player learns."""

    steps: int
    lr_g: float = 2e-4
    lr_d: float = 2e-4
    batch: int = 64
    width: int = 16


def dcgan_nets(width: int) -> tuple[nn.Module, nn.Module]:
    """Generator and critic of 28 x 28 pictures in -1..1, as in PyTorch's example, but small."""
    g = nn.Sequential(
        nn.Linear(CODE, 2 * width * 49), nn.BatchNorm1d(2 * width * 49), nn.ReLU(),
        nn.Unflatten(1, (2 * width, 7, 7)),
        nn.ConvTranspose2d(2 * width, width, 4, 2, 1), nn.BatchNorm2d(width), nn.ReLU(),
        nn.ConvTranspose2d(width, 1, 4, 2, 1), nn.Tanh())  # fmt: skip
    d = nn.Sequential(
        nn.Conv2d(1, width, 4, 2, 1), nn.LeakyReLU(0.2),
        nn.Conv2d(width, 2 * width, 4, 2, 1), nn.BatchNorm2d(2 * width), nn.LeakyReLU(0.2),
        nn.Flatten(), nn.Linear(2 * width * 49, 1))  # fmt: skip
    return g, d


def train_dcgan(x: Tensor, pace: Pace, seed: int) -> Sampler:
    """A DCGAN (Radford et al. 2016) of pictures (n, 1, 28, 28) in -1..1."""
    torch.manual_seed(seed)
    g, d = dcgan_nets(pace.width)
    move_g = torch.optim.Adam(g.parameters(), pace.lr_g, (0.5, 0.999))
    move_d = torch.optim.Adam(d.parameters(), pace.lr_d, (0.5, 0.999))
    for _ in range(pace.steps):
        real = x[torch.randint(len(x), (pace.batch,))]
        fakes = g(torch.randn(pace.batch, CODE))
        loss = F.softplus(-d(real)).mean() + F.softplus(d(fakes.detach())).mean()
        update(move_d, loss)
        update(move_g, F.softplus(-d(fakes)).mean())
    return sampler(g.eval(), CODE)


def train_vae(x: Tensor, pace: Pace, seed: int) -> Sampler:
    """A variational autoencoder (Kingma & Welling 2014) of pictures (n, 1, 28, 28) in -1..1."""
    torch.manual_seed(seed)
    code, wide = 8, 16 * pace.width
    encoder = nn.Sequential(
        nn.Flatten(), nn.Linear(784, wide), nn.ReLU(), nn.Linear(wide, 2 * code)
    )
    decoder = nn.Sequential(
        nn.Linear(code, wide),
        nn.ReLU(),
        nn.Linear(wide, 784),
        nn.Sigmoid(),
        nn.Unflatten(1, (1, 28, 28)),
    )
    move = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], 1e-3)
    for _ in range(pace.steps):
        real = (x[torch.randint(len(x), (pace.batch,))] + 1) / 2
        mean, log_variance = encoder(real).chunk(2, 1)
        z = mean + (log_variance / 2).exp() * torch.randn_like(mean)
        seen = F.binary_cross_entropy(decoder(z), real, reduction="sum")
        prior = (mean.square() + log_variance.exp() - log_variance - 1).sum() / 2
        update(move, (seen + prior) / pace.batch)
    return sampler(nn.Sequential(decoder, Rescaled()), code)


class Rescaled(nn.Module):
    """0..1 to -1..1."""

    def forward(self, x: Tensor) -> Tensor:
        return 2 * x - 1


def train_particles(draw: Sampler, pace: Pace, seed: int) -> Sampler:
    """ParticleGAN's example of its own page, in smaller batches: eight normal modes on a ring."""
    from particlegan import GANTrainer, get_recipe, init

    torch.manual_seed(seed)
    recipe: Any = get_recipe(total_steps=pace.steps, batch_size=pace.batch)
    g = nn.Sequential(nn.Linear(recipe.z_dim, 128), nn.LeakyReLU(0.2), nn.Linear(128, 2))
    d = nn.Sequential(nn.Linear(2, 128), nn.LeakyReLU(0.2), nn.Linear(128, 1))
    init.deterministic_orthogonal_(g, seed=seed)
    init.deterministic_orthogonal_(d, seed=seed + 1)
    prior = init.deterministic_orthogonal_(recipe.make_prior())
    trainer = GANTrainer(recipe, g, d, prior=prior, seed=seed)
    for _ in range(pace.steps):
        trainer.step(draw(recipe.batch_size))
    return lambda n: trainer.sample(n).detach()


def update(move: torch.optim.Optimizer, loss: Tensor) -> None:
    move.zero_grad()
    loss.backward()
    move.step()


def sampler(net: nn.Module, code: int) -> Sampler:
    """n -> samples of a net that is fed normal latents."""

    def sample(n: int) -> Tensor:
        with torch.no_grad():
            return net(torch.randn(n, code))

    return sample
