import pytest
import torch
from torch.nn.functional import cross_entropy

from mcgan.arch.mlp import MLP
from mcgan.objective import Minimax, NonSaturating
from mcgan.reg.madgan import MADGAN
from mcgan.reg.minibatch import Minibatch
from mcgan.reg.pac import Pac
from small import d_turn, game, moment, real

NETS = MLP(latent=4, width=8)


def logits(made, x: torch.Tensor) -> torch.Tensor:
    """Of the softmax over real and K generators, (B, K + 1)."""
    verdict = made.D.inner(x)
    return torch.cat([verdict.score.unsqueeze(1), made.D.makers(verdict.features)], 1)


@pytest.mark.parametrize("objective", [Minimax(), NonSaturating()])
def test_ds_loss_is_the_cross_entropy_of_one_softmax(objective):
    made = game(MADGAN(generators=3), arch=NETS, objective=objective)
    turn, x, now = d_turn(made), real(made), moment(made)
    classes = torch.cat([torch.zeros(8, dtype=torch.int64), turn.fake.origin + 1])
    asked = logits(made, torch.cat([x, turn.fake.x]))
    loss, _ = made.play("D", x, now)
    assert turn.fake.origin.unique().numel() > 1
    torch.testing.assert_close(loss, 2 * cross_entropy(asked, classes))


@pytest.mark.parametrize("objective", [Minimax(), NonSaturating()])
def test_gs_loss_is_of_the_probability_of_real(objective):
    made = game(MADGAN(generators=3), arch=NETS, objective=objective)
    p = logits(made, d_turn(made).fake.x).softmax(1)[:, 0]
    expected = -p.log() if isinstance(objective, NonSaturating) else (1 - p).log()
    loss, _ = made.play("G", real(made), moment(made))
    torch.testing.assert_close(loss, expected.mean())


def test_d_learns_the_makers_and_g_does_not():
    made = game(MADGAN(generators=3), arch=NETS)
    assert {"D.makers.weight", "D.makers.bias"} <= set(made.owned("D"))
    _, report = made.play("G", real(made), moment(made))
    assert "madgan" not in report.scalars


@pytest.mark.parametrize("first", [True, False])
def test_a_critic_extended_before_or_after_keeps_its_classes(first):
    pair = [MADGAN(generators=3), Minibatch()]
    made = game(*(pair if first else pair[::-1]), arch=NETS)
    verdict = made.D(x := real(made))
    asked = logits(made, x)
    torch.testing.assert_close(verdict.score, asked[:, 0] - asked[:, 1:].logsumexp(1))
    assert made.D.judges_batches and made.D.head.in_features == 8 + 16


def test_refusals():
    for settings, sentence in (
        ({"generators": 0}, "generators must be at least 1"),
        ({"shared": -2}, "shared must be at least -1"),
    ):
        with pytest.raises(ValueError, match=sentence):
            MADGAN(**settings)
    for chain in ((MADGAN(), Pac()), (Pac(), MADGAN())):
        with pytest.raises(ValueError, match="judges packs: use one of the two"):
            game(*chain, arch=NETS)
