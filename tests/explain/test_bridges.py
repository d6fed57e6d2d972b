"""A connected generator draws bridges between modes that a mixture can leave out."""

import pytest
import torch

from mcgan.explain._game import parts_of, trainer_of
from mcgan.explain.bridges import ONE, SEVERAL, quality, train_and_draw


def test_one_generator_passes_every_gap():
    """Along a straight way between latents the samples move on without a jump, even in 8 modes."""
    game = trainer_of(parts_of("reg=none", "arch.width=64", "arch.latent=16"), [0]).game
    ends = torch.randn(2, 16, generator=torch.Generator().manual_seed(0))
    way = torch.lerp(ends[0], ends[1], torch.linspace(0, 1, 2001).unsqueeze(1))
    x = game.G(way, torch.zeros(2001, dtype=torch.int64)).detach()
    steps = x.diff(dim=0).norm(dim=1)
    assert steps.max() < 0.01 * (x[0] - x[-1]).norm()


def test_generators_of_a_mixture_jump():
    parts, sample = train_and_draw(SEVERAL, 0, steps=1)
    assert sorted(sample.origin.unique().tolist()) == [*range(8)]
    game = trainer_of(parts, [0]).game
    x = game.G(torch.zeros(8, 16), torch.arange(8)).detach()
    assert torch.pdist(x).min() > 1e-3  # of one latent, eight places


@pytest.mark.slow
def test_a_mixture_leaves_out_the_bridges():
    (one, connected), (several, split) = train_and_draw(ONE, 0), train_and_draw(SEVERAL, 0)
    assert quality(one, connected) < 0.7
    assert quality(several, split) > 0.9
