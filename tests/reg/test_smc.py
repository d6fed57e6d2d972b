import pytest
import torch
from scipy.stats import chisquare, kstest

from mcgan.arch.dcgan import DCGAN
from mcgan.gan.sampling import sampler
from mcgan.objective import Hinge, NonSaturating
from mcgan.reg.bourgan import BourGAN
from mcgan.reg.ema import EMA
from mcgan.reg.haze import Haze
from mcgan.reg.minibatch import Minibatch
from mcgan.reg.mixture import GeneratorMixture
from mcgan.reg.smc import SMC
from mcgan.types import Tensors
from small import game

PULL = torch.tensor([3.0, -1.5])
N = 4096
EXACT = {"calibrate": False, "burn_in": 16}


def drawn(made, *, scale: float = 1.0, **given: torch.Tensor):
    """Samples where G(z) = scale z and the log ratio is PULL x, by the game's own strategies."""
    tensors: Tensors = {name: t.detach().clone() for name, t in made.tensors().items()}
    tensors["G.net.0.weight"], tensors["G.net.0.bias"] = scale * torch.eye(2), torch.zeros(2)
    tensors["D.head.weight"] = PULL.unsqueeze(0)
    found = sampler(made)(tensors | given, N, torch.Generator().manual_seed(0))
    assert not found.x.requires_grad
    return found


def test_its_law_is_the_generators_times_the_ratio():
    """N(0, 1) times e^(PULL x) is N(PULL, 1), three of its stds away."""
    found = drawn(game(SMC(**EXACT), objective=NonSaturating(), shape=(2,)))
    torch.testing.assert_close(found.x, found.z)
    for x, centre in zip(found.x.T, PULL, strict=True):
        assert kstest(x - centre, "norm").pvalue > 1e-3
    assert found.x.unique(dim=0).shape[0] > 0.99 * N  # moved away from each other


def test_it_moves_the_noise_that_samples_keep():
    """G is 0 and the haze N(0, s^2): its law times e^(PULL x) is N(s^2 PULL, s^2)."""
    made = game(SMC(**EXACT), Haze(std=0.5), objective=NonSaturating(), shape=(2,))
    found = drawn(made, scale=0.0, **{"reg.haze.spread": torch.tensor(1.0)})
    for x, centre in zip(found.x.T, 0.25 * PULL, strict=True):
        assert kstest((x - centre) / 0.5, "norm").pvalue > 1e-3


def test_what_no_move_changes_is_drawn_by_its_weight():
    """Two generators that make a point each, 0 and 0.5, with e^(PULL x) 1 and e^1.5."""
    made = game(SMC(**EXACT), GeneratorMixture(generators=2), objective=NonSaturating(), shape=(1,))
    tensors = {name: t.detach().clone() for name, t in made.tensors().items()}
    ends = {name: t.shape for name, t in tensors.items() if name.startswith("G.")}
    for name in ends:
        tensors[name] = torch.zeros(ends[name])
    bias = next(name for name in ends if name.endswith("bias"))
    tensors[bias] = torch.tensor([0.0, 0.5]).reshape(ends[bias])
    tensors["D.head.weight"] = torch.tensor([[3.0]])
    found = sampler(made)(tensors, N, torch.Generator().manual_seed(0))
    law = torch.tensor([0.0, 1.5], dtype=torch.float64).softmax(0)
    counts = found.origin.bincount(minlength=2).numpy()
    assert chisquare(counts, N * law.numpy()).pvalue > 1e-3


def test_a_critic_that_boasts_is_calibrated():
    """Real and fake are alike, so that the slope of the score is 0 and nothing is moved."""
    made = game(SMC(moves=0, burn_in=512), objective=NonSaturating(), shape=(2,))
    alike = torch.randn(512, 2, generator=torch.Generator().manual_seed(1))
    found = drawn(made, **{"reg.smc.real": alike})
    assert found.x.mean(0).abs().max() < 0.15 and found.x.unique(dim=0).shape[0] > 0.8 * N


def test_it_asks_for_a_log_ratio_and_for_numbers_on_their_own():
    with pytest.raises(ValueError, match="choose objective=non_saturating"):
        game(SMC(), objective=Hinge())
    with pytest.raises(ValueError, match="this critic judges batches: drop one"):
        game(SMC(), Minibatch())
    with pytest.raises(ValueError, match="choose another norm for it"):
        game(SMC(), arch=DCGAN(width=4, norm="batch"), shape=(3, 28, 28))
    with pytest.raises(ValueError, match="put it first"):
        game(EMA(), SMC())
    with pytest.raises(ValueError, match="use one of the two"):
        game(SMC(), BourGAN(points=16))


def test_it_draws_more_than_are_asked_for_and_as_many_as_that():
    sizes = []
    for asked in (3, 50):
        made = game(SMC(population=20, moves=1, burn_in=16), objective=NonSaturating())
        found = sampler(made)(made.tensors(), asked, torch.Generator().manual_seed(0))
        sizes.append(len(found.x))
    assert sizes == [3, 50]


@pytest.mark.parametrize(
    "settings", [{"population": 1}, {"moves": -1}, {"keep": 0.0}, {"keep": 1.0}, {"burn_in": 1}]
)
def test_settings_out_of_range_are_refused(settings):
    with pytest.raises(ValueError, match=f"{next(iter(settings))} must be"):
        SMC(**settings)
