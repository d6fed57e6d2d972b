import os

import pytest
import torch

from mcgan.dataset import digits
from mcgan.dataset.classifier import accuracy, probabilities
from mcgan.dataset.stacked_mnist import read
from mcgan.system.places import data_folder

HAVE_MNIST = (data_folder(None) / "MNIST" / "raw" / "t10k-images-idx3-ubyte").exists()
needs_mnist = pytest.mark.skipif(
    not HAVE_MNIST, reason="no MNIST test files: set MCGAN_DATA to the folder that holds MNIST/raw"
)


def test_file_is_small_and_holds_no_code():
    assert os.path.getsize(digits.WEIGHTS) < 2**20
    saved = torch.load(digits.WEIGHTS, weights_only=True)
    assert saved["accuracy"] >= 0.993 and saved["classes"] == 10


def test_facts_name_the_accuracy_and_the_file():
    facts = digits.load().facts
    assert facts["classifier_accuracy"] >= 0.993 and len(facts["classifier_sha256"]) == 64


@needs_mnist
def test_accuracy_in_the_file_is_that_on_the_test_images():
    test = read(data_folder(None), train=False, download=False)
    judge, x = digits.load(), digits.pixels(test.data)
    assert accuracy(judge.net, x, test.targets) == pytest.approx(judge.accuracy, abs=1e-3)
    sure = (probabilities(judge.net, x).amax(1) >= 0.9).double().mean().item()
    assert sure == pytest.approx(judge.confident, abs=1e-3)


@pytest.mark.parametrize("grain", [2, 5, 9, 28])
def test_is_unsure_of_noise(grain):
    noise = torch.rand(500, 1, grain, grain, generator=torch.Generator().manual_seed(grain)) * 2 - 1
    noise = torch.nn.functional.interpolate(noise, (28, 28), mode="bicubic").clamp(-1, 1)
    assert (probabilities(digits.load().net, noise).amax(1) >= 0.9).float().mean() < 0.05


def test_batch_size_changes_no_probability():
    x = torch.rand(7, 1, 28, 28, generator=torch.Generator().manual_seed(0)) * 2 - 1
    net = digits.load().net
    torch.testing.assert_close(probabilities(net, x, batch=3), probabilities(net, x))
