from mcgan.metrics.remarks import remarks

PERFECT = {"quality": 0.9889}


def test_quality_above_its_ceiling_is_flagged():
    [said] = remarks({"quality": [0.999, 0.985]}, PERFECT, 10_000)
    assert said == (
        "quality above its ceiling of 98.9 % in 1 of 2 replicas: modes are narrower than the data's"
    )
    [said] = remarks({"quality": [1.0]}, PERFECT, 10_000)
    assert said == "quality above its ceiling of 98.9 %: modes are narrower than the data's"


def test_chance_is_no_flag():
    assert remarks({"quality": [0.9915]}, PERFECT, 10_000) == []
    assert remarks({"quality": [1.0]}, PERFECT, 100) == []
    assert remarks({"quality": [1.0, None]}, {"quality": None}, 100)[1:] == []
    assert remarks({"quality": [0.999]}, {}, 10_000) == []


def test_a_mean_says_whom_it_leaves_out():
    [said] = remarks({"kl": [0.1, None, 0.3], "width_ratio": [None] * 3}, PERFECT, 10_000)
    assert said == "KL to the true weights: the mean leaves out 1 of 3 replicas"
