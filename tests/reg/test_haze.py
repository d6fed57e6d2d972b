import pytest
import torch
from scipy.stats import kstest

from mcgan.gan.sampling import sampler
from mcgan.reg.haze import Haze
from mcgan.types import Moment, Sample
from small import d_turn, game, moment, real

MANY = 20_000
FALLING = {"from": 0.5, "to": 0.1, "until": 0.4}


def ready(spread: float = 2.0) -> Haze:
    """Made ready on data of this std; its noise is for MANY samples of two coordinates."""
    strategy = game(Haze(std=FALLING, until=0.6), shape=(2,)).reg["haze"]
    data = torch.Generator().manual_seed(0)
    strategy.setup(None, lambda n: 3 + spread * torch.randn(n, 2, generator=data))
    return strategy


def seen(progress: float, origin: int) -> torch.Tensor:
    strategy = ready()
    drawn = {f"haze.{what}": torch.randn(MANY, 2) for what in ("real", "fake")}
    shown = Sample(torch.ones(MANY, 2), torch.zeros(MANY, 1), torch.full((MANY,), origin))
    return strategy.view(shown, Moment(drawn, torch.tensor(progress))).x


@pytest.mark.parametrize(
    ("progress", "origin", "std"),
    [(0.0, -1, 1.0), (0.0, 0, 1.0), (0.5, -1, 0.2), (0.6, -1, 0.0), (0.6, 0, 0.2), (1.0, 0, 0.2)],
)
def test_data_are_blurred_until_a_share_of_the_run_and_fakes_for_ever(progress, origin, std):
    x = seen(progress, origin)
    assert x.std().item() == pytest.approx(std, rel=0.08)
    assert x.mean().item() == pytest.approx(1.0, abs=0.05)


def test_samples_keep_the_haze_of_the_end():
    made = game(Haze(std=FALLING), shape=(2,))
    tensors = {**made.tensors(), "reg.haze.spread": torch.tensor(3.0)}
    tensors |= {"G.net.0.weight": torch.zeros(2, 2), "G.net.0.bias": torch.ones(2)}
    x = sampler(made)(tensors, MANY, torch.Generator().manual_seed(0)).x.detach()
    assert kstest((x[:, 0] - 1) / 0.3, "norm").pvalue > 1e-3


def test_real_and_fake_have_noise_of_their_own():
    made = game(Haze(std=0.5))
    turn, now = d_turn(made), moment(made)
    fogs = turn.real.x - real(made), turn.fake.x - made.generate(now).x
    assert (fogs[0] - fogs[1]).abs().min() > 0


@pytest.mark.parametrize("settings", [{"std": -1.0}, {"until": 0.0}, {"until": 1.5}])
def test_settings_out_of_range_are_refused(settings):
    with pytest.raises(ValueError, match=f"{next(iter(settings))} must be"):
        Haze(**settings)
