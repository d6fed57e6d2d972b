"""The documents say what is so: tables, links, commands, the step, the example strategy."""

import inspect
import re
import runpy
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import mcgan.reg
from documented import FENCE, PAGES, ROOT, TRAIN, commands, words_of
from mcgan.cli.explain import topics
from mcgan.cli.main import main
from mcgan.run.directory import RunDirectory

LINK = re.compile(r"\]\(([^)\s]+)\)")
FILE = re.compile(r"^\*\*`(\S+\.(?:py|yaml))`\*\*.*?\n```\w+\n(.*?)^```$", re.M | re.S)
TEXTS = (
    "*.md",
    "Makefile",
    "pyproject.toml",
    "LICENSE",
    ".ci/*",
    "benchmarks/**/*",
    "conf/**/*",
    "docs/**/*",
    "scripts/**/*",
    "src/**/*",
    "tests/**/*",
)
MACHINE = re.compile(r"/(?:work|root|home)/\w")  # somebody's own folders


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_tables_are_fresh():
    script = ROOT / "scripts" / "options_tables.py"
    done = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_stale_table_is_found(tmp_path):
    for name in (
        "docs/options.md",
        "docs/data.md",
        "scripts/options_tables.py",
        "scripts/tables.py",
    ):
        target = tmp_path / name
        target.parent.mkdir(exist_ok=True)
        target.write_text(page(name).replace("| `reg=ema` |", "| `reg=emma` |"))
    words = [sys.executable, tmp_path / "scripts" / "options_tables.py"]
    assert subprocess.run([*words, "--check"], capture_output=True).returncode == 1
    assert subprocess.run(words).returncode == 0
    assert (tmp_path / "docs/options.md").read_text() == page("docs/options.md")


def anchors(text: str) -> set[str]:
    """As GitHub names headings."""
    heads = re.findall(r"^#+ (.+)$", FENCE.sub("", text), re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_links_and_pictures_exist(path):
    for link in LINK.findall(FENCE.sub("", path.read_text())):
        place, _, anchor = link.partition("#")
        if "://" in place:
            continue
        target = path.parent / place if place else path
        assert target.exists(), link
        assert not anchor or anchor in anchors(target.read_text()), link


@pytest.mark.parametrize("name", ["docs/collapse.md", "docs/collapse.zh.md"])
def test_the_story_shows_every_topic(name):
    text = page(name)
    pictures = {Path(link).stem for link in LINK.findall(text) if link.startswith("pictures/")}
    assert pictures == topics().keys()
    assert set(re.findall(r"[(（]`(\w+)`[)）]", text)) >= topics().keys()
    other = {"docs/collapse.md", "docs/collapse.zh.md"} - {name}
    assert f"({Path(other.pop()).name})" in text
    for topic in topics():
        [file] = (ROOT / "docs/pictures").glob(f"{topic}.*")
        assert file.stat().st_size < {".png": 300_000, ".gif": 1_500_000}[file.suffix], file


def test_the_tutorials_are_one_tutorial():
    """Both languages type the same, see the same and show the same pictures."""
    english, chinese = (page(f"docs/tutorial{end}") for end in (".md", ".zh.md"))
    assert FENCE.findall(english) == FENCE.findall(chinese)
    assert [link for link in LINK.findall(english) if link.startswith("pictures/")] == [
        link for link in LINK.findall(chinese) if link.startswith("pictures/")
    ]
    assert len(re.findall("^## ", english, re.M)) == len(re.findall("^## ", chinese, re.M))


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_the_first_code_that_a_reader_sees_is_the_turns(name):
    from mcgan.gan.game import Game

    language, body = FENCE.search(page(name)).groups()
    assert language == "python"
    turns = [textwrap.dedent(inspect.getsource(turn)) for turn in (Game.d_turn, Game.g_turn)]
    assert body == "\n".join(turns)


def test_both_readmes_have_the_same_commands_and_links():
    english, chinese = page("README.md"), page("README.zh.md")
    commands = [
        [
            line.partition(" #")[0].rstrip()
            for _, body in FENCE.findall(text)
            for line in body.splitlines()
        ]
        for text in (english, chinese)
    ]
    assert commands[0] == commands[1]
    other = {"README.md", "README.zh.md"}
    assert {*LINK.findall(english)} - other == {*LINK.findall(chinese)} - other
    assert len(english.splitlines()) <= 155, "what is too long for a first page belongs in docs"


def test_results_have_a_table_for_every_script():
    text = page("docs/RESULTS.md")
    others = {
        "strategies",
        "engines",
        "sweeps",
        "verdict",
        "astray",
        "constructed",
        "causes",
        "watching",
        "published",
        "asked",
    }
    assert set(re.findall(r"results_table\.py (\w+)", text)) | others == set(
        re.findall(r"<!-- table: (\w+) -->", text)
    )
    for script in re.findall(r"(?:scripts|benchmarks)/\w+\.py", text):
        assert (ROOT / script).is_file(), script


def test_no_page_names_a_folder_of_somebodys_machine():
    files = {path for pattern in TEXTS for path in ROOT.glob(pattern) if path.is_file()}
    for path in sorted(files):
        if path.suffix not in (".png", ".gif", ".pt", ".pyc"):
            assert not MACHINE.search(path.read_text(encoding="utf-8")), name_of(path)


@pytest.fixture
def example(tmp_path, monkeypatch) -> dict[str, Path]:
    """CONTRIBUTING's three files, written down beside the package's own."""
    files = {}
    for name, text in FILE.findall(page("CONTRIBUTING.md")):
        files[name] = tmp_path / name
        files[name].parent.mkdir(parents=True)
        files[name].write_text(text, encoding="utf-8")
    folders = [*mcgan.reg.__path__, str(tmp_path / "src/mcgan/reg")]
    monkeypatch.setattr(mcgan.reg, "__path__", folders)
    monkeypatch.setenv("MCGAN_CONF", str(tmp_path / "conf"))
    monkeypatch.setattr(sys, "path", sys.path[:])
    monkeypatch.chdir(tmp_path)
    yield files
    sys.modules.pop("mcgan.reg.fog", None)


def test_the_example_strategy_is_three_files(example):
    assert [*example] == ["src/mcgan/reg/fog.py", "conf/reg/fog.yaml", "tests/reg/test_fog.py"]


def test_the_example_strategy_passes_its_own_test(example):
    module = runpy.run_path(str(example["tests/reg/test_fog.py"]))
    tests = [function for name, function in module.items() if name.startswith("test_")]
    assert len(tests) == 2
    for test in tests:
        test()


def test_the_example_strategy_keeps_the_laws(example, capsys):
    assert "mcgan check reg=fog" in commands()
    assert main(["check", "reg=fog"]) == 0, capsys.readouterr().out
    assert "14 of 14 laws hold" in capsys.readouterr().out


@pytest.mark.parametrize("words", [["replicas=2"], ["objective=wgan_gp"]])
def test_the_example_strategy_trains(example, words, capsys):
    [line] = [line for line in TRAIN if "reg.fog.std={" in line]
    small = [
        "train.steps=3",
        "train.threads=1",
        "eval.samples=100",
        "train.batch_size=8",
        "train.device=cpu",
        "name=example",
    ]
    assert main([*words_of(line), *words, *small]) == 0, capsys.readouterr().err
    assert RunDirectory("runs/example").status()["state"] == "done"
