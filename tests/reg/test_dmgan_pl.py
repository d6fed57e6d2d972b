import pytest
import torch

from mcgan.arch.mlp import MLP
from mcgan.config.build import build
from mcgan.gan.strategy import Strategy
from mcgan.reg.mixture import GeneratorMixture
from small import d_turn, game, moment, node, real, run, trainer

NETS = MLP(latent=4, width=8)


@pytest.mark.whole
def test_the_prior_settles_at_the_real_mass_that_each_generator_explains():
    mixture = build(node("dmgan_pl", generators=3), Strategy, "reg.dmgan_pl")
    assert isinstance(mixture, GeneratorMixture)
    made, x = game(mixture, arch=NETS), real(game(arch=NETS))
    made.D.guess[-1].weight.data *= 60  # so that explained masses differ
    explained = made.D.guess(made.D(x).features).softmax(1).mean(0)
    for _ in range(300):
        loss, _ = made.play("G", x, moment(made, progress=1.0))  # its entropy term has faded by now
        mixture.logits.data -= 0.2 * torch.autograd.grad(loss, mixture.logits)[0]
    assert explained.max() - explained.min() > 0.1
    torch.testing.assert_close(mixture.weights(), explained.detach(), atol=1e-3, rtol=0)


def test_at_the_start_entropy_holds_it_even():
    made = game(build(node("dmgan_pl"), Strategy, "reg.dmgan_pl"), arch=NETS)
    mixture = made.chain.strategies[0]
    mixture.logits.data[0] = 3.0
    pulls = [
        torch.autograd.grad(
            made.play("G", real(made), moment(made, progress=p))[0], mixture.logits
        )[0][0]
        for p in (0.0, 1.0)
    ]
    assert pulls[0] > pulls[1]  # down, and harder at the start


def test_the_prior_moves_five_times_as_fast_as_a_weight_of_gs():
    """Adam's first move of every parameter is its learning rate, whatever the gradient."""
    made = trainer("dmgan_pl", words=("optim.lr=0.001",), eps=1e-12)
    mixture, tensors = made.game.chain.strategies[0], made.replicas.tensors
    before = mixture._log_weights().detach()
    bias = next(name for name in made.replicas.owned["G"] if name.startswith("G."))
    first = tensors[bias].detach().clone()
    run(made, 1)
    change = mixture._log_weights().detach() - before
    torch.testing.assert_close(change.amax() - change.amin(), torch.tensor(2 * 5 * 0.001))
    assert abs((tensors[bias].detach() - first).abs().max() - 0.001) < 1e-6


def test_the_classifier_leaves_ds_own_weights_alone_and_reaches_g():
    made = game(build(node("dmgan_pl", generators=3), Strategy, "reg.dmgan_pl"), arch=NETS)
    mixture, turn = made.chain.strategies[0], d_turn(made)
    term = mixture.d_term(turn)
    slopes = torch.autograd.grad(term, [*made.D.parameters()], materialize_grads=True)
    moved = {
        name.split(".")[0]
        for (name, _), slope in zip(made.D.named_parameters(), slopes, strict=True)
        if slope.abs().max() > 0
    }
    assert moved == {"guess"}
    turn = made.turn(real(made), made.generate(moment(made)), moment(made))
    (slope,) = torch.autograd.grad(mixture.g_term(turn), next(made.G.parameters()))
    assert slope.abs().max() > 0


def test_a_run_of_before_keeps_its_classifier_and_its_rate():
    """Its config.yaml names neither, and its checkpoint has one linear layer."""
    old = {k: v for k, v in node("dmgan_pl").items() if k not in ("classifier", "rate")}
    made = game(build(old, Strategy, "reg.dmgan_pl"), arch=NETS)
    assert {"D.guess.weight", "D.guess.bias"} <= set(made.owned("D"))
    assert made.chain.strategies[0].rate == 1.0
