import pytest
import torch
from torch.func import functional_call

from mcgan.reg.minibatch import Minibatch
from mcgan.reg.snapshots import Snapshots
from small import d_turn, game, moment, run, trainer

FIVE = {"snapshots": {"every": 0.1, "keep": 3}}  # of 20 steps: every 2


def held(made) -> list[torch.Tensor]:
    strategy = made.game.reg["snapshots"]
    name = next(iter(strategy.old.buffers))
    return list(made.replicas.tensors[strategy.key(strategy.old.buffers[name])])


@pytest.mark.parametrize("replicas", [1, 2])
def test_it_holds_the_last_generators_one_at_each_share_of_the_run(replicas):
    made, seen = trainer("snapshots", replicas=replicas, **FIVE), []
    name = "G." + next(iter(made.game.reg["snapshots"].old.buffers))
    for step in range(1, 11):
        run(made, 1)
        if step % 2 == 0:
            seen.append(made.replicas.replica(0)[name].clone())
    own = made.game.reg["snapshots"].old.buffers[name[2:]]
    stack = made.replicas.replica(0)["reg.snapshots." + own]
    assert made.replicas.replica(0)["reg.snapshots.taken"] == 5
    for slot, expected in enumerate([seen[3], seen[4], seen[2]]):  # 5 snapshots in 3 places
        assert torch.equal(stack[slot], expected)


def aged(snapshots: Snapshots, *others, taken: int = 3):
    """A game whose snapshots differ, and each one's fakes of the same latents."""
    made = game(*others, snapshots)
    for number, own in enumerate(snapshots.old.buffers.values()):
        stack = snapshots.get_buffer(own)
        shift = torch.arange(1.0, 1 + len(stack)).reshape(-1, *(1,) * (stack.dim() - 1))
        stack.copy_(stack + shift * (number + 1))
    snapshots.taken += taken
    fresh = made.example()
    olds = []
    for k in range(snapshots.keep):
        weights = {n: snapshots.get_buffer(own)[k] for n, own in snapshots.old.buffers.items()}
        olds.append(functional_call(made.G, weights, (fresh.z, fresh.origin)))
    return made, fresh, olds


def test_each_fake_is_of_an_old_generator_with_the_probability():
    snapshots = Snapshots(keep=3, probability=0.4)
    made, fresh, olds = aged(snapshots)
    of = torch.zeros(4)  # fakes of each snapshot, and fresh ones
    mixed = 0
    for seed in range(60):
        x = snapshots.fakes(fresh, moment(made, seed=seed)).x
        alike = torch.stack([torch.isclose(x, each).all(1) for each in (*olds, fresh.x)])
        assert (alike.sum(0) == 1).all()
        of += alike.sum(1)
        mixed += bool(alike[:3].any(1).sum() > 1)
    share = of / of.sum()
    assert (share[:3] - 0.4 / 3).abs().max() < 0.06 and abs(share[3] - 0.6) < 0.06
    assert mixed > 30  # each old fake has a snapshot of its own


def test_by_default_a_tenth_is_old():
    assert Snapshots().probability == 0.1


@pytest.mark.parametrize(
    "taken, probability, old", [(0, 1.0, False), (1, 1.0, True), (3, 0.0, False)]
)
def test_without_snapshots_or_probability_fakes_are_fresh(taken, probability, old):
    snapshots = Snapshots(keep=3, probability=probability)
    made, fresh, olds = aged(snapshots, taken=taken)
    x = snapshots.fakes(fresh, moment(made)).x
    torch.testing.assert_close(x, olds[0] if old else fresh.x)


def test_a_critic_that_judges_batches_gets_them_whole():
    snapshots = Snapshots(keep=3, probability=0.5)
    made, fresh, olds = aged(snapshots, Minibatch(kernels=2, dims=2))
    kinds = set()
    for seed in range(30):
        x = snapshots.fakes(fresh, moment(made, seed=seed)).x
        old = (x != fresh.x).any(1)
        assert old.all() or not old.any()
        assert not old.any() or any(torch.allclose(x, each) for each in olds)  # all of one
        kinds.add(bool(old.any()))
    assert kinds == {True, False}


def test_old_weights_are_nobodys_parameters():
    made = game(Snapshots(keep=2))
    assert not [n for n, _ in made.named_parameters() if n.startswith("reg.")]
    assert not d_turn(made).fake.x.requires_grad


def test_settings_out_of_range_are_refused():
    for settings, sentence in (
        ({"keep": 0}, "keep must be at least 1"),
        ({"every": 0.0}, "every must be above 0 and at most 1"),
        ({"probability": 2.0}, "probability must be at least 0"),
    ):
        with pytest.raises(ValueError, match=sentence):
            Snapshots(**settings)
