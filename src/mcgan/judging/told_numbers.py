"""Numbers of a judgement as a sentence or a table tells them."""

from mcgan.judging.measures import Measured


def real_of(measure: Measured) -> str:
    """What two real samples show of a measure: mean ± standard deviation."""
    return f"{number(measure.null_mean)} ± {number(measure.null_sd)}"


def seen(measure: Measured) -> str:
    """`lower`, `higher`, or a dash where two real samples show such a value; p of a test."""
    way = ("higher" if measure.value > measure.null_mean else "lower") if measure.seen else "–"
    return way if measure.p is None else f"{way}, p {small(measure.p)}"


def versus(measure: Measured) -> str:
    """A value beside that of two real samples: `0.92, of two real samples 0.97 ± 0.01`."""
    return f"{measure.value:.2f}, of two real samples {real_of(measure)}"


def interval(measure: Measured, times: float) -> str:
    """`55 (53 to 57)`: the value and two standard deviations of real samples around it."""
    half = 2 * measure.null_sd
    shape = ".0f" if times > 1 else ".2f"
    low, high = max(0.0, measure.value - half), measure.value + half
    high = min(high, 1.0) if times > 1 else high
    return f"{measure.value * times:{shape}} ({low * times:{shape}} to {high * times:{shape}})"


def number(value: float) -> str:
    """Three decimals; a hundred and more is whole, and what is tiny a power of ten."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3f}" if abs(value) >= 0.001 or value == 0 else f"{value:.2g}"


def percent(share: float) -> str:
    """A share in percent: `9`, or `0.4` below one percent."""
    return f"{100 * share:.0f}" if share >= 0.01 or share == 0 else f"{100 * share:.1f}"


def small(p: float) -> str:
    """A p-value for a sentence, as `= 0.012` or `< 0.0001`."""
    return "< 0.0001" if p < 0.0001 else f"= {p:.2g}"
