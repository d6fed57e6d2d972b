"""The command line's update rules, as strategies change them, in somebody's own loop."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from mcgan.gan.strategy import Strategy
from mcgan.optim import Optim
from mcgan.rule import Rule
from mcgan.types import PLAYERS, Player, Tensors


class OwnRule:
    """Moves a player's weights along their ``.grad``, as an optimiser does.

    Args: the player's ``parameters`` by name; ``progress`` returns the share () of the run done,
    by which learning rates on a schedule go.
    """

    def __init__(
        self, rule: Rule, parameters: Mapping[str, nn.Parameter], progress: Callable[[], Tensor]
    ) -> None:
        self.rule, self.parameters, self.progress = rule, dict(parameters), progress
        self.state = rule.start(dict(parameters))

    def zero_grad(self) -> None:
        """Forgets the gradients of the player's weights."""
        for parameter in self.parameters.values():
            parameter.grad = None

    @torch.no_grad()
    def step(self) -> None:
        """Moves every weight once; a weight without a gradient counts as one of zeros."""
        grads = read_gradients(self.parameters)
        self.rule.step_(dict(self.parameters), grads, self.state, self.progress())

    def to(self, device: str | torch.device) -> None:
        """Moves the state to a device; the parameters have been moved by their game."""
        for slot in self.state.values():
            slot.update({name: tensor.to(device) for name, tensor in slot.items()})

    def name_state(self) -> Iterator[tuple[str, Tensor]]:
        """Every tensor of the state, by slot and parameter."""
        for slot, each in self.state.items():
            for name, tensor in each.items():
                yield f"{slot}.{name}", tensor


@dataclass
class ChangedRules:
    """Each player's update rule, and the names of the strategies that changed it."""

    rules: dict[Player, Rule]
    changers: dict[Player, list[str]]

    def warn(self, player: Player) -> str:
        """The sentence that says what to do about a changed rule."""
        return (
            f"reg.{', reg.'.join(self.changers[player])} changes how the weights of {player} "
            f"move, of which your optimiser does not know: use rule = game.rule({player!r}), "
            "and rule.zero_grad() and rule.step() in its place"
        )

    def notes(self) -> list[str]:
        """A sentence for each player whose rule is changed."""
        return [self.warn(player) for player in PLAYERS if self.changers[player]]


def change_rules(strategies: Sequence[Strategy], optim: Optim) -> ChangedRules:
    """The players' update rules as the strategies, in their order, change them."""
    changed = ChangedRules({p: optim.of(p) for p in PLAYERS}, {p: [] for p in PLAYERS})
    for player in PLAYERS:
        for strategy in strategies:
            rule = strategy.update(changed.rules[player], player)
            if rule is not changed.rules[player]:
                changed.changers[player].append(strategy.name)
            changed.rules[player] = rule
    return changed


def read_gradients(parameters: Mapping[str, nn.Parameter]) -> Tensors:
    """Each parameter's gradient by name; zeros where the loss did not use it."""
    return {
        name: torch.zeros_like(p) if p.grad is None else p.grad for name, p in parameters.items()
    }
