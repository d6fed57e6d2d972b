"""The same numbers in every format."""

import csv
import io
import json
import re
import shutil
from pathlib import Path

import pytest
from rich.console import Console

from finished import MINIBATCH, REPLAY
from mcgan.compare.comparison import Comparison, compare
from mcgan.compare.formats import FORMATS, escape, pipe, plain_text
from mcgan.compare.html import page
from mcgan.compare.tables import chance, change, score
from mcgan.compare.terminal import chunks, show
from mcgan.metrics.interval import Interval
from mcgan.metrics.measures import measure

BOTH = {"minibatch": MINIBATCH, "replay": REPLAY}


@pytest.fixture
def found(write, tmp_path: Path) -> Comparison:
    """Two groups of six seeds on the ring, one of a single seed elsewhere, and three bad runs."""
    write("sweep/none", [3, 4, 2, 5, 3, 1])
    write("sweep/both", [8, 8, 7, 8, 8, None], reg=BOTH, full_at=500)
    write("sweep/twice", [1, 1], reg=BOTH, ended="2025-01-01")
    write("sweep/wide", [8], dataset__std=0.05)
    write("sweep/bad", [8], status={"state": "failed", "error": "no_data & such"})
    write("sweep/early", [8], status={"state": "running", "step": 10})
    (write("sweep/torn", [8]) / "result.json").write_text("{")
    return compare([tmp_path / "sweep"], "reg=none")


def shown(found: Comparison, width: int = 80, terminal: bool = False) -> str:
    console = Console(file=io.StringIO(), width=width, force_terminal=terminal, color_system=None)
    show(found, console)
    return console.file.getvalue()


def test_the_terminal_table(found: Comparison) -> None:
    lines = shown(found).splitlines()
    assert lines[0].startswith("ring · protocol default · 10,000 samples · dataset.std=0.01")
    heads, first, second, last = lines[1:5]
    assert heads.split("  ")[-1] == "ms a step"
    cells = [re.split(r" {2,}", line.strip()) for line in (first, second, last)]
    assert cells[0][:4] == ["reg=minibatch+replay", "6, 1 diverged",
                            "7.8 (7.2 … 8) [8] *", "7.8 (7.2 … 8) [8] *"]  # fmt: skip
    assert cells[0][5:11] == ["97.8 (97.2 … 98.0 %) [98.0] *", "0.051 (0.001 … 0.201) [0.001] *",
                              "–", "–", "7.8 (7.2 … 8) [8] *", "0 % *"]  # fmt: skip
    assert cells[0][11:] == ["500 (5/6) *", "1", "2"]
    assert cells[1][:2] == ["reg=none", "6"] and cells[1][10:] == ["67 %", "– (0/6)", "–", "2"]
    assert cells[2] == ["perfect sampler", "8", "8", "8", "98.9 %", "0.0004", "–", "–", "7.99"]
    assert len({len(line) for line in (heads, first, second)}) == 1


def test_all_that_is_not_a_number_is_told(found: Comparison) -> None:
    text = shown(found)
    assert "Tables differ in dataset, protocol, samples or length" in text
    assert "Diverged seeds have no scores" in text
    assert re.search(r"reg=minibatch\+replay: seeds 0–1 of \S+twice: counted in \S+both", text)
    assert "not compared: 3" in text
    assert re.search(r"\S+bad: failed, no_data & such\n", text)
    assert re.search(r"\S+early: running, at step 10 of 1,000\n", text)
    assert re.search(r"\S+torn: damaged, \S+result.json cannot be read", text)


def test_quality_above_its_ceiling_is_told(write, tmp_path: Path) -> None:
    write("high/none", [9.7, 8])  # 99.7 %, of at most 98.9
    [note] = compare([tmp_path / "high"]).notes
    assert note.endswith(
        "quality above its ceiling of 98.9 % in 1 of 2 replicas: modes are narrower than the data's"
    )


def test_a_change_of_the_classifier_is_told(write, tmp_path: Path) -> None:
    for name, mark in (("a", "12345678ff"), ("b", "abcdef01ff"), ("c", "12345678ff")):
        result = write(f"all/{name}", [8], seed=ord(name)) / "result.json"
        content = json.loads(result.read_text())
        result.write_text(json.dumps(content | {"dataset": {"classifier_sha256": mark}}))
    assert compare([tmp_path / "all"]).notes[1:] == [
        "ring: the modes are named by different classifiers (12345678 and abcdef01), so counts of "
        "the one are not comparable with counts of the other."
    ]
    shutil.rmtree(tmp_path / "all" / "b")
    assert not compare([tmp_path / "all"]).notes


def test_tests_against_the_baseline(found: Comparison) -> None:
    first = next(each for each in found.sections if each.tests)
    assert [test.count for test in first.tests] == ["5 pairs"] * 3  # one has diverged
    assert "too few pairs, 6 are needed" in shown(found)
    assert "+4.4 (3.29 … 5.51)" in shown(found)


def test_a_narrow_terminal_gets_several_tables(found: Comparison) -> None:
    lines = shown(found, width=70, terminal=True).splitlines()
    assert all(len(line) <= 70 for line in lines)
    assert sum(line.startswith("perfect sampler") for line in lines) >= 6
    assert chunks([10, 5, 5, 5], 24) == [[1, 2], [3]] and chunks([10, 50], 20) == [[1]]


def test_csv_has_a_line_for_each_group(found: Comparison) -> None:
    lines = list(csv.DictReader(io.StringIO(FORMATS["csv"](found))))
    assert [line["group"] for line in lines].count("perfect sampler") == 2
    both = next(line for line in lines if line["group"] == "reg=minibatch+replay")
    assert (both["dataset"], both["protocol"], both["samples"]) == ("ring", "default", "10000")
    assert (both["rank"], both["seeds"], both["diverged"], both["reached"]) == ("1", "6", "1", "5")
    assert float(both["modes_strict_mean"]) == 7.8 and float(both["kl_difference_mean"]) < 0
    assert both["kl_p"] == "" and both["steps_to_full"] == "500.0"


def test_json_has_every_seed(found: Comparison) -> None:
    content = json.loads(FORMATS["json"](found))
    groups = {g["label"]: g for table in content["tables"] for g in table["groups"]}
    both = groups["reg=minibatch+replay"]
    assert [seed["seed"] for seed in both["values"]] == [0, 1, 2, 3, 4, 5]
    assert both["values"][5]["modes_published"] is None and both["modes_strict_mean"] == 7.8
    assert list(both["settings"]["reg"]) == ["minibatch", "replay"]
    assert sorted(run["state"] for run in content["left_out"]) == ["damaged", "failed", "running"]
    assert content["tables"][0]["perfect"]["modes_published"] == 8.0


def test_markdown_tables_are_whole(found: Comparison) -> None:
    text = FORMATS["markdown"](found)
    tables = re.findall(r"(?:^\|.*\n)+", text, re.M)
    assert len(tables) == 3
    for table in tables:
        assert len({line.count("|") for line in table.splitlines()}) == 1
    assert "| reg=minibatch+replay | 6, 1 diverged | **7.8 (7.2 … 8) [8]** |" in text
    assert r"no\_data & such" in text
    assert pipe("a|b_*") == r"a\|b\_\*"


def test_latex_tables_are_whole(found: Comparison) -> None:
    text = FORMATS["latex"](found)
    assert text.count(r"\begin{tabular}") == text.count(r"\end{tabular}") == 3
    rows = [line for line in text.splitlines() if line.endswith(r"\\")]
    assert {len(re.findall(r"(?<!\\)&", row)) for row in rows} == {13, 6}
    assert (
        r"0.051 (0.001 \dots{} 0.201) [0.001]" in text
        and r"97.8 (97.2 \dots{} 98.0 \%) [98.0]" in text
    )
    assert all(line.startswith("%") for line in text.splitlines() if not line.isascii())
    assert escape("a_b&c<1 %") == r"a\_b\&c$<$1 \%"
    assert escape(f"{measure('width_ratio').show(12.0)}, ≤ 2") == r"$\ge$ 10, $\le$ 2"


def test_numbers_as_text() -> None:
    assert (chance(None), chance(0.0004), chance(0.04)) == ("–", "<0.001", "0.040")
    assert change("kl", Interval(0.5, None, None)) == "+0.5"
    assert change("kl", Interval(None, None, None)) == "–"
    assert change("quality", Interval(-0.01, -0.02, 0.0)) == "-1.0 % (-2.0 % … 0.0 %)"
    assert score("quality", Interval(0.5, None, None), 0.5) == "50.0 %"
    assert score("kl", Interval(None, None, None)) == "–"
    wide = Interval(0.5, -1.0, 2.0)
    assert score("kid", wide, 0.5, [0.25, None, 0.75]) == "0.5 (0.25, 0.75)"
    few, many = [1.0, 10.0], [1.0, 1.0, 1.0, 10.0]
    assert score("width_ratio", Interval(5.5, 1.0, 10.0), None, few) == "≥ 5.5 (1 … ≥ 10)"
    assert score("width_ratio", Interval(3.25, 1.0, 7.0), None, many) == "≥ 3.25 (1 … 7)"
    assert score("kid", wide, 0.5, [0.25, 0.25, 0.75, 0.75]) == "0.5 ± 1.5 [0.5]"


BREAKS = [
    "a\nb",
    "a\r\\end{tabular}",
    "x\x1b[31m",
    "a\u2028b",
    "a|b",
    "\\|x",
    "`x`",
    "$\\frac{$",
    "[x](y)",
    "\u202egnp",
    "\x07",
    "\ttab",
    "\udcff",
]


@pytest.mark.parametrize("text", BREAKS)
def test_a_stored_text_stays_in_its_cell(write, tmp_path: Path, text: str) -> None:
    write("sweep/one", [8, 7])
    write("sweep/two", [6, 7], reg={"r1": {"_target_": "x.R1", "form": text}})
    write("sweep/bad", [8], status={"state": "failed", "error": text})
    comparison = compare([tmp_path / "sweep"])
    plain = compare_plain(write, tmp_path)
    assert len(shown(comparison, 400).splitlines()) == len(shown(plain, 400).splitlines())
    for form in ("markdown", "latex", "csv"):
        made, like = FORMATS[form](comparison), FORMATS[form](plain)
        assert len(made.splitlines()) == len(like.splitlines())
        assert all(letter.isprintable() for letter in made.replace("\n", ""))
    rows = [line for line in FORMATS["markdown"](comparison).splitlines() if line.startswith("|")]
    assert len({len(re.sub(r"\\.", "", line).split("|")) for line in rows}) == 1
    assert "$\\frac{$" not in FORMATS["markdown"](comparison)


def compare_plain(write, tmp_path: Path) -> Comparison:
    write("plain/one", [8, 7])
    write("plain/two", [6, 7], reg={"r1": {"_target_": "x.R1", "form": "x"}})
    write("plain/bad", [8], status={"state": "failed", "error": "x"})
    return compare([tmp_path / "plain"])


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)"])
def test_no_cell_of_csv_is_a_formula(text: str) -> None:
    assert plain_text(text) == f"'{text}"
    assert plain_text(-1.5) == -1.5


def test_a_dataset_called_like_a_formula_is_a_text(write, tmp_path: Path) -> None:
    folder = write("one", [8])
    status = json.loads((folder / "status.json").read_text())
    status["choices"]["dataset"] = "=cmd|' /C calc'!A0"
    (folder / "status.json").write_text(json.dumps(status))
    [line, _] = csv.DictReader(io.StringIO(FORMATS["csv"](compare([tmp_path]))))
    assert line["dataset"].startswith("'=cmd") and line["table"].startswith("'=cmd")


def test_a_formula_in_a_label_is_drawn_as_it_is(write, tmp_path: Path) -> None:
    write("one", [8, 7])
    write("two", [6, 7], reg={"r1": {"_target_": "x.R1", "form": "$\\frac{$"}})
    assert "data:image/svg+xml" in page(compare([tmp_path]))


@pytest.mark.parametrize(("file", "change"), [
    ("result.json", {"protocol": {"name": {}}}), ("result.json", {"seeds": [[0]]}),
    ("status.json", {"config": [1]}), ("status.json", {"config": {"dataset": 5}}),
    ("status.json", {"choices": {"dataset": {"a": 1}, "reg": 5}}), ("result.json", {"step": "5"}),
    ("status.json", {"config": {"dataset": {"a": 1}, "train": 3, "reg": {"r1": 7}}}),
    ("result.json", {"verdict": {"replicas": [3]}}), ("result.json", {"versions": 5}),
    ("result.json", {"evaluation": {"samples": "many"}}),
])  # fmt: skip
def test_one_damaged_run_is_left_out_and_the_rest_compared(write, tmp_path, file, change) -> None:
    write("sweep/good", [8, 7])
    other = write("sweep/other", [6], seed=5)
    content = json.loads((other / file).read_text())
    (other / file).write_text(json.dumps(content | change))
    comparison = compare([tmp_path / "sweep"])
    assert comparison.runs + len(comparison.left_out) == 2 and comparison.sections
    for form in FORMATS.values():
        assert form(comparison)
    assert page(comparison) and shown(comparison)
