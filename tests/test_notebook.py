"""The Python API in a notebook: a real kernel, in a process of its own."""

import re
from pathlib import Path
from typing import Any

import nbclient
import nbformat
import pytest

pytestmark = pytest.mark.long  # the kernel imports torch anew
CELLS = {
    "light": "import sys, mcgan\nassert 'torch' not in sys.modules",
    "train": "run = mcgan.train('eval.samples=100', steps=20, replicas=2, folder='runs/first')",
    "again": "mcgan.train('eval.samples=100', steps=2, folder='runs/second', progress=False)",
    "run": "run",
    "figure": "run.figure('samples')",
    "scores": "mcgan.evaluate(run.sample(200).numpy(), 'ring')",
    "hydra": "from hydra.core.global_hydra import GlobalHydra\n"
             "assert not GlobalHydra.instance().is_initialized()",
}  # fmt: skip


@pytest.fixture(scope="module")
def outputs(folder: Path) -> dict[str, list[Any]]:
    """Cell -> what it showed."""
    book = nbformat.v4.new_notebook(cells=list(map(nbformat.v4.new_code_cell, CELLS.values())))
    words = {"timeout": 120, "kernel_name": "python3"}
    nbclient.NotebookClient(book, resources={"metadata": {"path": str(folder)}}, **words).execute()
    return {name: cell.outputs for name, cell in zip(CELLS, book.cells, strict=True)}


def shown(outputs: list[Any]) -> dict[str, str]:
    """The data of the one output that is no plain text stream."""
    [found] = [output.data for output in outputs if output.output_type != "stream"]
    return found


def test_training_shows_a_bar_in_one_place(outputs):
    data = shown(outputs["train"])
    assert data["text/html"].startswith('<progress value="20" max="20"></progress> step 20 of 20')
    assert re.match(r"step 20 of 20 · \S+ ms a step · 0:00 left · \d/8 modes", data["text/plain"])
    streams = [output for output in outputs["train"] if output.output_type == "stream"]
    assert {stream.name for stream in streams} == {"stdout"}
    assert "not compiled" in "".join(stream.text for stream in streams)


def test_without_progress_nothing_is_shown_but_the_run(outputs):
    assert len(outputs["again"]) == 1
    assert "runs/second, done at step 2 of 2" in shown(outputs["again"])["text/plain"]


def test_a_run_and_scores_are_tables(outputs):
    run, scores = shown(outputs["run"]), shown(outputs["scores"])
    assert run["text/plain"].startswith("run      runs/first, done at step 20 of 20")
    assert "<td>runs/first, done at step 20 of 20</td>" in run["text/html"]
    assert scores["text/html"].startswith("<table>")
    assert scores["text/plain"].startswith("protocol default, 200 samples")


def test_a_figure_is_a_picture(outputs):
    assert shown(outputs["figure"])["image/png"].startswith("iVBORw0KGgo")


def test_nothing_fails_and_hydra_leaves_no_state(outputs):
    assert outputs["light"] == [] and outputs["hydra"] == []
