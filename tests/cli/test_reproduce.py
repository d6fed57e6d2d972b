"""`mcgan reproduce` as typed: trained, taken up, read, listed and refused."""

import json
import sys
from importlib import import_module
from pathlib import Path

import pytest

from mcgan.cli.reproduce import row_names
from mcgan.experiment import reproduction
from mcgan.view.terminal import side_by_side

ROW = "pacgan_ring_gan"
TINY = ("train.steps=4", "train.batch_size=8", "train.checkpoint_every=2", "train.compile=false",
        "arch.width=8", "arch.critic_width=8", "protocol.samples=60", "eval.every=0", "replicas=2",
        "dataset.fixed_size=50")  # fmt: skip
FOLDER = next(word for word in reproduction.place(ROW, TINY)).removeprefix("name=")


def read(cli, *words):
    ended = cli("reproduce", ROW, *TINY, *words, "--json")
    assert ended.code == 0
    return json.loads(ended.out)


def cells(out: str, label: str) -> str:
    return next(line for line in out.splitlines() if line.startswith(label))


def test_published_and_measured_stand_side_by_side(cli, home):
    ended = cli("reproduce", ROW, *TINY)
    assert ended.code == 0
    result = json.loads((home / "runs" / FOLDER / "result.json").read_text())
    known = result["metrics"]["modes_published"]
    line = cells(ended.out, "modes as published")
    assert "6.3 ± 0.5" in line and f" {known['mean']:.3g} " in line
    assert "98.2 % ± 0.2 %" in cells(ended.out, "high-quality samples")
    assert "0.45 ± 0.09" in cells(ended.out, "KL to the true weights")
    assert "Lin et al. 2018, Table 1; 10 runs; ± is the standard error" in ended.out
    assert "seeds 0, 1; protocol pacgan, 60 samples of each" in ended.out
    assert "train.steps=4 train.batch_size=8" in ended.out  # no row of the paper
    assert result["command"].startswith(f"mcgan reproduce {ROW} train.steps=4")
    lines = [each for each in ended.out.splitlines() if not each.startswith(("step", "run"))]
    assert max(map(len, lines)) <= 80


def test_a_finished_run_is_read_and_one_that_stopped_goes_on(cli, home):
    first = read(cli)
    folder = home / "runs" / FOLDER
    written = (folder / "result.json").stat().st_mtime_ns
    assert read(cli) == first and (folder / "result.json").stat().st_mtime_ns == written
    (folder / "result.json").unlink()
    (folder / "checkpoints" / "step-00000004.pt").unlink()
    status = json.loads((folder / "status.json").read_text())
    (folder / "status.json").write_text(json.dumps(status | {"state": "running", "step": 2}))
    assert read(cli)["measures"] == first["measures"]
    assert "resuming" in (folder / "train.log").read_text()


def test_a_run_of_train_with_this_configuration_is_taken(cli, home):
    assert cli("train", f"experiment=paper/{ROW}", *TINY, "name=mine").code == 0
    written = (home / "runs/mine/result.json").stat().st_mtime_ns
    found = read(cli, "name=mine")
    assert found["run"] == "runs/mine" and found["changed"] == [*TINY]
    assert (home / "runs/mine/result.json").stat().st_mtime_ns == written
    other = cli("reproduce", ROW, *TINY[1:], "name=mine")
    assert other.code == 2 and "holds a run with other settings (train.steps: 4, now" in other.err


def test_json_has_every_seed(cli):
    found = read(cli)
    kl = found["measures"]["kl"]
    assert kl["published"] == {"mean": 0.45, "spread": 0.09}
    assert len(kl["measured"]["values"]) == len(found["seeds"]) == 2
    assert found["measures"]["modes_covered"]["published"] is None  # but measured
    assert found["spread"] == "standard error" and found["differs"]


def test_a_measure_that_was_not_measured_has_a_dash():
    """As `copies` of vectors, or a mean of seeds that all diverged."""
    pair = {"published": {"mean": 0.07, "spread": None}, "measured": None}
    lost = {"values": [None], "mean": None, "interval": None, "perfect": 8.0, "real": 8.0}
    lines = side_by_side.table({"copies": pair, "modes_strict": pair | {"measured": lost}})
    assert lines[1].split()[-5:] == ["7.0", "%", "–", "–", "–"]
    assert lines[2].split()[-4:] == ["0.07", "–", "–", "8"]


def test_the_widest_figures_fit(cli):
    found = read(cli)
    wide = {"values": [], "mean": 0.9877, "interval": [0.1234, 0.9876], "perfect": 0.9889}
    many = wide | {"mean": 1000.0, "interval": [812.3, 866.6], "perfect": 1000.0}
    found["measures"] = {
        "modes_published": {"published": {"mean": 484.5, "spread": 32.99}, "measured": many},
        "quality": {"published": {"mean": 0.956, "spread": 0.02}, "measured": wide},
        "kl": {"published": {"mean": 0.45, "spread": 0.09}, "measured": wide}}  # fmt: skip
    lines = side_by_side.comparison(found).splitlines()
    assert max(len(line) for line in lines if not line.startswith("run")) <= 80


def test_without_a_name_it_lists_the_rows(cli, monkeypatch):
    monkeypatch.setattr(reproduction, "forecast", lambda config: 4.0 * config["train"]["steps"])
    ended = cli("reproduce")
    assert ended.code == 0 and max(map(len, ended.out.splitlines())) <= 80
    listed = [line.split()[0] for line in ended.out.splitlines() if " steps, about" in line]
    assert listed == row_names()
    assert "unrolled_ring           5 nets, 25,000 steps, about 27.8 h\n    Metz" in ended.out
    rows = json.loads(cli("reproduce", "--json").out)
    assert [row["row"] for row in rows] == row_names() and rows[0]["seconds"] == 20_000


def test_a_row_without_a_forecast_says_why():
    row = {"row": "metz", "source": "M 2017", "steps": 5, "replicas": 1, "seconds": None,
           "why": "no MNIST"}  # fmt: skip
    assert side_by_side.entry(row).splitlines() == [
        f"{'metz':<24}1 net, 5 steps, no forecast",
        "    M 2017",
        "    no MNIST",
    ]


@pytest.mark.parametrize(("seconds", "said"), [
    (40, "40 s"), (89, "89 s"), (90, "2 min"), (3600, "60 min"), (9000, "2.5 h"),
    (260_000, "3.0 days"),
])  # fmt: skip
def test_durations(seconds, said):
    assert side_by_side.duration(seconds) == said


@pytest.mark.parametrize(("words", "why"), [
    (["pacgan_rig_gan"], "no published row 'pacgan_rig_gan'; did you mean 'pacgan_ring_gan'?"),
    ([ROW, "seed"], "'seed' is no setting: write KEY=VALUE"),
    ([ROW, "seed=0,1"], "'seed=0,1' is a sweep"),
    ([ROW, "train.steps=0"], "train.steps must be at least 1, not 0"),
    ([ROW, "published=null"], "experiment=paper/pacgan_ring_gan has no block `published`"),
])  # fmt: skip
def test_a_mistake_is_one_line_and_leaves_nothing(cli, home, words, why):
    ended = cli("reproduce", *words)
    assert ended.code == 2 and ended.out == "" and why in ended.err
    assert ended.err.startswith("mcgan reproduce: ") and ended.err.count("\n") == 1
    assert not [*home.iterdir()]


def test_help(cli):
    text = cli("reproduce", "--help").out
    assert text.startswith("usage: mcgan reproduce ") and "name=RUN" in text
    assert "  reproduce  train what a paper trained" in cli("--help").out


def test_the_table_of_results_is_made_of_finished_runs(cli, home, monkeypatch):
    read(cli)
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2] / "scripts"))
    script = import_module("reproduce_table")
    results = home / "RESULTS.md"
    old = f"| `{ROW}` | old | \n| `zz_row` | kept |\n\n* `zz_row`: elsewhere.\n* `{ROW}`: old.\n"
    results.write_text(f"<!-- table: published -->\n{old}<!-- end -->\n")
    monkeypatch.setattr(script, "RESULTS", results)
    monkeypatch.setattr(sys, "argv", ["reproduce_table"])
    script.main()
    text = results.read_text()
    assert f"| `{ROW}` | modes as published | 6.3 ± 0.5 |" in text and "| 2 | 4 |" in text
    assert f"* `{ROW}`: Lin et al. 2018, Table 1; 10 runs" in text
    assert f"Changed: `{' '.join(TINY)}`." in text
    assert "| `zz_row` | kept |" in text and "* `zz_row`: elsewhere." in text and "old" not in text
    for name in ("reproduce_table", "tables"):
        sys.modules.pop(name)
