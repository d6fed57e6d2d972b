"""How the numbers of a judgement are written."""

import pytest

from mcgan.judging.told_numbers import number


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.000"),
        (0.25, "0.250"),
        (65.0, "65.000"),
        (2034.6, "2,035"),
        (-120.0, "-120"),
        (-6.3e-06, "-6.3e-06"),
    ],
)
def test_large_numbers_are_whole_and_only_tiny_ones_are_powers_of_ten(
    value: float, text: str
) -> None:
    assert number(value) == text
