"""Samples of given latents, and the paths between latents."""

import math

import pytest
import torch
from torch.func import functional_call

from mcgan.errors import UserError
from mcgan.gan.given_latents import GivenLatents, interpolate
from mcgan.gan.strategy import Strategy
from small import game, parts

Z = torch.randn(5, 4, generator=torch.Generator().manual_seed(1))


def show(made, z, rows=None):
    rows = torch.arange(len(z)) if rows is None else rows
    given = GivenLatents(made, z, rows)
    seen = made.chain.sampler(given, made)(made.tensors(), len(z), torch.Generator())
    given.check_used()
    return seen


def test_a_sample_is_what_the_generator_makes_of_its_latent():
    made = parts().game(0)
    torch.testing.assert_close(show(made, Z).x, made.G(Z, torch.zeros(5).long()).detach())


def test_the_average_of_the_weights_shows_them_too():
    made = parts("ema").game(0)
    tensors = {name: t + 1 if "average" in name else t for name, t in made.tensors().items()}
    given = GivenLatents(made, Z, torch.arange(5))
    seen = made.chain.sampler(given, made)(tensors, 5, torch.Generator())
    averaged = {name: t + 1 for name, t in made.named_parameters() if name.startswith("G.")}
    wanted = functional_call(
        made, {**made.tensors(), **averaged}, (lambda m: m.G(Z, torch.zeros(5).long()),)
    )
    torch.testing.assert_close(seen.x, wanted.detach(), check_stride=False)


@pytest.mark.parametrize("strategy", ["rejection", "metropolis", "langevin"])
def test_who_chooses_latents_takes_none(strategy):
    made = parts(strategy, objective="minimax").game(0)
    assert made.chain.having(Strategy.sampler)
    with pytest.raises(UserError, match="leave out the latents"):
        show(made, Z)


def test_samples_of_a_path_share_all_other_noise():
    made = parts("madgan").game(0)
    rows = torch.arange(30).repeat_interleave(4)
    origin = show(made, Z[:1].expand(120, 4), rows).origin.reshape(30, 4)
    assert (origin == origin[:, :1]).all() and origin.unique().numel() > 1


def test_a_generator_with_batch_norm_is_shown_full_batches():
    made = parts(words=("arch.norm=batch",)).game(0)
    sizes = []
    made.G.register_forward_hook(lambda module, given, out: sizes.append(len(out)))
    assert show(made, Z.repeat(2, 1)).x.shape == (10, 2) and sizes == [8, 8]


def test_a_path_begins_and_ends_at_its_latents_and_stays_as_long():
    paths = interpolate(Z, 7)
    assert paths.shape == (4, 7, 4)
    torch.testing.assert_close(paths[:, 0], Z[:-1])
    torch.testing.assert_close(paths[:, -1], Z[1:])
    ends = Z.norm(dim=1)
    assert (paths.norm(dim=2)[:, 3] > 0.99 * (ends[:-1] + ends[1:]) / 2).all()


def test_a_path_turns_evenly():
    quarter = interpolate(torch.eye(2), 4)[0]
    angles = torch.atan2(quarter[:, 1], quarter[:, 0])
    torch.testing.assert_close(angles, torch.linspace(0, math.pi / 2, 4))


def test_a_path_to_the_same_or_the_opposite_latent_is_finite():
    z = torch.tensor([[1.0, 0], [1, 0], [-1, 0], [0, 0]])
    assert interpolate(z, 5).isfinite().all()


def test_the_latents_are_used_once():
    made = game()
    given = GivenLatents(made, torch.zeros(3, 2), torch.arange(3))
    given(made.tensors(), 3, torch.Generator())
    with pytest.raises(UserError, match="choose among samples"):
        given(made.tensors(), 3, torch.Generator())
    with pytest.raises(UserError, match="choose among samples"):
        GivenLatents(made, torch.zeros(3, 2), torch.arange(3)).check_used()
