"""Parts that compute the same have one fingerprint in every process; other parts have another."""

import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
import torch
from torch import nn

from mcgan.engine import fingerprint as looked_at
from mcgan.engine.fingerprint import Unknown, digest, fingerprint
from mcgan.objective import Hinge
from small import STRATEGIES, refused, trainer


def of(*names, **words):
    return fingerprint([move.parts for move in trainer(*names, **words, pure=True).moves.values()])


@pytest.mark.parametrize("strategy", [s for s in STRATEGIES if not refused("nets", "mlp", s)])
def test_every_strategy_has_one_that_is_the_same_with_other_weights(strategy):
    assert of(strategy) == of(strategy, seed=3)


def test_settings_order_nets_and_rules_are_in_it():
    plain = of("r1", "ema")
    others = [
        of("r1", "ema", r1={"gamma": 3.5}),
        of("ema", "r1"),
        of("r1"),
        of("r1", "ema", objective="hinge"),
        of("r1", "ema", words=("arch.width=9",)),
        of("r1", "ema", words=("optim.lr=3e-4",)),
        of("r1", "ema", words=("optim.g.lr=3e-4",)),
        of("r1", "ema", words=("train.precision=bf16",)),
    ]
    assert len({plain, *others}) == 1 + len(others)


def test_it_is_the_same_in_another_process():
    words = "from mcgan.engine.fingerprint import fingerprint; from mcgan.objective import Hinge"
    program = f"{words}; print(fingerprint([Hinge(), {{'a', 'b', 'c'}}]))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == fingerprint([Hinge(), {"c", "b", "a"}]), done.stderr


def made(function, module="mcgan.made"):
    function.__module__ = module
    return function


@pytest.mark.parametrize(
    "a, b",
    [
        (1, True),
        (1.0, 1),
        (0.0, -0.0),
        ([1, 2], (1, 2)),
        ([[1], 2], [[1, 2]]),
        ({"a": 1}, {"a": 2}),
        (torch.zeros(2), torch.ones(2)),
        (torch.zeros(2), torch.zeros(2, dtype=torch.float64)),
        (partial(int, "1"), partial(int, "2")),
        (made(lambda: 1), made(lambda: 2)),
        (made(lambda x: x.sin()), made(lambda x: x.cos())),
        (made(lambda x, k=1: k), made(lambda x, k=2: k)),
        (nn.Linear(2, 2), nn.Linear(2, 3)),
        (nn.LeakyReLU(0.1), nn.LeakyReLU(0.2)),
        (nn.ReLU(), nn.Tanh()),
        (Hinge.d_loss, Hinge.g_loss),
    ],
)
def test_what_computes_other_things_has_another(a, b):
    assert fingerprint([a]) == fingerprint([a]) != fingerprint([b])


def test_what_a_function_closes_over_is_in_it():
    def shift(by):
        return made(lambda x: x + by)

    assert fingerprint([shift(1)]) == fingerprint([shift(1)]) != fingerprint([shift(2)])


def test_a_circle_is_gone_round_once():
    ring = [1]
    ring.append(ring)
    assert fingerprint([ring]) == fingerprint([ring])


class Own(nn.Module):
    """A part whose sources nobody follows."""


@pytest.mark.parametrize("part", [Own(), [lambda: 1], {"x": pytest}, partial(pytest.skip)])
def test_the_code_of_others_has_none(part):
    with pytest.raises(Unknown):
        fingerprint([part])


def test_threads_sources_and_the_processor_are_in_it(monkeypatch):
    seen = {digest(["x"])}
    with monkeypatch.context() as patch:
        patch.setattr(torch, "get_num_threads", lambda: 77)
        seen.add(digest(["x"]))
    monkeypatch.setattr(looked_at, "processor", lambda: "another")
    seen.add(digest(["x"]))
    assert len(seen) == 3
    before = fingerprint([1])
    monkeypatch.setattr(looked_at, "sources", lambda: "changed")
    assert fingerprint([1]) != before


def test_c_plus_plus_is_among_the_sources(monkeypatch):
    read, names = Path.read_bytes, []
    monkeypatch.setattr(Path, "read_bytes", lambda path: names.append(path.name) or read(path))
    assert looked_at.sources() and "product.h" in names and "products.py" in names


def test_sources_that_changed_since_they_were_loaded_have_none(monkeypatch):
    assert fingerprint([1])
    monkeypatch.setattr(looked_at, "BEGUN", 1.0)
    with pytest.raises(Unknown, match="changed"):
        fingerprint([1])
