"""A sweep's comparison as TensorBoard reads it, and what the sweep's folder bears it beside."""

import io
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image
from tensorboard.backend.event_processing.plugin_event_accumulator import EventAccumulator

from finished import REPLAY
from mcgan.cli.compare import after_sweep
from mcgan.compare import tensorboard
from mcgan.compare.comparison import compare
from mcgan.compare.tables import text_table
from mcgan.errors import UserError
from mcgan.view.tensorboard.events import PREFIX, EventFile

TABLE = "ring · protocol default · 10,000 samples"


@pytest.fixture
def sweep(write, tmp_path: Path) -> Path:
    """Two runs that wrote events, and one that failed before it could."""
    for name, reg in (("a", {}), ("b", {"replay": REPLAY})):
        EventFile(write(f"sweep/{name}", [8, 6], reg=reg)).close()
    failed = write("sweep/c", [8], status={"state": "failed", "error": "no data"})
    (failed / "result.json").unlink()
    return tmp_path / "sweep"


def files(sweep: Path) -> list[Path]:
    return list((sweep / "comparison").glob(f"{PREFIX}*"))


def held(sweep: Path) -> EventAccumulator:
    return EventAccumulator(str(sweep / "comparison"), tensor_size_guidance={"images": 0}).Reload()


def comparison(sweep: Path) -> str:
    (event,) = held(sweep).Tensors("comparison")
    return event.tensor_proto.string_val[0].decode()


def test_tables_failures_and_pictures(sweep: Path) -> None:
    tensorboard.write(sweep, compare([sweep]))
    text = comparison(sweep)
    assert text.startswith(f"**{TABLE}**\n\n|  | seeds | modes covered |")
    assert "| reg=replay | 2 |" in text
    heads = [line for line in text.splitlines() if line.startswith("|  |")]
    assert max(line.count("|") for line in heads) == 2 + tensorboard.COLUMNS
    assert text.count("| reg=replay |") == text.count("| *perfect sampler* |") == len(heads)
    whole = [*text_table(compare([sweep]).sections[0]).heads[1:]]
    assert [head for line in heads for head in line.strip("| ").split(" | ")] == whole
    assert f"- not compared: {sweep}/c: failed, no data" in text.replace("\\_", "_")
    for name in ("quality", "coverage"):
        (event,) = held(sweep).Tensors(f"comparison/{name}/{TABLE}")
        picture = Image.open(io.BytesIO(event.tensor_proto.string_val[2]))
        assert picture.size == tuple(map(int, event.tensor_proto.string_val[:2]))


def test_each_table_has_its_pictures(sweep: Path, write) -> None:
    write("sweep/d", [8], dataset__modes=9)
    tensorboard.write(sweep, compare([sweep]))
    assert len(held(sweep).Tags()["tensors"]) == 1 + 2 * 2


def test_it_is_replaced_not_appended(sweep: Path) -> None:
    (sweep / f"{PREFIX}.1.sweep").touch()  # where it lay before 0.2, as the run without a name
    tensorboard.write(sweep, compare([sweep]))
    (first,) = files(sweep)
    (sweep / "c/status.json").unlink()
    tensorboard.write(sweep, compare([sweep]))
    (second,) = files(sweep)
    assert first != second and "no data" not in comparison(sweep)
    assert not [*sweep.glob(f"{PREFIX}*")]


def test_runs_without_events_get_none(write, tmp_path: Path) -> None:
    write("sweep/a", [8, 6])
    tensorboard.write(tmp_path / "sweep", compare([tmp_path / "sweep"]))
    assert not files(tmp_path / "sweep")


def test_a_full_disk_costs_the_view_alone(sweep: Path, capsys) -> None:
    tensorboard.write(sweep, compare([sweep]))
    before = files(sweep)
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, limit[1]))
    try:
        with pytest.raises(UserError, match=r"cannot write .*: file too large"):
            tensorboard.write(sweep, compare([sweep]))
        after_sweep(sweep)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    out, err = capsys.readouterr()
    assert out.startswith(TABLE) and files(sweep) == before
    assert err.startswith("mcgan train: cannot write ") and err.count("\n") == 1


PROBE = """
import sys
from pathlib import Path
from mcgan.cli.compare import after_sweep
after_sweep(Path(sys.argv[1]))
print("LOADED", *sorted({"torch", "tensorflow", "matplotlib.pyplot"} & set(sys.modules)))
"""


def test_it_needs_no_torch(sweep: Path) -> None:
    done = subprocess.run([sys.executable, "-c", PROBE, sweep], capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "LOADED" and files(sweep), done.stderr


def test_a_sweep_runs_again_beside_it_and_is_compared(cli, home: Path) -> None:
    words = ("train", "-m", "reg=none,replay", "name=mine", "train.steps=1", "train.batch_size=8",
             "train.threads=1", "arch.width=8", "eval.samples=50")  # fmt: skip
    assert cli(*words).code == 0
    assert "reg=replay" in comparison(home / "runs/mine")
    again = cli(*words)
    assert again.code == 0 and again.out.count("skipped, already done") == 2
    assert len(files(home / "runs/mine")) == 1
    assert cli("compare", "mine").out.startswith("ring · protocol default · 50 samples")
