"""The classifiers of the package: MNIST's digits and Fashion-MNIST's clothes."""

import os

import pytest
import torch

from mcgan.dataset import idx_files, shipped_classifiers
from mcgan.dataset.classifier import accuracy, probabilities
from mcgan.system.places import data_folder

LEAST = {"MNIST": 0.993, "FashionMNIST": 0.89}
SOURCES = [idx_files.MNIST, idx_files.FASHION]


@pytest.mark.parametrize("name", LEAST)
def test_file_is_small_and_holds_no_code(name):
    file = shipped_classifiers.WEIGHTS[name]
    assert os.path.getsize(file) < 2**18
    saved = torch.load(file, weights_only=True)
    assert saved["accuracy"] >= LEAST[name] and saved["classes"] == 10


@pytest.mark.parametrize("name", LEAST)
def test_facts_name_the_accuracy_and_the_file(name):
    facts = shipped_classifiers.load(name).facts
    assert facts["classifier_accuracy"] >= LEAST[name] and len(facts["classifier_sha256"]) == 64


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_accuracy_in_the_file_is_that_on_the_test_images(source):
    if idx_files.find(source, data_folder(None), train=False) is None:
        pytest.skip(f"no {source.name} files: set MCGAN_DATA to the folder that has them")
    images, labels = idx_files.read(source, None, train=False, download=False)
    judge, x = shipped_classifiers.load(source.name), idx_files.pixels(images)
    assert accuracy(judge.net, x, labels) == pytest.approx(judge.accuracy, abs=1e-3)
    sure = (probabilities(judge.net, x).amax(1) >= 0.9).double().mean().item()
    assert sure == pytest.approx(judge.confident, abs=1e-3)


@pytest.mark.parametrize("name", LEAST)
@pytest.mark.parametrize("grain", [2, 5, 9, 28])
def test_is_unsure_of_noise(name, grain):
    noise = torch.rand(500, 1, grain, grain, generator=torch.Generator().manual_seed(grain)) * 2 - 1
    noise = torch.nn.functional.interpolate(noise, (28, 28), mode="bicubic").clamp(-1, 1)
    net = shipped_classifiers.load(name).net
    assert (probabilities(net, noise).amax(1) >= 0.9).float().mean() < 0.05


def test_batch_size_changes_no_probability():
    x = torch.rand(7, 1, 28, 28, generator=torch.Generator().manual_seed(0)) * 2 - 1
    net = shipped_classifiers.load("MNIST").net
    torch.testing.assert_close(probabilities(net, x, batch=3), probabilities(net, x))
