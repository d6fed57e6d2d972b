import pytest
import torch

from mcgan.reg.instance_noise import InstanceNoise
from mcgan.types import Moment, Sample
from small import d_turn, game, moment, real

MANY = 20_000


def ready(std, spread: float = 1.0) -> InstanceNoise:
    """Made ready on data of this std; its noise is for MANY samples of two coordinates."""
    made = game(strategy := InstanceNoise(std=std), shape=(2,))
    data = torch.Generator().manual_seed(0)
    strategy.setup(made, lambda n: 3 + spread * torch.randn(n, 2, generator=data))
    return strategy


def seen(strategy: InstanceNoise, progress: float, origin: int) -> torch.Tensor:
    drawn = {f"instancenoise.{what}": torch.randn(MANY, 2) for what in ("real", "fake")}
    sample = Sample(torch.ones(MANY, 2), torch.zeros(MANY, 1), torch.full((MANY,), origin))
    return strategy.view(sample, Moment(drawn, torch.tensor(progress))).x


@pytest.mark.parametrize("origin", [-1, 0])  # real, fake
@pytest.mark.parametrize("spread", [1.0, 4.0])
def test_its_std_is_the_moments_times_the_datas(origin, spread):
    x = seen(ready({"from": 0.5, "to": 0.0}, spread), 0.5, origin)
    assert x.std().item() == pytest.approx(0.25 * spread, rel=0.08)
    assert x.mean().item() == pytest.approx(1.0, abs=0.05)


def test_it_is_gone_at_the_end():
    assert torch.equal(seen(ready({"from": 0.5, "to": 0.0}), 1.0, 0), torch.ones(MANY, 2))


def test_modes_away_from_the_centre_count_as_spread():
    made = game(strategy := InstanceNoise(), shape=(2,))
    strategy.setup(made, lambda n: torch.tensor([[1.0, 0.0], [-1.0, 0.0]]).repeat(n // 2, 1))
    assert strategy.spread.item() == pytest.approx(0.5**0.5, rel=1e-2)


def test_real_and_fake_have_noise_of_their_own_and_g_sees_through_it():
    made = game(InstanceNoise(std=0.5))
    turn, now = d_turn(made), moment(made)
    fogs = turn.real.x - real(made), turn.fake.x - made.generate(now).x
    assert (fogs[0] - fogs[1]).abs().min() > 0
    plain = game()
    slopes = [
        torch.autograd.grad(each.play("G", real(made), now)[0], each.G.net[0].bias)[0]
        for each in (made, plain)
    ]
    assert slopes[0].abs().min() > 0 and not torch.equal(*slopes)


def test_settings_out_of_range_are_refused():
    with pytest.raises(ValueError, match="std must be at least 0"):
        InstanceNoise(std=-1.0)
