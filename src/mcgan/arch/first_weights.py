"""Laws from which papers draw the weights before training, where they are not torch's own."""

from collections.abc import Callable

from torch import Tensor, nn

LAWS: dict[str, Callable[[Tensor, float], Tensor]] = {
    "normal": lambda weight, std: nn.init.normal_(weight, 0.0, std),
    "orthogonal": lambda weight, gain: nn.init.orthogonal_(weight, gain),
}


def draw_linear_layers(net: nn.Module, law: str, scale: float) -> None:
    """Draws the weights of every linear layer anew, and sets its bias to 0.

    ``scale`` is the standard deviation of ``normal`` and the gain of ``orthogonal``.
    """
    for layer in net.modules():
        if isinstance(layer, nn.Linear):
            LAWS[law](layer.weight, scale)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
