from dataclasses import dataclass

import pytest
import torch
from torch import nn

from mcgan.arch.mlp import MLP
from mcgan.gan.autodiff import Classic, Functional
from mcgan.gan.chain import Chain
from mcgan.gan.compatibility import claim_gradient_penalty
from mcgan.gan.networks import Critic
from mcgan.gan.sampling import sampler
from mcgan.gan.strategy import Strategy
from mcgan.objective import RelativisticPairing, Wasserstein
from mcgan.types import CriticOutput, Draw, Report
from small import Straight, d_turn, game, moment, real

NETS = MLP(latent=4, width=8)


@dataclass(eq=False, repr=False)
class Plus(Strategy):
    """Adds to whatever the chosen hook folds, and notes in which turns it was asked."""

    hook: str = "view"
    by: float = 1.0

    def __post_init__(self) -> None:
        super().__post_init__()
        self.asked: list[str] = []

    def _add(self, hook: str, value):
        self.asked += [hook] if hook == self.hook else []
        return value + self.by if hook == self.hook else value

    def latent(self, sample, moment):
        return sample._replace(z=self._add("latent", sample.z))

    def fakes(self, sample, moment):
        return sample._replace(x=self._add("fakes", sample.x))

    def view(self, sample, moment):
        return sample._replace(x=self._add("view", sample.x))

    def opponent(self, critic, turn):
        return lambda x: critic(x)._replace(score=self._add("opponent", critic(x).score))

    def weigh(self, losses, turn):
        return self._add("weigh", losses)

    def sampler(self, sample, game):
        def shifted(*given):
            drawn = sample(*given)
            return drawn._replace(x=self._add("sampler", drawn.x))

        return shifted


class Times(Plus):
    def _add(self, hook, value):
        return value * self.by if hook == self.hook else value


def means(act: str, *strategies: Strategy) -> dict[str, torch.Tensor]:
    made = game(*strategies, objective=Wasserstein())
    with torch.no_grad():
        _, report = made.play(act, real(made), moment(made))
    return report.scalars | {
        "shown": sampler(made)(made.tensors(), 5, torch.Generator().manual_seed(0)).x
    }


def test_hooks_fold_in_the_order_given():
    plain = means("G")["loss"]
    first, second = Plus("weigh", 1.0), Times("weigh", 3.0)
    torch.testing.assert_close(means("G", first, second)["loss"], 3 * (plain + 1))
    torch.testing.assert_close(means("G", second, first)["loss"], 3 * plain + 1)


def test_who_asks_which_hook():
    for hook, turns in (
        ("latent", "DG"),
        ("fakes", "D"),
        ("view", "DDGG"),
        ("opponent", "G"),
        ("weigh", "G"),
    ):
        probe = Plus(hook)
        made = game(probe, objective=RelativisticPairing(), arch=NETS)
        asked = ""
        for act in "DG":
            before = len(probe.asked)
            made.play(act, real(made), moment(made))
            asked += act * min(len(probe.asked) - before, turns.count(act))
            assert (len(probe.asked) > before) == (act in turns), hook
        assert asked == turns


def test_a_view_is_of_both_batches_and_fakes_of_the_critics_turn_alone():
    slope = game(Plus("view"), objective=Wasserstein()).D.head.weight.sum()  # of adding 1 to x
    plain, viewed, faked = means("D"), means("D", Plus("view")), means("D", Plus("fakes"))
    torch.testing.assert_close(viewed["score_real"], plain["score_real"] + slope)
    torch.testing.assert_close(viewed["score_fake"], plain["score_fake"] + slope)
    torch.testing.assert_close(faked["score_real"], plain["score_real"])
    torch.testing.assert_close(faked["score_fake"], plain["score_fake"] + slope)
    torch.testing.assert_close(means("G", Plus("fakes"))["loss"], means("G")["loss"])


def test_a_sampler_and_a_latent_show_in_samples():
    plain = means("G")["shown"]
    torch.testing.assert_close(means("G", Plus("sampler"))["shown"], plain + 1)
    assert (means("G", Plus("latent"))["shown"] - plain).abs().min() > 0


class Term(Strategy):
    def d_term(self, turn):
        return turn.on_fake.score.mean() * 2

    def g_term(self, turn):
        return None


class Other(Strategy):
    def d_term(self, turn):
        return turn.on_real.score.mean()


def test_terms_add_up_under_their_strategies_names():
    made = game(Term(), Other(), objective=Wasserstein())
    loss, report = made.play("D", real(made), moment(made))
    r, f = report.scalars["score_real"], report.scalars["score_fake"]
    torch.testing.assert_close(report.scalars["term"], 2 * f)
    torch.testing.assert_close(report.scalars["other"], r)
    torch.testing.assert_close(report.scalars["loss"], f - r)
    torch.testing.assert_close(loss, f - r + 2 * f + r)
    assert made.play("G", real(made), moment(made))[1].scalars.keys() == {"loss"}


class Doubles(Strategy):
    def after(self, player, tensors, report, grads):
        return {"w": tensors["w"] * 2}


class Adds(Strategy):
    def after(self, player, tensors, report, grads):
        return {"w": tensors["w"] + 1}


def test_after_a_later_strategy_sees_an_earlier_ones_values():
    report, start = Report({}, None, None), {"w": torch.tensor(5.0)}
    assert Chain({"a": Doubles(), "b": Adds()}, 2).after("D", start, report, {})["w"] == 11
    assert Chain({"a": Adds(), "b": Doubles()}, 2).after("D", start, report, {})["w"] == 12


class Draws(Strategy):
    def noise(self, batch, shape):
        return {"eps": Draw((batch, 1)), "kick": Draw((), "normal")}


def test_random_numbers_are_declared_by_strategy():
    made = game(Draws())
    spec = made.draws(8)
    assert spec.keys() == {"z", "draws.eps", "draws.kick"}
    assert spec["z"] == Draw((8, 2), "normal")
    assert made.chain.strategies[0].get_noise(moment(made), "eps").shape == (8, 1)


def test_verdicts_are_computed_once_and_shared():
    made, asked = game(arch=NETS), []
    made.D.register_forward_hook(lambda *_: asked.append(1))
    turn = d_turn(made)
    assert turn.on_real is turn.on_real
    turn.input_gradient("fake")
    assert turn.on_fake is turn.on_fake and turn.on_fake.score.shape == (8,)
    assert len(asked) == 2


@pytest.mark.parametrize("autodiff", [Classic(), Functional()], ids=["classic", "functional"])
def test_a_slope_is_that_of_the_summed_scores_cross_terms_included(autodiff):
    made = game(arch=NETS)
    made.autodiff = autodiff
    turn, net = d_turn(made), made.D

    def against_the_mean(x):
        verdict = net(x)
        return verdict._replace(score=verdict.score * verdict.score.mean())

    turn = turn.against(against_the_mean)
    x = real(made).requires_grad_()
    expected = torch.autograd.grad(against_the_mean(x).score.sum(), x)[0]
    found, verdict = turn.input_gradient_at(real(made))
    torch.testing.assert_close(found, expected)
    torch.testing.assert_close(verdict.score, against_the_mean(x).score)


def test_real_data_has_no_origin_and_no_latent():
    turn = d_turn(game())
    assert (turn.real.origin == -1).all() and (turn.real.z == 0).all()
    assert turn.real.origin.dtype == turn.fake.origin.dtype == torch.int64


def test_a_turns_critic_is_given_once():
    with pytest.raises(AttributeError):
        d_turn(game()).critic = Critic(nn.Flatten(), 3)


@pytest.mark.parametrize("main", [True, False])
def test_a_turn_against_another_critic_has_computed_nothing(main):
    made = game()
    turn = d_turn(made) if main else d_turn(made).before(made.D)
    first, slope = turn.on_fake.score, turn.input_gradient("real")
    other = turn.against(Critic(nn.Flatten(), 3))
    assert other.main is main and other.fake is turn.fake and not other.outputs
    assert not torch.equal(other.on_fake.score, first)
    assert not torch.equal(other.input_gradient("real"), slope)
    assert torch.equal(turn.on_fake.score, first)


class Asking(Strategy):
    """Asks the turn for its output before it puts another critic in D's place."""

    def opponent(self, critic, turn):
        assert turn.on_fake.score.shape == (8,)
        return lambda x: critic(x)._replace(score=critic(x).score + 5.0)


def test_an_opponent_that_asked_the_turn_is_still_the_one_that_g_plays_against():
    plain = means("G")["loss"]
    torch.testing.assert_close(means("G", Asking())["loss"], plain - 5.0)


def test_a_critic_is_trunk_neck_and_head():
    critic = Critic(nn.Flatten(), 3).extend(nn.Linear(3, 2), 2)
    x = torch.randn(4, 3)
    verdict = critic(x)
    assert isinstance(verdict, CriticOutput)
    torch.testing.assert_close(verdict.features, x)
    seen = torch.cat([x, critic.neck[0](x)], dim=1)
    torch.testing.assert_close(verdict.score, critic.head(seen).squeeze(1))


def test_the_players_own_all_parameters_between_them():
    made = game(arch=NETS)
    names = [name for name, _ in made.named_parameters()]
    assert sorted(made.owned("D") + made.owned("G")) == sorted(names)
    assert made.tensors().keys() == made.state_dict().keys()


@pytest.mark.parametrize("n", [1, 7, 8, 100])
def test_a_sampler_draws_as_many_as_asked(n):
    made = game(arch=NETS)
    drawn = [sampler(made)(made.tensors(), n, torch.Generator().manual_seed(3)) for _ in range(2)]
    assert drawn[0].x.shape == (n, 3) and drawn[0].origin.shape == (n,)
    assert torch.equal(drawn[0].x, drawn[1].x)
    assert not drawn[0].x.requires_grad


class Refuses(Strategy):
    def setup(self, game, data):
        raise ValueError("needs more: give it more")


class Penalises(Strategy):
    def setup(self, game, data):
        claim_gradient_penalty(game, self)


class Normed(Straight):
    def trunk(self, shape):
        return nn.BatchNorm1d(3, track_running_stats=False), 3


def test_a_refusal_names_the_strategy():
    with pytest.raises(ValueError, match=r"reg\.refuses: needs more: give it more"):
        game(Refuses())


def test_batch_norm_and_a_penalty_per_example_are_refused():
    with pytest.raises(ValueError, match=r"reg\.penalises: does not go with batch norm.* choose"):
        game(Penalises(), arch=Normed())
    assert not game(Penalises()).notes()


def test_batch_norm_and_a_relativistic_loss_are_refused():
    with pytest.raises(ValueError, match=r"objective: .* batch norm .*choose another norm"):
        game(arch=Normed(), objective=RelativisticPairing())


def test_a_relativistic_loss_without_penalties_is_noted():
    (note,) = game(objective=RelativisticPairing()).notes()
    assert "does not converge" in note
    assert not game(Penalises(), objective=RelativisticPairing()).notes()
