"""result.json holds what is needed to trust a number and to measure it again."""

import json
import math

from mcgan.experiment.result import result


def test_each_measure_with_its_spread_and_limits() -> None:
    made = result(
        {"modes_covered": [8.0, 6.0, math.nan], "kl": [0.5]},
        {"perfect": {"modes_covered": 8.0}, "real": {"modes_covered": 8.0, "kl": 0.1}},
        step=10, seeds=[4, 5, 6], protocol={"name": "default"}, evaluation={"samples": 100},
        facts={"accuracy": 0.995}, command="mcgan train seed=4",
    )  # fmt: skip
    modes = made["metrics"]["modes_covered"]
    assert modes["values"] == [8.0, 6.0, None] and modes["mean"] == 7.0
    assert modes["interval"] == [6.0, 8.0]  # of two values, and in range
    assert (modes["perfect"], modes["real"]) == (8.0, 8.0)
    assert made["metrics"]["kl"] == {"values": [0.5], "mean": 0.5, "interval": None,
                                     "perfect": None, "real": 0.1}  # fmt: skip
    assert made["seeds"] == [4, 5, 6] and made["dataset"] == {"accuracy": 0.995}
    assert {"python", "torch", "numpy", "mcgan", "cpu", "threads"} <= made["versions"].keys()
    json.dumps(made, allow_nan=False)
