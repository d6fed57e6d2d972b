import pytest
import torch

from mcgan.objective import NonSaturating
from mcgan.reg.ewc import EWC
from mcgan.reg.gman import GMAN
from mcgan.types import Report
from small import d_turn, game, moment, real, run, sample, trainer

EVERY_TWO = {"ewc": {"every": 0.1, "decay": 0.5, "weight": 3.0}}  # of 20 steps


def test_it_is_the_weighted_squared_distance_from_the_anchor():
    made = game(ewc := EWC(weight=3.0))
    expected = torch.zeros(())
    for number, name in enumerate(ewc.anchor.buffers):
        held = {
            kind: ewc.get_buffer(f"{kind}__{name}".replace(".", "__"))
            for kind in ("anchor", "fisher")
        }
        held["anchor"].add_(0.5)
        held["fisher"].add_(number + 1)
        expected = expected + 3.0 * 0.25 * (number + 1) * held["anchor"].numel()
    _, report = made.play("D", real(made), moment(made))
    torch.testing.assert_close(report.scalars["ewc"], expected)
    assert ewc.d_term(d_turn(made).before(made.D)) is None
    assert "ewc" not in made.play("G", real(made), moment(made))[1].scalars


def test_before_the_first_anchor_nothing_is_held():
    made = trainer("ewc", **EVERY_TWO)
    seen = [scalars["ewc"].item() for player, scalars in run(made, 8) if player == "D"]
    assert seen[:3] == [0.0, 0.0, 0.0]  # the third is at the anchor itself
    assert all(term > 0 for term in (seen[3], seen[5], seen[7]))


@pytest.mark.parametrize("replicas", [1, 2])
def test_importances_are_mean_squared_gradients_that_fade_from_anchor_to_anchor(replicas):
    made = trainer("ewc", replicas=replicas, dtype=torch.float64, **EVERY_TWO)
    chain, seen = made.game.chain, []
    after = chain.after

    def noted(player, tensors, report, grads):
        if player == "D":
            seen.append({name: g.clone() for name, g in grads.items()})
        return after(player, tensors, report, grads)

    if replicas == 1:
        chain.after = noted
        run(made, 4)
        for name in made.replicas.owned["D"]:
            own = "reg.ewc." + f"fisher__{name}".replace(".", "__")
            squares = [8 * g[name] ** 2 for g in seen]  # of batches of 8
            first, second = (squares[0] + squares[1]) / 2, (squares[2] + squares[3]) / 2
            torch.testing.assert_close(made.replicas.tensors[own], 0.5 * first + second)
    else:
        run(made, 4)
    for name in made.replicas.owned["D"]:
        anchor = made.replicas.replica(0)["reg.ewc." + f"anchor__{name}".replace(".", "__")]
        assert torch.equal(anchor, made.replicas.replica(0)[name])
    assert (made.replicas.tensors["reg.ewc.count"] == 0).all()


@pytest.mark.parametrize("batch", [16, 256])
def test_importances_are_those_of_single_examples_whatever_the_batch(batch):
    """Fisher's diagonal is the mean square of gradients of single examples.

    A critic w x + b that knows nothing: the gradient of an example is (f - r) / 2, its mean is 0.
    """
    made = game(ewc := EWC(), batch=batch, objective=NonSaturating()).double()
    made.D.head.weight.data.zero_()
    made.D.head.bias.data.zero_()
    key, name = ewc.key("squares__D__head__weight"), "D.head.weight"
    total, tensors = torch.zeros(3).double(), made.tensors()
    for seed in range(400):
        x, y = (
            torch.randn(batch, 3, generator=torch.Generator().manual_seed(2 * seed + side))
            for side in (0, 1)
        )
        turn = made.turn(x.double(), sample(y.double()), moment(made))
        grads = torch.autograd.grad(turn.d_losses().mean(), list(made.D.parameters()))
        by_name = dict(zip(ewc.anchor.buffers, grads, strict=True))
        report = Report({}, turn.fake, turn.moment, {"real": turn.on_real.score.detach()})
        total += ewc.after("D", tensors, report, by_name)[key].flatten()
    expected = torch.full((3,), 0.5).double()  # of (f - r) / 2, f and r of variance 1
    torch.testing.assert_close(total / 400, expected, atol=0, rtol=0.25)
    assert ewc.anchor.buffers.keys() >= {name}


def test_all_that_the_critic_trains_is_held():
    made = game(GMAN(critics=2), ewc := EWC())
    assert list(ewc.anchor.buffers) == made.owned("D")
    assert any(name.startswith("reg.gman.more") for name in ewc.anchor.buffers)
    assert ewc.after("G", made.tensors(), Report({}, made.example(), moment(made)), {}) == {}


def test_settings_out_of_range_are_refused():
    for settings, sentence in (
        ({"weight": -1.0}, "weight must be at least 0"),
        ({"every": 0.0}, "every must be above 0 and at most 1"),
        ({"decay": 1.5}, "decay must be at least 0 and at most 1"),
    ):
        with pytest.raises(ValueError, match=sentence):
            EWC(**settings)
