"""The site's pages as scripts/site.py writes them, and Zensical's build where it is there."""

import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

import mcgan
from mcgan.cli.main import COMMANDS
from mcgan.cli.options import groups
from mcgan.config.compose import compose

ROOT = Path(__file__).resolve().parents[1]
LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```$", re.M | re.S)
STRATEGIES = sorted({option.name for option in groups()["reg"]} - {"none"})


def load(name: str):
    """A script, which finds its neighbours."""
    spec = importlib.util.spec_from_file_location(f"site_{name}", ROOT / "scripts" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "path", [str(ROOT / "scripts"), *sys.path])
        spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def pages(tmp_path_factory) -> Path:
    """All pages, written once."""
    site = load("site")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", "80")
        patch.setenv("MCGAN_CONF", "")
        patch.setattr(site, "PAGES", tmp_path_factory.mktemp("pages"))
        site.make_site()
        return site.PAGES


class Settings(yaml.SafeLoader):
    """YAML with MkDocs' tag for variables of the environment."""


Settings.add_constructor("!ENV", lambda loader, node: loader.construct_sequence(node))


def settings() -> dict:
    return yaml.load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"), Settings)


def names(nav) -> list[str]:
    """The pages of the navigation."""
    if isinstance(nav, str):
        return [nav]
    parts = nav.values() if isinstance(nav, dict) else nav
    return [name for part in parts for name in names(part)]


def test_every_page_is_in_the_navigation_or_is_a_strategy(pages):
    found = {path.relative_to(pages).as_posix() for path in pages.rglob("*.md")}
    strategies = {f"strategies/{each.name}.md" for each in groups()["reg"]} - {"strategies/none.md"}
    assert strategies <= found
    assert found - strategies == {*names(settings()["nav"])}


def test_every_link_of_the_site_leads_somewhere(pages):
    count = 0
    for path in pages.rglob("*.md"):
        for link in LINK.findall(FENCE.sub("", path.read_text(encoding="utf-8"))):
            place = link.partition("#")[0]
            if place and "://" not in place:
                count += 1
                assert (path.parent / place).is_file(), f"{path.name}: {link}"
    assert count > 100


def test_links_out_of_the_site_are_words_and_code_stays():
    site = load("site")
    places = {ROOT / "README.md": Path("index.md"), ROOT / "docs/cards/r1.md": Path("s/r1.md")}
    text = "[a](docs/cards/r1.md#b) [b](Makefile) [c](https://x.y)\n```\n[d](Makefile)\n```\n"
    assert site.relink(text, ROOT / "README.md", places) == (
        "[a](s/r1.md#b) b [c](https://x.y)\n```\n[d](Makefile)\n```\n"
    )


PARTS = ("**Claim.**", "**What it does.**", "**How to use it.**", "**Defaults.**", "**Goes with.**",
         "**Source.**", "**Company.**", "**Measured** alone", "**Why it may differ here.**",
         "## How to cite it\n\n```bibtex\n@", "## In Python\n\n::: mcgan.reg.")  # fmt: skip


def strategy_page(pages: Path, name: str) -> str:
    return (pages / "strategies" / f"{name}.md").read_text(encoding="utf-8")


def test_a_strategys_page_has_its_card_its_paper_and_its_class(pages):
    for name in STRATEGIES:
        text = strategy_page(pages, name)
        assert text.startswith(f"# `reg={name}`\n")
        assert [text.count(part) for part in PARTS] == [1] * len(PARTS), name
    text = strategy_page(pages, "r1")
    assert "@inproceedings{mescheder2018," in text and "::: mcgan.reg.r1.R1\n" in text


def test_a_strategy_has_a_picture_or_a_reason_why_it_has_none(pages):
    pictures, total = load("strategy_pictures"), 0
    assert sorted([*pictures.names(), *pictures.NOT_DRAWN]) == STRATEGIES
    for name in STRATEGIES:
        text = strategy_page(pages, name)
        picture = pages / "pictures" / "strategies" / f"{name}.png"
        drawn = name not in pictures.NOT_DRAWN
        assert picture.is_file() == drawn
        assert text.count(f"](../pictures/strategies/{name}.png)\n\n*One game of one seed") == drawn
        assert text.count("**No picture in the plane.** ") == (not drawn)
        total += picture.stat().st_size if drawn else 0
    assert total < 2_000_000


def test_a_caption_says_what_was_drawn(pages):
    text = strategy_page(pages, "lp")
    drawn = json.loads((ROOT / "docs/pictures/strategies/drawn.json").read_text())["lp"]
    assert "right with it (`objective=wgan_gp '~reg.gradient_penalty' reg=lp`). On the left" in text
    assert f"on the right the samples cover {drawn['with']['modes']:.0f} of 8 modes" in text


def test_pictures_were_drawn_in_the_company_that_the_table_has_today():
    pictures = load("strategy_pictures")
    found = json.loads((ROOT / "docs/pictures/strategies/drawn.json").read_text())
    for name in pictures.names():
        told, drawn = pictures.drawing(name), found[name]
        games = tuple(drawn["with"]["words"]), tuple(drawn["without"]["words"])
        assert (games, drawn["steps"]) == ((told.words, told.without), told.steps), name
    games = {words for told in pictures.COMPANIES.values() for words in (told.words, told.without)}
    for words in games:
        told = compose("name=picture", *pictures.GAME, *words).config
        assert told["dataset"]["std"] == 0.1 and told["arch"]["width"] == 64


def test_a_picture_of_a_strategy_is_drawn_and_the_same_again():
    pictures = load("strategy_pictures")
    told = pictures.Drawing(("reg=pac",), steps=2)
    first, counts = pictures.draw("pac", told), pictures.record(told)
    pictures.play.cache_clear()
    assert first[:4] == b"\x89PNG" and first == pictures.draw("pac", told)
    assert counts == pictures.record(told) and counts["with"]["words"] == ("reg=pac",)
    found = pictures.play(("reg=pac",), 2), pictures.play((), 2)
    assert found[0].surface is None and found[1].surface[0].shape == (1, pictures.CELLS**2)


def test_the_reference_is_complete(pages):
    text = (pages / "reference/python.md").read_text(encoding="utf-8")
    assert all(f".{name}\n" in text for name in mcgan.HOMES if name != "functional")
    verbs = (pages / "reference/command_line.md").read_text(encoding="utf-8")
    assert all(f"\n## mcgan {verb}\n" in verbs for verb in COMMANDS)
    options = (pages / "reference/options.md").read_text(encoding="utf-8")
    assert all(
        f"`{group}={each.name}`" in options for group, found in groups().items() for each in found
    )


def test_nothing_is_fetched_when_a_page_is_viewed():
    known = settings()
    assert known["theme"]["font"] is False
    assert known["extra_css"] == ["site.css"]  # a file of ours
    assert not {"extra_javascript", "extra"} & known.keys()
    assert "://" not in re.sub(r"#.*", "", (ROOT / "mkdocs.yml").read_text(encoding="utf-8"))


def test_examples_of_a_docstring_become_code():
    pytest.importorskip("griffe", reason="pip install '.[docs]'")
    prepare = load("site_docstrings").prepare
    text = "Is 2 * x[0], as `a * b`.\n\n>>> f(1)\n[0, 1]\n\nMore *words*."
    assert prepare(text) == (
        "Is 2 \\* x\\[0\\], as `a * b`.\n\n\n```pycon\n>>> f(1)\n[0, 1]\n```\n\n\nMore \\*words\\*."
    )


def test_the_page_of_a_wrong_address_knows_where_the_site_lies():
    """It is shown at any depth, so its links begin with the address that CI builds the site for."""
    variable, default = settings()["site_url"]
    assert default is None
    text = (ROOT / settings()["theme"]["custom_dir"] / "404.html").read_text(encoding="utf-8")
    assert '{% set base_url = config.site_url or "/" %}\n{% extends "main.html" %}' in text
    workflow = (ROOT / ".github/workflows/site.yml").read_text(encoding="utf-8")
    assert re.search(rf"^ +{variable}: https://\S.*/$", workflow, re.M)


PLACE = "https://somebody.github.io/mcgan/"


@pytest.mark.long
def test_the_site_builds_without_a_warning(tmp_path):
    pytest.importorskip("zensical", reason="pip install '.[docs]'")
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "MCGAN_SITE_URL": PLACE}
    for words in (["scripts/site.py"], ["-m", "zensical", "build", "--clean", "--strict"]):
        done = subprocess.run(
            [sys.executable, *words], cwd=ROOT, env=environment, text=True, capture_output=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
    page = (ROOT / "build/site/index.html").read_text(encoding="utf-8")
    assert not re.findall(r'(?:src|href)="(?:https?:)?//[^"]+\.(?:js|css|woff2?)"', page)
    lost = (ROOT / "build/site/404.html").read_text(encoding="utf-8")
    targets = set(re.findall(r'(?:src|href)="([^"#]+)', lost))
    targets -= {"https://zensical.org/"}  # in its foot
    ours = {each.removeprefix(PLACE).removeprefix("/mcgan/") for each in targets}
    assert len(ours) > 10
    assert not [each for each in ours if not (ROOT / "build/site" / each).is_file()]
