"""The block `published`: known measures, plain numbers, and nothing that training could see."""

import pytest

from mcgan.errors import UserError
from mcgan.metrics.published import Figure, read_published


def test_numbers_with_and_without_a_spread():
    known = read_published(
        {
            "source": "A 2018, Table 1",
            "runs": 10,
            "spread": "standard error",
            "measures": {"kl": [0.45, 0.09], "modes_strict": 7.2},
        }
    )
    assert known.figures == {"kl": Figure(0.45, 0.09), "modes_strict": Figure(7.2, None)}
    assert (known.source, known.runs, known.says, known.differs) == ("A 2018, Table 1", 10, "", [])


@pytest.mark.parametrize(("block", "why"), [
    ({"measures": {"modes_stricd": 7}}, "no measure 'modes_stricd'; did you mean 'modes_strict'?"),
    ({"measures": {"quality": 98.2}}, "measures.quality must be a share from 0 to 1, not 98.2"),
    ({"measures": {"kl": "small"}}, "measures.kl must be a number or"),
    ({"measures": {"kl": [1, 2, 3]}}, "measures.kl must be a number or"),
    ({"measures": {"kl": True}}, "measures.kl must be a number or"),
    ({"measures": {"kl": float("nan")}}, "measures.kl must be finite"),
    ({"spread": "sigma"}, "spread must be one of standard deviation, standard error"),
    ({"runs": 0}, "runs must be at least 1"),
    ({"sauce": "x"}, "no setting published.sauce"),
    ({"differs": "much"}, "published.differs must be a list"),
])  # fmt: skip
def test_what_is_no_such_block_is_one_sentence(block, why):
    with pytest.raises(UserError, match=r"^[^\n]*$") as raised:
        read_published({"source": "A 2018", **block})
    assert why in str(raised.value)


def test_a_source_is_wanted():
    with pytest.raises(UserError, match=r"published\.source must be given"):
        read_published({"measures": {}})
