import torch

from mcgan.dataset.classifier import accuracy, classifier, fit, garbage, jitter, probabilities


def bars(n: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Grey images of a horizontal or a vertical bar."""
    labels = torch.arange(n) % 2
    x = torch.full((n, 1, 28, 28), -1.0)
    x[labels == 0, :, 12:16, 4:24] = 1.0
    x[labels == 1, :, 4:24, 12:16] = 1.0
    return x, labels


def trained(seed: int) -> torch.nn.Module:
    torch.manual_seed(seed)
    net = classifier(channels=1, classes=2, width=4)
    fit(net, *bars(128), steps=80, seed=seed, batch=32)
    return net


def test_learns_bars_and_the_seed_decides():
    first, again = trained(0), trained(0)
    assert accuracy(first, *bars(40)) == 1.0
    for a, b in zip(first.parameters(), again.parameters(), strict=True):
        assert torch.equal(a, b)


def test_jitter_moves_images_and_fills_with_background():
    x, _ = bars(64)
    moved = jitter(x, torch.Generator().manual_seed(0))
    assert moved.shape == x.shape and moved.min() >= -1 and moved.max() <= 1
    assert (moved - x).abs().amax((1, 2, 3)).min() > 0
    blank = torch.full((4, 1, 28, 28), -1.0)
    torch.testing.assert_close(jitter(blank, torch.Generator()), blank)


def test_is_sure_of_bars_and_unsure_of_noise():
    net = trained(0)
    noise = garbage(torch.empty(1, 1, 28, 28), 100, torch.Generator().manual_seed(0))
    assert noise.shape == (100, 1, 28, 28) and noise.abs().max() <= 1
    sure = probabilities(net, bars(40)[0]).amax(1).mean()
    assert probabilities(net, noise).amax(1).mean() < sure - 0.1


def test_any_size_and_channels():
    assert classifier(channels=3, classes=4)(torch.zeros(2, 3, 64, 64)).shape == (2, 4)
