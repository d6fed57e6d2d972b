"""Every strategy has its card, its test, and a source; every published one is there."""

import inspect
import re
import sys
from importlib import import_module
from pathlib import Path

import pytest
import yaml

from mcgan.cli import options
from mcgan.config.paths import conf_dir
from small import STRATEGIES, stems

ROOT = Path(__file__).resolve().parents[1]
CARDS = ROOT / "docs" / "cards"
PUBLISHED = {
    "objective": """minimax non_saturating lsgan hinge wgan wgan_gp wgan_div rpgan ragan rals d2gan
        r3gan""",
    "reg": """clip gradient_penalty lp zero_gp r1 r2 dragan spectral_norm gradient_norm consensus
        wgan_div minibatch minibatch_std pac feature_matching gdpp replay snapshots
        historical_averaging ewc mixture madgan mgan dmgan_pl deligan discrete_latent infogan
        self_conditioned gman dropout_gan mode_seeking ndiv pulling_away veegan ali unrolled top_k
        meg imle bourgan ema ttur optimistic extragradient lookahead instance_noise diffusion
        megan stratified_replay second_critic diffaugment rejection metropolis langevin
        particles""",
}


@pytest.fixture
def scripts(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    yield import_module
    for name in ("cards", "catalogue", "pool", "refusals", "rescue_rows", "tables"):
        sys.modules.pop(name, None)


@pytest.fixture
def cards(scripts):
    return scripts("cards")


@pytest.fixture
def catalogue(scripts):
    return scripts("catalogue")


@pytest.mark.parametrize("group", PUBLISHED)
def test_the_published_ones_are_there(group):
    assert not {*PUBLISHED[group].split()} - {*stems(group)}


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_strategy_has_a_source_and_a_test(strategy):
    option = next(o for o in options.groups()["reg"] if o.name == strategy)
    assert option.what and option.paper, "the YAML's header says what it does and (Who year)"
    target = yaml.safe_load((conf_dir() / "reg" / f"{strategy}.yaml").read_text())["_target_"]
    assert re.search(r"\b(19|20)\d\d\b", inspect.getdoc(import_module(target.rpartition(".")[0])))
    assert (ROOT / "tests" / "reg" / f"test_{strategy}.py").is_file()


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_its_yaml_says_what_a_card_needs(strategy, cards):
    assert all(len(words.split()) > 1 for words in cards.said(strategy).values())


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_its_card_is_fresh(strategy, cards):
    """The table of refusals is tested by test_pairs.py and test_laws.py."""
    card = (CARDS / f"{strategy}.md").read_text(encoding="utf-8")
    assert card == cards.card(strategy), "run python scripts/cards.py"


def test_there_is_no_card_without_a_strategy(cards):
    assert {path.stem for path in CARDS.glob("*.md")} == {*STRATEGIES, "README"}
    assert (CARDS / "README.md").read_text(encoding="utf-8") == cards.index()


def test_a_bar_in_a_text_begins_no_cell(cards):
    rows = [line for line in cards.index().splitlines() if line.startswith("|")]
    assert any("grad D" in row for row in rows)
    assert {len(re.split(r"(?<!\\)\|", row)) for row in rows} == {5}


def test_the_page_of_refusals_is_fresh(scripts):
    refusals = scripts("refusals")
    page = refusals.page(refusals.load())
    assert refusals.PAGE.read_text(encoding="utf-8") == page, "run python scripts/refusals.py"
    assert "`[ema,langevin]`" in page and "`langevin + pac`" in page


def test_a_card_names_whom_a_strategy_refuses_and_what_the_log_says(cards):
    apart = cards.grouped("rejection", ["pac", "minibatch", "r1", "ttur"], cards.refusals)
    assert len(apart) == 1 and apart[0].startswith("* `pac`, `minibatch`: refused, reg.rejection")
    assert cards.refusals("rejection", "langevin").keys() == {"[rejection,langevin]"}  # one order
    assert "log density ratio" in cards.warnings("r1", "rejection")["rejection"]
    assert not cards.warnings("r1", "ttur")


def test_the_catalogue_trains_every_option_of_both_groups_once_on_each_dataset(catalogue):
    found = list(catalogue.jobs([]))
    wanted = {("reg", name) for name in [*STRATEGIES, "none"]}
    wanted |= {("objective", name) for name in stems("objective") if name != "non_saturating"}
    for dataset in catalogue.DATASETS:
        mine = [(job.group, job.option) for job in found if job.dataset == dataset]
        assert mine[0] == ("reg", "none") and len(mine) == len(set(mine)) and set(mine) == wanted


def test_what_is_done_is_not_trained_again_and_stands_in_the_table(
    catalogue, tmp_path, monkeypatch, capsys
):
    small = [
        "train.steps=2",
        "train.compile=false",
        "replicas=2",
        "arch.width=4",
        "train.batch_size=8",
        "protocol.samples=50",
        "log=lean",
    ]
    words = ["catalogue", "--runs", str(tmp_path), "--only", "pac", "diffaugment", "--", *small]
    monkeypatch.setattr(sys, "argv", words)
    catalogue.main()
    said = capsys.readouterr().out
    assert "6/6" in said and "failed" not in said
    assert said.count("| [`reg=pac`](cards/pac.md) |") == 2  # ring and grid
    assert "* [`reg=diffaugment`](cards/diffaugment.md): refused, " in said
    kept = (tmp_path / "catalogue.json").read_text()
    monkeypatch.setattr(sys, "argv", [*words[:3], *small])
    monkeypatch.setattr(catalogue, "jobs", lambda only: [catalogue.Job("reg", "pac", "ring")])
    catalogue.main()
    assert capsys.readouterr().out.startswith("| option ")  # nothing was left to do
    assert (tmp_path / "catalogue.json").read_text() == kept
