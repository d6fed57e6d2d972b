"""Compare notices that an option has changed its formula or its defaults between runs."""

import pytest

from mcgan.compare.meanings import flag_meanings

R1 = {"version": 1, "defaults": "aaaa0000"}


def more(meaning, version="0.1.0"):
    return {"meanings": {"reg=r1": meaning}, "versions": {"mcgan": version}}


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        (more(R1), more(R1, "0.2.0"), []),
        (more(R1), {}, []),
        (
            more(R1),
            more(R1 | {"version": 2}),
            ["runs of reg=r1 have version 1 and 2 of its formula: they are not of one method."],
        ),
        (
            more(R1),
            more(R1 | {"defaults": "bbbb0000"}, "0.2.0"),
            [
                "runs of reg=r1 are from before and after a change of its defaults (mcgan 0.1.0 "
                "and 0.2.0): what nobody typed may differ."
            ],
        ),
    ],
)
def test_a_change_is_told_in_one_sentence(run, first, second, said):
    assert flag_meanings([run([8], more=first), run([8], seed=1, more=second)]) == said


def test_the_comparison_has_the_note(write):
    from mcgan.compare.comparison import compare

    folders = [
        write("a", [8], seed=0, more=more(R1)),
        write("b", [8], seed=1, more=more(R1 | {"version": 2})),
    ]
    assert any("version 1 and 2 of its formula" in note for note in compare(folders).notes)
