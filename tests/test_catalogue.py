"""Every strategy has its card, its test, and a source; every published one is there."""

import inspect
import re
import sys
from importlib import import_module
from pathlib import Path

import pytest
import yaml

from mcgan import listing
from mcgan.paths import conf_dir
from small import STRATEGIES, stems

ROOT = Path(__file__).resolve().parents[1]
CARDS = ROOT / "docs" / "cards"
PUBLISHED = {
    "objective": """minimax non_saturating lsgan hinge wgan wgan_gp wgan_div rpgan ragan rals d2gan
        r3gan""",
    "reg": """clip gradient_penalty lp zero_gp r1 r2 dragan spectral_norm gradient_norm consensus
        wgan_div minibatch minibatch_std pac feature_matching gdpp replay snapshots
        historical_averaging ewc mixture madgan mgan dmgan_pl deligan discrete_latent
        self_conditioned gman dropout_gan mode_seeking ndiv pulling_away veegan ali unrolled top_k
        meg imle bourgan ema ttur optimistic extragradient lookahead instance_noise diffusion
        diffaugment rejection metropolis langevin particles""",
}


@pytest.fixture
def cards(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    yield import_module("cards")
    sys.modules.pop("cards", None)


@pytest.mark.parametrize("group", PUBLISHED)
def test_the_published_ones_are_there(group):
    assert not {*PUBLISHED[group].split()} - {*stems(group)}


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_strategy_has_a_source_and_a_test(strategy):
    option = next(o for o in listing.groups()["reg"] if o.name == strategy)
    assert option.what and option.paper, "the YAML's header says what it does and (Who year)"
    target = yaml.safe_load((conf_dir() / "reg" / f"{strategy}.yaml").read_text())["_target_"]
    assert re.search(r"\b(19|20)\d\d\b", inspect.getdoc(import_module(target.rpartition(".")[0])))
    assert (ROOT / "tests" / "reg" / f"test_{strategy}.py").is_file()


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_its_card_is_fresh(strategy, cards):
    """But for what takes long to make: whom it refuses, and what was measured."""
    card = (CARDS / f"{strategy}.md").read_text(encoding="utf-8")
    fresh = cards.head(strategy)
    assert card.startswith(fresh), "run python scripts/cards.py"
    assert card.removeprefix(fresh).startswith("**Company.** ")


def test_there_is_no_card_without_a_strategy(cards):
    assert {path.stem for path in CARDS.glob("*.md")} == {*STRATEGIES, "README"}
    assert (CARDS / "README.md").read_text(encoding="utf-8") == cards.index()
