from functools import partial

import pytest
import torch

from mcgan.arch.dcgan import DCGAN
from mcgan.gan.sampling import sampler
from mcgan.objective import Hinge, NonSaturating, RelativisticPairing
from mcgan.reg.bourgan import BourGAN
from mcgan.reg.deligan import DeLiGAN
from mcgan.reg.discrete_latent import DiscreteLatent
from mcgan.reg.ema import EMA
from mcgan.reg.gradient_norm import GradientNorm
from mcgan.reg.langevin import Langevin
from mcgan.reg.metropolis import Metropolis
from mcgan.reg.particles import Particles
from mcgan.reg.rejection import Rejection
from small import game

PULL = torch.tensor([1.5, -0.5])
N = 6000


def drawn(steps: int, eps: float):
    """Where the latents end for f(G(z)) = PULL z: with the normal prior the law is N(PULL, 1)."""
    made = game(Langevin(steps=steps, eps=eps), objective=NonSaturating(), shape=(2,))
    tensors = {name: t.detach().clone() for name, t in made.tensors().items()}
    tensors["G.net.0.weight"], tensors["G.net.0.bias"] = torch.eye(2), torch.zeros(2)
    tensors["D.head.weight"] = PULL.unsqueeze(0)
    before = {name: t.clone() for name, t in tensors.items()}
    found = sampler(made)(tensors, N, torch.Generator().manual_seed(0))
    assert all(torch.equal(t, before[name]) for name, t in tensors.items())
    torch.testing.assert_close(found.x, found.z)
    assert not found.x.requires_grad
    return found.z


@pytest.mark.parametrize("steps, eps", [(1, 0.5), (3, 0.2), (60, 0.2)])
def test_each_step_is_the_papers(steps, eps):
    """z is a normal recursion: z <- (1 - eps/2) z + eps/2 PULL + sqrt(eps) n."""
    z, keep = drawn(steps, eps), 1 - eps / 2
    mean, variance = torch.zeros(2), 1.0
    for _ in range(steps):
        mean, variance = keep * mean + eps / 2 * PULL, keep**2 * variance + eps
    torch.testing.assert_close(z.mean(0), mean, atol=0.05, rtol=0)
    torch.testing.assert_close(z.var(0), torch.full((2,), variance), atol=0, rtol=0.07)
    assert torch.corrcoef(z.T)[0, 1].abs() < 0.05


def test_after_many_it_is_the_prior_times_the_ratio():
    z = drawn(80, 0.1)  # but for the steps' own error, a variance of 1 / (1 - eps/4)
    torch.testing.assert_close(z.mean(0), PULL, atol=0.08, rtol=0)
    torch.testing.assert_close(z.var(0), torch.full((2,), 1 / (1 - 0.025)), atol=0, rtol=0.07)


def test_no_steps_are_the_samples_of_the_generator():
    plain, none = game(), game(Langevin(steps=0))
    assert torch.equal(
        *(
            sampler(made)(made.tensors(), 20, torch.Generator().manual_seed(0)).x
            for made in (plain, none)
        )
    )


def test_it_moves_latents_under_the_weights_that_others_draw_with():
    with pytest.raises(ValueError, match="put it first"):
        game(EMA(), Langevin())
    made = game(Langevin(steps=3), EMA())
    assert sampler(made)(made.tensors(), 5, torch.Generator()).x.shape == (5, 3)


def test_it_asks_for_a_score_that_is_a_log_ratio_and_for_latents_on_their_own():
    with pytest.raises(ValueError, match="choose objective=non_saturating"):
        game(Langevin(), objective=Hinge())
    with pytest.raises(ValueError, match="choose objective=non_saturating"):
        game(Langevin(), GradientNorm(), objective=Hinge())
    with pytest.raises(ValueError, match="choose another norm for it"):
        game(Langevin(), arch=DCGAN(width=4, norm="batch"), shape=(3, 28, 28))


@pytest.mark.parametrize("objective", [NonSaturating, RelativisticPairing])
@pytest.mark.parametrize(
    "reader", [Langevin, partial(Metropolis, burn_in=16), partial(Rejection, burn_in=16)]
)
def test_of_a_normalised_critic_it_reads_the_logit_of_its_probability(reader, objective):
    """The score f^ within (-1, 1) is no log ratio; log D / (1 - D) of D = (f^ + 1) / 2 is one."""
    made = game(reader(), GradientNorm(), objective=objective())
    x = 10 * made.example().x
    f, norm = made.D.wrapped(x).score, made.D.head.weight.norm()
    normalised = f / (norm + f.abs())
    torch.testing.assert_close(made.D(x).score, torch.logit((normalised + 1) / 2))


@pytest.mark.parametrize("latents", [partial(BourGAN, points=16), partial(Particles, spread=0.0)])
@pytest.mark.parametrize("first", [True, False])
def test_latents_that_are_not_made_of_the_noise_are_refused(latents, first):
    chain = [Langevin(), latents()]
    with pytest.raises(ValueError, match=r"reg.langevin: moves the noise .*: use one of the two"):
        game(*(chain if first else chain[::-1]))


@pytest.mark.parametrize("latents", [DeLiGAN, Particles, DiscreteLatent])
def test_latents_that_are_made_of_the_noise_move(latents):
    made = game(Langevin(steps=2), latents())
    assert sampler(made)(made.tensors(), 5, torch.Generator()).x.shape == (5, 3)


@pytest.mark.parametrize("settings", [{"steps": -1}, {"eps": 0.0}, {"eps": 4.0}])
def test_settings_out_of_range_are_refused(settings):
    with pytest.raises(ValueError, match=f"{next(iter(settings))} must be"):
        Langevin(**settings)
