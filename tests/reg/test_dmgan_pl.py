import torch

from mcgan.arch.mlp import MLP
from mcgan.config.build import build
from mcgan.gan.strategy import Strategy
from mcgan.reg.mixture import GeneratorMixture
from small import game, moment, node, real

NETS = MLP(latent=4, width=8)


def test_the_prior_settles_at_the_real_mass_that_each_generator_explains():
    mixture = build(node("dmgan_pl", generators=3), Strategy, "reg.dmgan_pl")
    assert isinstance(mixture, GeneratorMixture)
    made, x = game(mixture, arch=NETS), real(game(arch=NETS))
    made.D.guess.weight.data *= 20  # so that explained masses differ
    explained = made.D.guess(made.D(x).features).softmax(1).mean(0)
    for _ in range(300):
        loss, _ = made.play("G", x, moment(made, progress=1.0))  # its entropy term has faded by now
        mixture.logits.data -= torch.autograd.grad(loss, mixture.logits)[0]
    assert explained.max() - explained.min() > 0.1
    torch.testing.assert_close(mixture.weights(), explained.detach(), atol=1e-3, rtol=0)


def test_at_the_start_entropy_holds_it_even():
    made = game(build(node("dmgan_pl"), Strategy, "reg.dmgan_pl"), arch=NETS)
    mixture = made.chain.strategies[0]
    mixture.logits.data[0] = 3.0
    pulls = [torch.autograd.grad(made.play("G", real(made), moment(made, progress=p))[0],
                                 mixture.logits)[0][0] for p in (0.0, 1.0)]
    assert pulls[0] > pulls[1]  # down, and harder at the start
