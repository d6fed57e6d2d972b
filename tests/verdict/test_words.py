from mcgan.verdict import causes
from mcgan.verdict.causes import Cause
from mcgan.verdict.rules import KINDS, State
from mcgan.verdict.words import LABELS, Verdict, common, count_states, headline, page

FORGOT = Cause("forgetting", {"critic_fakes": 0.62, "critic_old": 0.4, "fresh": 0.9})
FINE = Verdict(0, State("healthy", 900), 8, 8, None)
GONE = Verdict(3, State("collapsed", 4000, True), 3, 8, FORGOT)


def test_a_replica_in_words():
    assert GONE.text == "collapsed since step 4,000, samples nearest to 3 of 8 modes"
    assert FINE.text == "healthy"
    inside = Verdict(1, State("inside", 500, True), 8, 8, Cause("alone", {}))
    assert inside.text == "collapsed inside modes since step 500"
    found = GONE._replace(groups="groups")  # of a verdict that knows no modes
    assert found.text == "collapsed since step 4,000, samples nearest to 3 of 8 groups"


def test_off_the_data_in_words():
    wide = Cause("wide", {"on_data": 0.06, "blur": 4.3})
    off = Verdict(0, State("off", 4000), 8, 8, wide)
    assert headline([off], ["train.steps=600"]) == (
        "off the data since step 4,000, samples nearest to 8 of 8 modes; most likely cause: "
        "samples too wide for their modes: 6% of samples lie on the data, typical ones 4.3 times "
        "as far from the middle of their mode as data; try train.steps=600")  # fmt: skip
    young = Verdict(1, State("sharpening", 900), 8, 8, Cause("unfinished", {"on_data": 0.06}))
    assert young.text == (
        "not yet: still sharpening since step 900, samples nearest to 8 of 8 modes"
    )
    assert count_states([young, off, off]) == "1 not yet: still sharpening, 2 off the data"


def test_a_run_in_words():
    assert count_states([FINE]) == "healthy" and count_states([GONE]) == GONE.text
    assert count_states([GONE, FINE, FINE]) == "2 healthy, 1 collapsed"
    assert headline([FINE, FINE], []) == "2 healthy"
    assert headline([FINE, GONE], ["reg=replay", "optim.g.lr=0.1"]) == (
        "1 healthy, 1 collapsed; most likely cause: forgetting: data score above fakes with chance "
        "0.62, above old fakes with chance 0.40, 90% of samples in groups that had none one "
        "evaluation before; try reg=replay or optim.g.lr=0.1")  # fmt: skip


def test_the_most_frequent_cause_is_named():
    other = Verdict(4, State("dropping", 1), 6, 8, Cause("ahead", {}))
    assert common([FINE]) is None
    assert common([other, GONE, GONE]) == "forgetting"
    assert common([other, GONE]) == "ahead"


def test_the_page_has_a_row_for_each_replica():
    text = page(4000, [FINE, GONE], ["reg=replay"])
    assert "| 0 | healthy |  |  |" in text and f"| 3 | {GONE.text} |" in text
    assert causes.load_causes()["forgetting"]["means"] in text


def test_every_sign_has_words():
    signs = [*causes.SIGNS.values(), causes.ALONE, *causes.PLACES.values(), causes.WIDE]
    for _, names in signs:
        assert {*names} <= {*LABELS}
    assert all(KINDS.values())
