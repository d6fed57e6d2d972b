"""What presets promise of the modes, as they come but for fewer seeds. Minutes each on one core."""

from pathlib import Path

import pytest

import mcgan

COVERS = {
    "main_job": (8, ("experiment=demo",)),
    "ring": (8, ("experiment=covered", "dataset=ring", "replicas=2")),
    "grid": (25, ("experiment=covered", "dataset=grid", "replicas=2")),
}


def measured(words: tuple[str, ...], folder: Path) -> dict[str, list[float]]:
    """Each number of the finished run, a value a seed."""
    run = mcgan.train(*words, folder=folder, progress=False)
    return {name: number["values"] for name, number in run.result["metrics"].items()}


@pytest.mark.slow
@pytest.mark.parametrize("preset", COVERS)
def test_it_covers_all_modes(preset: str, tmp_path: Path) -> None:
    modes, words = COVERS[preset]
    numbers = measured(words, tmp_path / "run")
    assert set(numbers["modes_strict"]) == {modes}, numbers["modes_strict"]
    assert min(numbers["quality"]) >= 0.85, numbers["quality"]


@pytest.mark.slow
def test_collapse_loses_half_of_the_ring(tmp_path: Path) -> None:
    numbers = measured(("experiment=collapse", "dataset=ring", "replicas=2"), tmp_path / "run")
    assert max(numbers["modes_covered"]) <= 4, numbers["modes_covered"]
