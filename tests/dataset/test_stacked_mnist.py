import numpy as np
import pytest
import torch
from torch import Generator

from mcgan.dataset.stacked_mnist import StackedMNIST
from mcgan.errors import UserError
from mcgan.metrics.copies import share_of_copies
from mcgan.system.places import cache_folder, data_folder
from mnist_files import needs_mnist


def seeded(seed: int = 0) -> Generator:
    return Generator().manual_seed(seed)


@pytest.fixture(scope="module")
def held_out_digits() -> StackedMNIST:
    data = StackedMNIST(split="test")
    data.prepare()
    return data


@pytest.fixture(scope="module")
def train_digits() -> StackedMNIST:
    data = StackedMNIST()
    data.prepare()
    return data


@needs_mnist
def test_examples_are_three_digits_of_the_split(held_out_digits):
    x = held_out_digits.draw(20, seeded())
    assert x.shape == (20, 3, 28, 28) and x.dtype == torch.float32
    assert x.min() == -1 and x.max() == 1
    pool = {digit.numpy().tobytes() for digit in held_out_digits.single}
    grey = ((x + 1) * 127.5).round().to(torch.uint8)
    assert all(channel.numpy().tobytes() in pool for image in grey for channel in image)


@needs_mnist
def test_draw_is_a_function_of_the_generator(held_out_digits):
    assert torch.equal(held_out_digits.draw(5, seeded(1)), held_out_digits.draw(5, seeded(1)))
    assert not torch.equal(held_out_digits.draw(5, seeded(1)), held_out_digits.draw(5, seeded(2)))


@needs_mnist
def test_modes_of_real_images_are_their_labels(held_out_digits):
    rows = held_out_digits._triples(600, seeded())
    seen = held_out_digits.recognise(held_out_digits.draw(600, seeded()))
    labels = held_out_digits.labels[rows] @ torch.tensor([100, 10, 1])
    assert (seen.mode == labels).double().mean() > 0.97
    assert seen.good.double().mean() == pytest.approx(held_out_digits.ceiling, abs=0.03)
    assert torch.equal(seen.good, seen.distance <= 1 - np.float32(0.9))


@needs_mnist
def test_noise_and_broken_images_are_not_good(held_out_digits):
    noise = torch.rand(3, 28, 28, generator=seeded()) * 2 - 1
    x = torch.stack([noise, torch.full((3, 28, 28), float("nan"))])
    seen = held_out_digits.recognise(x)
    assert not seen.good.any() and not torch.isfinite(seen.distance[1])
    assert ((seen.mode >= 0) & (seen.mode < 1000)).all()


@needs_mnist
def test_weights_are_products_of_digit_frequencies(train_digits):
    counts = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert train_digits.weights.sum().item() == pytest.approx(1)
    wanted = counts[1] * counts[2] * counts[3] / 60_000**3
    assert train_digits.weights[123].item() == pytest.approx(wanted)


@needs_mnist
def test_floor_of_the_kl_to_uniform_at_26000_samples(train_digits):
    """Real labels against uniform: 0.0236 ± 0.001 and all modes, by MNIST's frequencies."""
    kls = []
    for seed in range(10):
        labels = train_digits.labels[train_digits._triples(26_000, seeded(seed))]
        mode = labels @ torch.tensor([100, 10, 1])
        share = torch.bincount(mode, minlength=1000).double() / 26_000
        assert (share > 0).all()
        kls.append((share * (share * 1000).log()).sum().item())
    assert np.mean(kls) == pytest.approx(0.0236, abs=0.001)


@needs_mnist
def test_padded_images_are_the_same_digits():
    small, large = StackedMNIST(split="test"), StackedMNIST(split="test", size=32)
    small.prepare(), large.prepare()
    x, padded = small.draw(50, seeded()), large.draw(50, seeded())
    assert padded.shape == (50, 3, 32, 32) and torch.equal(padded[..., 2:-2, 2:-2], x)
    assert (padded[..., :2, :] == -1).all()
    assert torch.equal(small.recognise(x).mode, large.recognise(padded).mode)


@needs_mnist
def test_fixed_set_has_only_so_many_triples():
    data = StackedMNIST(split="test", fixed_size=7)
    data.prepare()
    images = {image.numpy().tobytes() for image in data.draw(200, seeded())}
    assert len(images) == 7
    other = StackedMNIST(split="test", fixed_size=7, fixed_seed=1)
    other.prepare()
    assert not images & {image.numpy().tobytes() for image in other.draw(50, seeded())}


@needs_mnist
@pytest.mark.parametrize("confidence", [0.5, 0.99])
def test_the_ceiling_follows_the_confidence(held_out_digits, confidence):
    data = StackedMNIST(split="test", confidence=confidence)
    data.prepare()
    good = data.recognise(data.draw(1500, seeded())).good.double().mean()
    assert good == pytest.approx(data.ceiling, abs=0.015)
    assert abs(data.ceiling - held_out_digits.ceiling) > 0.01


@needs_mnist
def test_one_memorised_picture_of_each_mode_is_seen(held_out_digits):
    """It has all modes, and only looking inside them tells."""
    data = held_out_digits
    album = {mode: data.draw(1, seeded(mode)) for mode in range(20)}
    x = torch.cat([*album.values()] * 10)
    seen = data.recognise(x)
    assert data.least_spread(x, seen) == pytest.approx(0, abs=0.01)
    assert share_of_copies(x, seen, data) == 1
    rows = data.labels.argsort()[:900].view(300, 3)  # three zeros, or nearly
    zeros = data.single[rows].float() / 127.5 - 1
    seen = data.recognise(zeros)
    assert data.least_spread(zeros, seen) == pytest.approx(1, abs=0.1)
    assert share_of_copies(zeros, seen, data) == 0


@needs_mnist
def test_facts_record_the_classifier(held_out_digits):
    facts = held_out_digits.facts()
    assert facts["classifier_accuracy"] >= 0.993 and len(facts["classifier_sha256"]) == 64


def test_missing_files_name_the_folder_and_both_ways_out(tmp_path, monkeypatch):
    monkeypatch.setenv("MCGAN_DATA", str(tmp_path))
    with pytest.raises(UserError) as error:
        StackedMNIST().prepare()
    for word in (str(tmp_path), "dataset.download=true", "dataset.root", "MCGAN_DATA"):
        assert word in str(error.value)
    assert list(tmp_path.iterdir()) == []


def test_damaged_files_are_the_users_to_mend(tmp_path):
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for name in ("train-images", "train-labels", "t10k-images", "t10k-labels"):
        (raw / f"{name}-idx{3 if 'images' in name else 1}-ubyte").write_bytes(b"\0\0\x08\x01junk")
    with pytest.raises(UserError, match="MNIST"):
        StackedMNIST(root=str(tmp_path)).prepare()


def test_folder_is_the_setting_then_the_environment_then_the_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("MCGAN_DATA", str(tmp_path))
    assert data_folder("/elsewhere").as_posix() == "/elsewhere" and data_folder(None) == tmp_path
    monkeypatch.delenv("MCGAN_DATA")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert data_folder(None) == cache_folder() == tmp_path / "cache" / "mcgan"


@pytest.mark.parametrize(
    "setting", [{"split": "val"}, {"size": 30}, {"fixed_size": 0}, {"confidence": 1.5}]
)
def test_refuses_settings_out_of_range(setting):
    with pytest.raises(ValueError, match=next(iter(setting))):
        StackedMNIST(**setting)
