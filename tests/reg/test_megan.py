import torch

from mcgan.arch.mlp import MLP
from mcgan.config.build import build
from mcgan.gan.strategy import Strategy
from mcgan.objective import NonSaturating
from mcgan.reg.mixture import GeneratorMixture
from small import game, moment, node, real

NETS = MLP(latent=4, width=8)


def made_of(**settings):
    gate = build(node("megan", generators=3, **settings), Strategy, "reg.megan")
    assert isinstance(gate, GeneratorMixture)
    return game(gate, arch=NETS, objective=NonSaturating()), gate


def test_the_gate_has_the_games_loss_to_go_by():
    """With no entropy term, and D's verdict alone, its weights still get a gradient."""
    made, gate = made_of(entropy=0.0)
    loss, report = made.play("G", real(made), moment(made, progress=1.0))
    assert torch.autograd.grad(loss, gate.logits)[0].abs().min() > 0
    torch.testing.assert_close(loss, made.objective.g_loss(
        None, made.D(report.fake.x).score).mean())


def test_it_moves_towards_the_generator_that_d_likes():
    """Generators that each make one point; D's score is the point's first coordinate."""
    made, gate = made_of(entropy=0.0)
    for weight in made.G.parameters():
        weight.data.zero_()
    *_, bias = (p for p in made.G.parameters() if p.shape == (3, 3))  # (K, coordinates)
    bias.data[:, 0] = torch.tensor([-1.0, 0.0, 1.0])
    slopes = torch.zeros(3)
    for seed in range(200):
        loss = -made.generate(moment(made, seed=seed)).x[:, 0].mean()
        slopes += torch.autograd.grad(loss, gate.logits)[0]
    assert slopes[2] < 0 < slopes[0]  # a step down the slope favours the third


def test_it_tells_generators_apart_by_nothing_else():
    made, _ = made_of()
    assert not [name for name, _ in made.D.named_parameters() if "guess" in name]
    names = [name for name, _ in made.named_parameters() if name.startswith("reg.")]
    assert names == ["reg.generatormixture.logits"]
