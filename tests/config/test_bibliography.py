"""Every paper that a YAML names in its header has an entry in conf/papers.bib."""

import re
from pathlib import Path

import pytest
import yaml

from mcgan.config.bibliography import cited_by, find_keys, options_of_class, read_entries
from mcgan.config.paths import conf_dir
from mcgan.metrics.measures import MEASURES

GROUPS = ("reg", "objective", "dataset", "protocol", "arch", "optim", "experiment/paper")
OPTIONS = [
    (group, file.stem) for group in GROUPS for file in sorted((conf_dir() / group).glob("*.yaml"))
]
# Stated: these have no paper. They are the project's own, or a user's data.
NO_PAPER = {
    ("reg", "none"),
    ("arch", "mlp"),
    ("dataset", "array"),
    ("dataset", "folder"),
    ("dataset", "images"),
    ("dataset", "mixture"),
    ("protocol", "asymptotic"),
    ("protocol", "default"),
}
ENTRIES = read_entries()


@pytest.mark.parametrize(("group", "name"), OPTIONS, ids=lambda word: word)
def test_an_option_has_entries_or_is_said_to_have_no_paper(group, name):
    keys = cited_by(group, name)
    assert bool(keys) != ((group, name) in NO_PAPER)
    assert not set(keys) - ENTRIES.keys()


def test_the_stated_options_are_there():
    assert {*OPTIONS} >= NO_PAPER


def test_the_papers_of_measures_have_entries():
    assert {key for each in MEASURES.values() for key in find_keys(each.paper)} == {"szekely2013"}
    assert "szekely2013" in ENTRIES


def test_every_entry_is_cited():
    cited = {key for group, name in OPTIONS for key in cited_by(group, name)}
    presets = sorted((conf_dir() / "experiment").glob("*.yaml"))
    cited |= {key for file in presets for key in cited_by("experiment", file.stem)}
    assert cited | {"szekely2013"} == ENTRIES.keys()


@pytest.mark.parametrize("key", sorted(ENTRIES))
def test_an_entry_is_of_its_first_author_and_year(key):
    text = ENTRIES[key]
    fields = dict(re.findall(r"^  (\w+) = \{(.+)\},$", text, re.M))
    assert fields.keys() >= {"title", "author", "year"}
    assert text.count("{") == text.count("}")
    family = re.sub(r"\{?\\\W?\s*\{?(\w)\}*", r"\1", fields["author"].partition(",")[0])
    assert find_keys(f"({family.strip('{}')} {fields['year']})") == [key]
    if "eprint" in fields:
        assert re.fullmatch(r"\d{4}\.\d{4,5}", fields["eprint"])


def test_each_arxiv_number_stands_once():
    numbers = re.findall(r"eprint = \{(.+)\}", "".join(ENTRIES.values()))
    assert len(numbers) == len(set(numbers)) > 50


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("Ring (Metz et al. 2017; angles as in PacGAN)", ["metz2017"]),
        ("Of Metz et al. (2017, unrolled GANs)", ["metz2017"]),
        ("(Lim & Ye 2017), (Xiao, Rasul, Vollgraf 2017)", ["lim2017", "xiao2017"]),
        ("(Sønderby et al. 2017; Székely & Rizzo 2013)", ["sonderby2017", "szekely2013"]),
        ("(Thanh-Tung & Tran 2018)", ["thanh-tung2018"]),
        ("10,000 samples", []),
    ],
)
def test_keys_of_citations(text, keys):
    assert find_keys(text) == keys


def test_a_class_tells_the_option_of_an_old_run():
    assert options_of_class("dataset", "mcgan.dataset.ring.Ring") == ["ring"]


def test_citation_file_says_what_the_package_is():
    root = Path(__file__).resolve().parents[2]
    cff = yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))
    assert cff["cff-version"] == "1.2.0" and cff["license"] == "MIT"
    assert f'version = "{cff["version"]}"' in (root / "pyproject.toml").read_text(encoding="utf-8")
    assert {"message", "title", "authors"} <= cff.keys()
