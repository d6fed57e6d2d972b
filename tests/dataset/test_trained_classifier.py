import torch

from mcgan.dataset import trained_classifier
from mcgan.dataset.classifier import probabilities


def blobs(n: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Pictures as bytes, black or with a white square, and which."""
    labels = torch.arange(n) % 2
    x = torch.zeros(n, 3, 12, 12, dtype=torch.uint8)
    x[labels == 1, :, 3:9, 3:9] = 255
    return x, labels


def floats(n: int) -> tuple[torch.Tensor, torch.Tensor]:
    x, labels = blobs(n)
    return x.float() / 127.5 - 1, labels


def test_is_trained_once_then_read_and_retrained_when_damaged(tmp_path):
    path, state = tmp_path / "cache" / "judge.pt", torch.get_rng_state()
    first = trained_classifier.train_once(path, *blobs(100), steps=40)
    assert torch.equal(state, torch.get_rng_state()) and first.accuracy == 1.0
    written = path.stat().st_mtime_ns
    again = trained_classifier.train_once(path, *blobs(100), steps=40)
    assert path.stat().st_mtime_ns == written and again.facts == first.facts
    path.write_bytes(b"not a classifier")
    anew = trained_classifier.train_once(path, *blobs(100), steps=40)
    x, _ = floats(10)
    torch.testing.assert_close(probabilities(anew.net, x), probabilities(first.net, x))


def test_file_alone_gives_the_measured_net(tmp_path):
    trained_classifier.train(tmp_path / "a.pt", floats(80), floats(20), steps=40, seed=1)
    loaded = trained_classifier.load(tmp_path / "a.pt")
    right = (probabilities(loaded.net, floats(20)[0]).argmax(1) == floats(20)[1]).double().mean()
    assert right.item() == loaded.accuracy and 0 <= loaded.confident <= 1
    assert list(tmp_path.iterdir()) == [tmp_path / "a.pt"]
