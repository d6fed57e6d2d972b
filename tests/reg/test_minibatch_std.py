import pytest
import torch

from mcgan.arch.dcgan import DCGAN
from mcgan.arch.mlp import MLP
from mcgan.reg.minibatch_std import MinibatchStd, Spread
from small import d_turn, game, real


def features(batch: int = 8) -> torch.Tensor:
    return torch.randn(batch, 5, generator=torch.Generator().manual_seed(1)).double()


@pytest.mark.parametrize("group", [2, 4, 8, 20])
def test_it_is_the_groups_std_averaged_over_features(group):
    f, size = features(), min(group, 8)
    expected = []
    for start in range(0, 8, size):
        members = f[start : start + size].numpy()
        expected += [members.std(axis=0).mean()] * size
    torch.testing.assert_close(Spread(group)(f), torch.tensor(expected).unsqueeze(1))


def test_a_collapsed_group_stands_out_and_its_slope_is_finite():
    f = features()
    f[:4] = f[0]
    f.requires_grad_()
    found = Spread(4)(f)
    assert found[:4].max() < 1e-3 < 0.1 < found[4:].min()
    assert torch.autograd.grad(found.sum(), f)[0].isfinite().all()


def test_the_order_in_a_group_does_not_matter():
    f = features()
    order = torch.tensor([2, 0, 3, 1, 7, 6, 5, 4])
    torch.testing.assert_close(Spread(4)(f[order]), Spread(4)(f))


def test_real_and_fake_are_judged_apart_and_the_head_hears_of_it():
    made = game(MinibatchStd(group=8), arch=MLP(latent=4, width=16))
    turn = d_turn(made)
    assert made.D.head.in_features == 17 and made.D.judges_batches
    alone = made.D(real(made)).score
    torch.testing.assert_close(turn.on_real.score, alone)
    mixed = made.D(torch.cat([turn.real.x[:4], turn.fake.x[:4]])).score[:4]
    assert (mixed - alone[:4]).abs().max() > 1e-5


def test_images():
    made = game(MinibatchStd(), arch=DCGAN(latent=4, width=2, critic_width=2), shape=(1, 8, 8))
    assert made.D(real(made)).score.shape == (8,)


def test_what_does_not_part_into_groups_is_refused():
    for batch in (6, 1):
        words = f"reg.minibatchstd: a batch of {batch} does not part .* take"
        with pytest.raises(ValueError, match=words):
            game(MinibatchStd(group=4), batch=batch)
    with pytest.raises(ValueError, match="group must be at least 2"):
        MinibatchStd(group=1)
    with pytest.raises(ValueError, match="does not go with batch norm in the critic"):
        game(
            MinibatchStd(),
            arch=DCGAN(latent=4, width=2, critic_width=2, critic_norm="batch"),
            shape=(1, 8, 8),
        )
