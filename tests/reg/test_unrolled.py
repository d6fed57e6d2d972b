import pytest
import torch
from torch.func import functional_call

from mcgan.arch.mlp import MLP
from mcgan.objective import NonSaturating, Wasserstein
from mcgan.reg.unrolled import Unrolled
from small import game, moment, real

BOTH = pytest.mark.parametrize("through", [True, False])


def slopes_of_g(made) -> list[torch.Tensor]:
    loss, _ = made.play("G", real(made), moment(made))
    return list(torch.autograd.grad(loss, list(made.G.parameters())))


def by_hand(made, k: int, lr: float, through: bool) -> list[torch.Tensor]:
    """Metz et al., eq. 7 to 10, written out for the non-saturating game."""
    x, y = real(made), made.G(moment(made).noise["z"], None)
    critic = {name: p.detach().requires_grad_() for name, p in made.D.named_parameters()}
    for _ in range(k):
        r, f = (functional_call(made.D, critic, (batch,)).score for batch in (x, y))
        loss = -(r.sigmoid().log() + (1 - f.sigmoid()).log()).mean()
        slopes = torch.autograd.grad(loss, list(critic.values()), create_graph=through,
                                     retain_graph=True)
        moved = zip(critic.items(), slopes, strict=True)
        critic = {name: p - lr * slope for (name, p), slope in moved}
    loss = -functional_call(made.D, critic, (y,)).score.sigmoid().log().mean()
    return list(torch.autograd.grad(loss, list(made.G.parameters())))


@BOTH
def test_its_gradient_is_that_of_the_unrolled_game_written_out(through):
    arch = MLP(latent=4, width=8)
    made = game(Unrolled(k=3, lr=0.5, through_updates=through), arch=arch,
                objective=NonSaturating()).double()
    torch.testing.assert_close(slopes_of_g(made), by_hand(made, 3, 0.5, through))


def test_the_gradient_through_the_updates_is_another_than_that_of_a_look_ahead():
    made = [game(Unrolled(k=3, lr=0.5, through_updates=through), arch=MLP(latent=4, width=8),
                 objective=NonSaturating()) for through in (True, False)]
    through, ahead = (torch.cat([s.flatten() for s in slopes_of_g(each)]) for each in made)
    assert (through - ahead).norm() > 0.1 * ahead.norm()


@BOTH
def test_before_a_linear_critic_the_second_term_is_the_generators_own_effect(through):
    """D(x) = w x moves to w' = w - lr (mean y - mean x); G's loss is -w' mean y."""
    made = game(Unrolled(k=1, lr=0.25, through_updates=through), objective=Wasserstein())
    y = made.G(moment(made).noise["z"], None).mean(0)
    moved = made.D.head.weight[0] - 0.25 * (y - real(made).mean(0))
    expected = -moved + (0.25 * y if through else 0)
    torch.testing.assert_close(slopes_of_g(made)[1], expected)  # of the bias: of mean y


def test_the_critics_own_turn_is_as_ever():
    losses = [game(*each).play("D", real(game()), moment(game()))[0] for each in ([], [Unrolled()])]
    assert torch.equal(*losses)


def test_a_look_ahead_leaves_the_critic_where_it_is():
    made = game(Unrolled(k=2))
    before = {name: p.detach().clone() for name, p in made.named_parameters()}
    slopes_of_g(made)
    assert all(torch.equal(p, before[name]) for name, p in made.named_parameters())


@pytest.mark.parametrize("settings", [{"k": -1}, {"lr": 0.0}])
def test_settings_out_of_range_are_refused(settings):
    with pytest.raises(ValueError, match=f"{next(iter(settings))} must be"):
        Unrolled(**settings)
