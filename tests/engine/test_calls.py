"""Networks that one network's program moves one after the other; real programs are in slow/."""

import copy
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from mcgan.engine import packaged
from mcgan.engine.trainer import Trainer
from mcgan.system.device import keep_settings
from small import largest_difference, run, trainer

GAME = ("replay", "ema", "extragradient")  # buffers, tensors after a move, steps of two kinds


class Programs:
    """Stands for torch's compiler: a file names a graph, which is run as it is."""

    def __init__(self) -> None:
        self.graphs: dict[str, torch.nn.Module] = {}
        self.rows: list[int] = []  # the networks of each call

    def compile_graph(self, graph, given, folder: Path) -> Path:
        path = folder / "program.pt2"
        path.write_text(f"program {len(self.graphs)}")
        self.graphs[path.read_text()] = graph.module
        return path

    def load(self, path: str, *_) -> "Loaded":
        return Loaded(self.graphs[Path(path).read_text()], self.rows)


class Loaded:
    def __init__(self, module: torch.nn.Module, rows: list[int]) -> None:
        self.module, self.rows = module, rows

    def boxed_run(self, leaves: list[torch.Tensor]) -> tuple[torch.Tensor, ...]:
        self.rows.append(len(leaves[0]))
        with torch.no_grad():
            return self.module(*leaves)


@pytest.fixture(autouse=True)
def programs(tmp_path, monkeypatch) -> Iterator[Programs]:
    """What was compiled and called in a test, on one thread."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    found = Programs()
    monkeypatch.setattr(torch._C._aoti, "AOTIModelPackageLoader", found.load)
    monkeypatch.setattr(packaged, "compile_graph", found.compile_graph)
    with keep_settings():
        torch.set_num_threads(1)
        yield found


def made(seed: int = 0, replicas: int = 3, **words) -> Trainer:
    words = {"compiled": True, "extragradient": {"past": False}} | words
    return trainer(*GAME, seed=seed, replicas=replicas, **words)


def trained(steps: int, *given, **words) -> Trainer:
    one = made(*given, **words)
    run(one, steps)
    return one


def difference(one: Trainer, other: Trainer) -> float:
    return largest_difference(one.replicas.tensors, other.replicas.tensors)


def test_every_replica_has_the_bits_of_the_run_of_its_seed(programs):
    together = trained(3)
    for i in range(3):
        alone = trained(3, i, 1)
        assert largest_difference(together.replicas.replica(i), alone.replicas.replica(0)) == 0
    assert len(programs.graphs) == 1 and {*programs.rows} == {1}


def test_replicas_one_after_the_other_are_those_that_move_together():
    one_by_one, together = made(), made(compiled=False)
    turns = [run(each, 4) for each in (one_by_one, together)]
    assert difference(one_by_one, together) < 1e-5
    for (player, scalars), (other, alike) in zip(*turns, strict=True):
        assert player == other and largest_difference(scalars, alike) < 1e-4


def test_what_replicas_share_moves_on_once_a_turn_and_is_restored():
    whole, other = trained(2), trained(3)
    assert {int(t) for t in whole.replicas.state["G"]["step"].values()} == {2}
    other.restore(copy.deepcopy(whole.checkpoint()))
    run(whole, 3)
    run(other, 3)
    assert difference(whole, other) == 0
    assert {int(t) for t in other.replicas.state["G"]["step"].values()} == {5}


def test_one_that_diverges_stays_as_it_was_and_the_others_go_on():
    one = made()
    one.replicas.tensors["D.head.bias"][1] = torch.nan
    before = {n: t[1].clone() for n, t in one.replicas.tensors.items() if n.startswith("G.")}
    run(one, 2)
    assert one.replicas.alive.tolist() == [True, False, True]
    assert largest_difference(before, {n: one.replicas.tensors[n][1] for n in before}) == 0
    assert largest_difference(one.replicas.replica(2), trained(2, 2, 1).replicas.replica(0)) == 0


def test_several_threads_share_the_work_of_all_networks(programs):
    torch.set_num_threads(2)
    trained(1)
    assert {*programs.rows} == {3}
