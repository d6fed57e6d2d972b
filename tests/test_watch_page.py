"""docs/watch.md: its loops run, plain, in Lightning and in Accelerate, and so do its pieces."""

import re
import warnings
from pathlib import Path
from typing import Any

import pytest
import torch

from mcgan.judging.pairs import prepare

PAGE = Path(__file__).resolve().parents[1] / "docs" / "watch.md"
BLOCKS = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.M | re.S)
*LOOPS, MODULE = BLOCKS
SMALL = {
    "64, 64, 64, 20_000": "64, 2, 8, 2",
    "every=1000, n=2000": "every=2, n=100",
    "n=2000": "n=100",
    "max_steps=40_000": "max_epochs=1, max_steps=4, logger=False, "
    "enable_checkpointing=False, enable_progress_bar=False, accelerator='cpu'",
}
# The page imports Lightning and a data set of Hugging Face, and Lightning advises on small loops.
pytestmark = [pytest.mark.long, pytest.mark.filterwarnings("ignore")]


def shrink(script: str) -> str:
    """The script with small networks, few steps and few samples."""
    for large, small in SMALL.items():
        script = script.replace(large, small)
    return script


@pytest.fixture(scope="module")
def names(folder: Path) -> dict[str, Any]:
    """What the loops of the page leave behind, run in a folder with small pictures."""
    assert all(any(large in block for block in LOOPS) for large in SMALL)
    found: dict[str, Any] = {}
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        patch.chdir(folder)
        torch.manual_seed(0)
        torch.save(torch.rand(200, 1, 32, 32) * 2 - 1, "pictures.pt")
        for number, block in enumerate(LOOPS):
            exec(compile(shrink(block), f"block {number} of {PAGE.name}", "exec"), found)
            found[f"watch {number}"] = found["watch"]
    return found


def test_the_plain_loop_is_judged(names, folder):
    watch = names["watch 0"]
    assert [look.step for look in watch.history] == [2] and names["rows"][0][1] == watch.last.kind
    assert {"loss_D", "critic_fakes"} <= watch.history[0].scalars.keys()
    assert [*(folder / "events").iterdir()]


def test_lightning_and_accelerate_are_watched(names):
    assert [[look.step for look in names[f"watch {number}"].history] for number in (3, 4)] == [
        [2],
        [2],
    ]
    assert "loss_G" in names["watch 3"].history[0].scalars


def test_a_data_set_of_hugging_face_is_real_data(names):
    judged = names["judgement"].judgement
    assert judged.m == 200 and judged.n == 100


def test_a_function_is_judged_by_its_name(names, folder, monkeypatch):
    monkeypatch.chdir(folder)
    monkeypatch.syspath_prepend(folder)
    nets, found, _ = shrink(LOOPS[0]).partition("optimisers =")
    assert found and MODULE.startswith("# my_gan.py\n")
    Path("my_nets.py").write_text(nets)
    Path("my_gan.py").write_text(MODULE)
    pair = prepare("my_gan:sample", "pictures.pt", n=100)
    assert pair.fakes.shape == pair.real.shape and len(pair.fakes) == 100
