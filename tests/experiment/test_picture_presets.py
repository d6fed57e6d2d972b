"""The presets for GPUs compose, have the sizes that they say, and train small on real pictures."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from mcgan.arch.base import Arch
from mcgan.config.build import build
from mcgan.config.compose import compose
from mcgan.config.option_file import option_file
from mcgan.dataset.idx_files import MNIST, read
from mcgan.experiment.components import build_components
from mcgan.experiment.laws.small_trainer import run

MNIST_32 = ("dataset=stacked_mnist", "dataset.size=32")
SMALL_R3GAN = ("arch.width=4", "arch.widest=4", "arch.blocks=1", "arch.group=4")
SMALL: dict[str, tuple[str, ...]] = {
    "cifar10": (
        *MNIST_32,
        "arch=resnet",
        "arch.width=4",
        "arch.widest=4",
        "arch.critic_width=4",
        "arch.critic_widest=4",
        "objective.critic_steps=1",
    ),
    "stacked_mnist_gpu": SMALL_R3GAN,
    "pictures64": SMALL_R3GAN,
}
SIZES = {
    "cifar10": (32, 4_276_739),
    "stacked_mnist_gpu": (32, 1_644_096),
    "pictures64": (64, 22_429_824),
}  # the picture's side, and the generator's weights
BATCH = 4


def composed(preset: str, *words: str) -> dict[str, Any]:
    return compose(f"experiment={preset}", *words, "name=small").config


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An array of digits of 64 pixels, for the preset that takes pictures of the user's."""
    digits, _ = read(MNIST, None, train=False, download=False)
    doubled = np.repeat(np.repeat(digits[:40].numpy(), 2, 1), 2, 2)
    path = tmp_path_factory.mktemp("pictures") / "digits.npy"
    np.save(path, np.repeat(np.pad(doubled, ((0, 0), (4, 4), (4, 4)))[..., None], 3, -1))
    return path


@pytest.mark.parametrize("preset", SMALL)
def test_it_says_what_it_needs_and_that_no_figure_was_taken(preset: str) -> None:
    text = option_file("experiment", preset).read_text().replace("\n# ", " ")
    assert "no figure was taken" in text and " a GPU" in text and "Needs" in text


@pytest.mark.parametrize("preset", SMALL)
def test_its_generator_has_the_size_that_it_says(preset: str) -> None:
    config, (side, size) = composed(preset), SIZES[preset]
    arch = build(config["arch"], Arch, "arch")
    with torch.device("meta"):
        made = arch.generator(arch.latent, (3, side, side))
    assert sum(weight.numel() for weight in made.parameters()) == size


@pytest.mark.parametrize("preset", SMALL)
def test_it_trains_small_on_real_pictures(preset: str, folder: Path) -> None:
    root = [f"dataset.root={folder}", "dataset.groups=2"] if preset == "pictures64" else []
    config = composed(
        preset,
        *SMALL[preset],
        *root,
        "arch.latent=4",
        "protocol.samples=8",
        f"train.batch_size={BATCH}",
        "train.compile=false",
    )
    trainer = build_components(config).trainer(compiled=False)
    assert trainer.game.shape[1:] == (SIZES[preset][0],) * 2
    assert [*trainer.game.reg] == [*composed(preset)["reg"]]
    for _, scalars in run(trainer, 2):
        assert all(value.isfinite().all() for value in scalars.values())
