"""torch-fidelity's nets: the wiring, with weights that are drawn, as nothing is downloaded here."""

import contextlib
from urllib.error import URLError

import numpy as np
import pytest
import torch

from forked import in_fork
from mcgan.errors import UserError
from mcgan.judging import fidelity
from mcgan.judging.fidelity import FidelityNet

torch_fidelity = pytest.importorskip("torch_fidelity")
inception = pytest.importorskip("torch_fidelity.feature_extractor_inceptionv3")
PICTURES = torch.from_numpy(
    np.random.default_rng(0).integers(0, 256, (2, 3, 24, 24), dtype=np.uint8)
)


class Tiny(torch_fidelity.FeatureExtractorBase):
    """A net as torch-fidelity's own, small enough for a test; its weights are one number."""

    def __init__(self, name, features_list, feature_extractor_weights_path=None, **_):
        super().__init__(name, features_list)
        self.weight = torch.nn.Parameter(torch.load(feature_extractor_weights_path))

    @staticmethod
    def get_provided_features_list():
        return ("tiny",)

    def forward(self, x):
        assert x.dtype == torch.uint8 and x.shape[1] == 3
        return (x.float().mean((2, 3)) * self.weight,)


@pytest.fixture
def tiny(monkeypatch, tmp_path):
    """`clip` stands for the net above; the path of its weights."""
    monkeypatch.setitem(torch_fidelity.registry.FEATURE_EXTRACTORS_REGISTRY, "tiny-net", Tiny)
    monkeypatch.setitem(fidelity.NETS, "clip", ("tiny-net", "tiny"))
    torch.save(torch.tensor(3.0), tmp_path / "tiny.pth")
    return tmp_path / "tiny.pth"


def test_a_registered_net_gives_its_features(tiny):
    found = FidelityNet("clip", tiny).extract(PICTURES)
    assert torch.allclose(found, 3 * PICTURES.float().mean((2, 3))) and found.device.type == "cpu"


def test_the_fingerprint_depends_on_the_weights(tiny, tmp_path):
    first = FidelityNet("clip", tiny).fingerprint
    torch.save(torch.tensor(4.0), tmp_path / "other.pth")
    assert first != FidelityNet("clip", tmp_path / "other.pth").fingerprint
    assert first == FidelityNet("clip", tiny).fingerprint and "0.4" in first


@in_fork
def test_inception_is_torch_fidelitys_own(monkeypatch, tmp_path):
    net_class = inception.FeatureExtractorInceptionV3
    with monkeypatch.context() as patch:
        patch.setattr(net_class, "load_state_dict", lambda self, state: None)
        patch.setattr(inception, "load_state_dict_from_url", lambda *_, **__: None)
        drawn = net_class("inception-v3-compat", ["2048"])
    torch.save(drawn.state_dict(), tmp_path / "inception.pth")
    wanted = drawn(PICTURES)[0]
    del drawn  # 95 MB, and as much for each of those below
    found = FidelityNet("inception", tmp_path / "inception.pth").extract(PICTURES)
    assert found.shape == (2, 2048) and torch.allclose(found, wanted, atol=1e-5)


def test_weights_that_cannot_be_downloaded(monkeypatch):
    def fail(*_, **__):
        raise URLError("no network")

    monkeypatch.setattr(inception, "load_state_dict_from_url", fail)
    with pytest.raises(UserError, match=r"cannot be downloaded .*no network.* give their file"):
        FidelityNet("inception").extract(PICTURES)


def test_dinov2_without_a_network_advises_no_file_which_is_refused(monkeypatch):
    def fail(*_, **__):
        raise RuntimeError("no internet connection")

    monkeypatch.setattr(torch.hub, "load", fail)
    told = r"cannot be downloaded .*: copy the folder hub of TORCH_HOME .*, or take features=effic"
    with pytest.raises(UserError, match=told):
        FidelityNet("dinov2").extract(PICTURES)


def test_a_file_of_dinov2_is_refused_as_torch_fidelity_does(tmp_path):
    torch.save({}, tmp_path / "x.pth")
    with pytest.raises(UserError, match="reads no file of weights for dinov2: take features=dino"):
        FidelityNet("dinov2", tmp_path / "x.pth").extract(PICTURES)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "there is no file of weights"),
        (b"x", "does not hold weights alone"),
        ({"a": torch.zeros(1)}, "does not hold the weights of features=inception"),
        (torch.nn.Identity(), "does not hold weights alone"),
    ],
)
def test_a_wrong_file_of_weights(tmp_path, content, told):
    path = tmp_path / "x.pth"
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content is not None:
        torch.save(content, path)
    with pytest.raises(UserError, match=told):
        FidelityNet("inception", path).extract(PICTURES)
    with contextlib.suppress(UserError):  # of a file that only the net can tell
        assert FidelityNet("inception", path).fingerprint and isinstance(content, dict)


def test_without_torch_fidelity_or_with_an_old_one(monkeypatch):
    monkeypatch.setattr(fidelity, "version", lambda name: "0.3.0")
    with pytest.raises(UserError, match=r"needs torch-fidelity 0.4 or later: pip install -U"):
        FidelityNet("clip").extract(PICTURES)
    monkeypatch.setattr(fidelity, "find_spec", lambda name: None)
    with pytest.raises(UserError, match=r"needs torch-fidelity: pip install 'mcgan\[fid\]'"):
        FidelityNet("clip").extract(PICTURES)
