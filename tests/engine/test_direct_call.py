"""A compiled function goes to its graph directly, and torch's way where that is not the same."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from mcgan.engine.direct_call import DirectCall
from mcgan.engine.replicas import flatten
from mcgan.types import Moment
from small import largest_difference, run, trainer


class Graph:
    """In the place of torch's compiled graph: a function of a list, which it clears."""

    def __init__(self, function: Callable[[list[Any]], list[Tensor]]) -> None:
        self.function = function

    def current_callable(self, inputs: list[Any]) -> list[Tensor]:
        out = self.function(inputs)
        inputs.clear()
        return out

    def __call__(self, inputs: list[Any]) -> list[Tensor]:
        return self.current_callable(inputs)


@pytest.fixture(autouse=True)
def graphs(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    if not request.node.get_closest_marker("long"):  # which compiles
        monkeypatch.setattr("torch._inductor.output_code.CompiledFxGraph", Graph)


class Compiled:
    """What torch makes of a function; ``count`` says how often torch itself was asked."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function, self.count = function, 0

    def __call__(self, *given: Any) -> Any:
        self.count += 1
        return self.function(*given)


def given(value: float) -> tuple[dict[str, Tensor], list[Moment]]:
    x, z, share = (torch.full((2,), value + i) for i in range(3))
    return {"x": x, "unused": torch.zeros(1)}, [Moment({"z": z}, share)]


def test_later_calls_go_to_the_graph_with_what_they_are_given():
    graph = Graph(lambda seen: [seen[0] - 10 * seen[1], seen[0] * seen[2]])

    def function(tensors: dict[str, Tensor], moments: list[Moment]) -> Any:
        [moment] = moments
        first, second = graph([moment.noise["z"], tensors["x"], moment.progress])
        return [(("second",), second), (("first", "again"), first)]

    compiled = Compiled(function)
    called = DirectCall(compiled)
    seen = [called(*given(value)) for value in (1.0, 5.0, 7.0)]
    assert compiled.count == 1
    for value, found in zip((1.0, 5.0, 7.0), seen, strict=True):
        wanted = function(*given(value))
        assert [names for names, _ in found] == [names for names, _ in wanted]
        assert all(torch.equal(a, b) for (_, a), (_, b) in zip(found, wanted, strict=True))


ONE = Graph(lambda seen: [seen[0] + 1])


@pytest.mark.parametrize(
    "function",
    [
        lambda x: ONE(ONE([x])),
        lambda x: ONE([x.clone()])[0],
        lambda x: ONE([x])[0] * 2,
        lambda x: x + 1,
    ],
    ids=["two graphs", "a tensor of its own", "more than the graph", "no graph"],
)
def test_whatever_torch_does_besides_is_left_to_torch(function):
    compiled = Compiled(function)
    called = DirectCall(compiled)
    for value in (1.0, 2.0):
        x = torch.full((2,), value)
        assert torch.equal(torch.stack([*called(x)]), torch.stack([*function(x)]))
    assert compiled.count == 2
    assert Graph.__call__.__name__ == "__call__"  # nobody notes its calls any more


@pytest.mark.long
def test_a_compiled_run_ends_with_the_bits_of_one_that_torch_calls():
    direct, usual = (trainer("r1", "ema", replicas=2, compiled=True) for _ in range(2))
    usual.compiled_step.run.call = usual.compiled_step.run.compiled
    for each in (direct, usual):
        run(each, 4)
    assert direct.compiled_step.run.call != direct.compiled_step.run.compiled
    ends = [flatten(each.checkpoint()) for each in (direct, usual)]
    assert largest_difference(*ends) == 0
