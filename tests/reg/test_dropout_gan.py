import torch

from mcgan.types import Moment
from small import run, trainer

D = {"dropout_gan": {"critics": 3}}


def losses(made, keep: torch.Tensor) -> torch.Tensor:
    game, (x, noise) = made.game, made.draws(0, 1)
    drawn = Moment(noise | {"dropout_gan.keep": keep}, torch.zeros(()))
    return game.play("G", x, drawn)[1].scalars["loss"]


def test_the_generator_hears_the_plain_mean_of_those_that_are_left():
    made = trainer("dropout_gan", **D)
    each = [losses(made, torch.eye(3)[k]) for k in range(3)]
    assert len({round(loss.item(), 6) for loss in each}) == 3
    pair = losses(made, torch.tensor([0.1, 0.6, 0.9]))
    torch.testing.assert_close(pair, (each[1] + each[2]) / 2)


def test_where_all_would_be_dropped_the_last_to_go_stays():
    made = trainer("dropout_gan", **D)
    only = losses(made, torch.tensor([0.0, 1.0, 0.0]))
    torch.testing.assert_close(losses(made, torch.tensor([0.1, 0.4, 0.3])), only)


def test_dropped_or_not_every_critic_learns():
    made = trainer("dropout_gan", **D)
    replicas = made.replicas
    before = {name: replicas.tensors[name].detach().clone() for name in replicas.owned["D"]}
    run(made, 1)
    assert all(not torch.equal(replicas.tensors[name], old) for name, old in before.items())
