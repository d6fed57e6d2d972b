"""The paper for JOSS: its form, its citations, and numbers that were measured."""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import yaml

from mcgan.cli.cite import own_entry
from mcgan.cli.options import groups
from mcgan.config.bibliography import ENTRY, read_entries

ROOT = Path(__file__).resolve().parents[1]
PAPER = (ROOT / "paper" / "paper.md").read_text(encoding="utf-8")
HEAD, BODY = PAPER.split("---\n", 2)[1:]
SECTIONS = ["Summary", "Statement of need", "State of the field", "Software design",
            "What was measured", "Acknowledgements", "References"]  # fmt: skip
CITED = re.compile(r"@([a-z-]+\d{4})")
PEERS = ("torch-fidelity", "pytorch-fid", "prdc", "mimicry", "StudioGAN", "ParticleGAN", "TF-GAN")


def entries() -> dict[str, str]:
    text = (ROOT / "paper" / "paper.bib").read_text(encoding="utf-8")
    return {found[1]: found[0] for found in ENTRY.finditer(text)}


def stored(name: str) -> dict:
    return json.loads((ROOT / "docs" / f"{name}.json").read_text(encoding="utf-8"))


def rescued(option: str) -> str:
    """`3 of 12`: the seeds of the collapsing ring that cover all modes with this option."""
    found = stored("rescue")[f"ring-alone/{option}"]["scores"]["covered"]
    return f"{sum(count == 8 for count in found)} of {len(found)}"


def judged(asked: str) -> list[str]:
    """The cells of the first row of this name in docs/RESULTS.md, after the name."""
    text = (ROOT / "docs" / "RESULTS.md").read_text(encoding="utf-8")
    row, *_ = [line for line in text.splitlines() if line.startswith(f"| {asked} |")]
    return [cell.strip() for cell in row.split("|")[2:-1]]


def claims() -> Iterator[str]:
    """Every phrase of the paper that has a number, made of what is measured and stored."""
    found = {group: len({option.name for option in groups()[group]} - {"none"})
             for group in ("reg", "objective")}  # fmt: skip
    yield f"{found['reg']} strategies against collapse and {found['objective']} objectives"
    yield f"on a ring of 8 Gaussians {rescued('reg-none')} seeds cover all modes"
    yield f"With the objective of WGAN-GP {rescued('objective-wgan_gp')} do"
    yield f"added alone at its defaults, rescues {rescued('reg-minibatch')} seeds"
    precision, recall = (
        judged("collapsed or not at n = 1,000: precision"),
        judged("the same: recall"),
    )
    assert precision[2:] == recall[2:]
    yield (
        f"1,000 samples with known defects has a precision of {precision[1]} and a recall of "
        f"{recall[1]}, each over {recall[3]} judgements"
    )
    yield f"The 95 % interval of both is {recall[2]}"
    assert judged("one class of ten gone at n = 3,000: seen")[1] == "1.000"
    yield "in every judgement of 3,000 samples"
    named = judged("the same: named, ≥ 80 % of the named samples are of it")
    yield f"It was named in {named[1]} of them"
    damaged = stored("reliability")["R2"]
    assert damaged["tried"] == damaged["held"]
    yield f"Of {damaged['tried']:,} damaged checkpoints none was used"


def test_it_has_the_form_of_the_journal():
    head = yaml.safe_load(HEAD)
    assert {"title", "tags", "authors", "affiliations", "date", "bibliography"} <= head.keys()
    assert (ROOT / "paper" / head["bibliography"]).is_file()
    assert re.findall(r"^# (.+)$", BODY, re.M) == SECTIONS
    assert 750 < len(BODY.split()) < 1750  # as the journal asks


def test_its_authors_are_those_of_the_program():
    """Every place names the same authors, and the paper claims no affiliation that they lack."""
    head = yaml.safe_load(HEAD)
    [author], [place] = head["authors"], head["affiliations"]
    assert author["affiliation"] == place["index"] == 1 and place["name"] == "No affiliation"
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    packed = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert cited["authors"] == packed["project"]["authors"] == [{"name": author["name"]}]
    assert f"{{{{{author['name']}}}}}" in own_entry()


def test_it_cites_what_its_bibliography_has():
    assert {*CITED.findall(BODY)} == entries().keys()
    known = read_entries()
    assert all(entry == known[key] for key, entry in entries().items() if key in known)


def test_it_compares_itself_with_its_peers():
    field = BODY.partition("# State of the field")[2].partition("\n# ")[0]
    assert re.findall(r"^\* \*\*(.+?)\*\* \[@", field, re.M) == [*PEERS]


def test_its_numbers_are_those_that_were_measured():
    text = " ".join(BODY.split())
    for claim in claims():
        assert claim in text, claim
        text = text.replace(claim, "")
    assert not re.findall(r"\d[\d,.]*", CITED.sub("", text))
