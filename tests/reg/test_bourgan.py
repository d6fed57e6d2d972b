import numpy as np
import pytest
import torch

from mcgan.arch.mlp import MLP
from mcgan.gan.chain import Chain
from mcgan.gan.game import Game
from mcgan.objective import Minimax
from mcgan.reg.bourgan import BourGAN, embedding, subsets
from mcgan.reg.discrete_latent import DiscreteLatent
from small import d_turn, game, moment

NETS = MLP(latent=4, width=8)


def test_bourgains_embedding_by_hand():
    x = np.random.default_rng(0).normal(size=(16, 3))
    away = np.linalg.norm(x[:, None] - x[None], axis=2)
    members = subsets(torch.rand(4, 2, 16, generator=torch.Generator().manual_seed(0)))
    assert members.sum(2).tolist() == [[8, 8], [4, 4], [2, 2], [1, 1]]  # a share of 1/2^i
    found = embedding(torch.tensor(away), members)
    for i in range(16):
        nearest = [
            min(away[i, j] for j in range(16) if some[j])
            for tries in members.tolist()
            for some in tries
        ]
        np.testing.assert_allclose(found[i].numpy(), nearest)


def test_no_coordinate_stretches_a_distance():
    """The half of Bourgain's theorem that always holds: |d(x, S) - d(y, S)| <= d(x, y)."""
    x = torch.randn(32, 3, generator=torch.Generator().manual_seed(0))
    away = torch.cdist(x, x)
    e = embedding(away, subsets(torch.rand(5, 5, 32, generator=torch.Generator().manual_seed(1))))
    steps = (e.unsqueeze(0) - e.unsqueeze(1)).abs()
    assert (steps <= away.unsqueeze(2) + 1e-5).all()


def test_latents_lie_about_embedded_examples():
    made = game(each := BourGAN(points=64, spread=0.25), arch=NETS)
    now = moment(made)
    pick = (now.noise["bourgan.pick"] * 64).long()
    assert each.table.shape == (64, 6 * 5) and made.G.net[0][0].in_features == 30
    expected = each.table[pick] + 0.25 * now.noise["bourgan.eps"]
    torch.testing.assert_close(made.generate(now).z, expected)
    torch.testing.assert_close(each.table.mean(0), torch.zeros(30), atol=1e-5, rtol=0)


def test_the_term_asks_for_distances_of_samples_like_those_of_latents():
    made = game(each := BourGAN(points=64, weight=2.0), arch=NETS)
    turn = d_turn(made)
    y, z = turn.fake.x.detach().numpy(), turn.fake.z.numpy()
    expected = np.mean(
        [
            (
                np.log(np.linalg.norm(y[i] - y[i - 1]))
                - np.log(np.exp(each.log_s.item()) * np.linalg.norm(z[i] - z[i - 1]))
            )
            ** 2
            for i in range(8)
        ]
    )
    assert each.g_term(turn).item() == pytest.approx(2 * expected, rel=1e-5)


def test_embedded_data_itself_is_at_the_scale_of_the_data():
    game(each := BourGAN(points=64), arch=NETS)
    data = torch.randn(64, 3, generator=torch.Generator().manual_seed(0))  # as the game drew them
    apart = ~torch.eye(64, dtype=torch.bool)
    ratio = torch.cdist(data, data)[apart] / torch.cdist(each.table, each.table)[apart]
    assert each.log_s.item() == pytest.approx(ratio.log().mean().item(), abs=1e-4)
    assert ratio.log().std() < 0.5  # and nearly so for each pair


def test_noise_asks_for_no_more_than_the_width_of_a_mode():
    """Latents about one point are 2^1/2 spread width^1/2 apart; the term asks for s times that.

    Data: 8 modes on a circle of radius 2^1/2, a hundredth of it wide, as on the ring.
    """
    place = torch.arange(512) % 8 * torch.pi / 4
    noise = torch.randn(512, 2, generator=torch.Generator().manual_seed(0))
    data = 2**0.5 * (torch.stack([place.cos(), place.sin()], 1) + 0.01 * noise)
    each = BourGAN()
    made = Game(NETS, Minimax(), Chain({"bourgan": each}, NETS.latent), (2,), 8, 20)
    made.setup(lambda n: data[:n])
    asked = each.log_s.exp() * each.spread * (2 * each.width) ** 0.5
    same = torch.pdist(data[::8])  # of the first mode
    assert asked < same.mean() < 10 * asked


def test_equal_samples_have_a_finite_term():
    made = game(each := BourGAN(points=64), arch=NETS)
    for weight in made.G.parameters():
        weight.data.zero_()
    assert each.g_term(d_turn(made)).isfinite()


@pytest.mark.parametrize("first", [True, False])
def test_codes_of_others_stay_behind_the_embedding(first):
    chain = [BourGAN(points=64), DiscreteLatent(values=5)]
    made = game(*(chain if first else chain[::-1]), arch=NETS)
    assert torch.equal(made.generate(moment(made)).z[:, 30:].sum(1), torch.ones(8))


def test_refusals():
    for settings, sentence in (
        ({"points": 1}, "points must be at least 2"),
        ({"tries": 0}, "tries must be at least 1"),
        ({"spread": -1}, "spread must be at least 0"),
        ({"weight": -1}, "weight must be at least 0"),
    ):
        with pytest.raises(ValueError, match=sentence):
            BourGAN(**settings)
