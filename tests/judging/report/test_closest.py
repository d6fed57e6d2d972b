"""Missing groups beside nearest fakes, and copies in pairs."""

import numpy as np

from judged import draw_blocks, judged_blocks, judged_ring
from mcgan.judging.report.closest import SHOWN, find_beside, find_copies, find_training_copies


def test_real_rows_of_the_group_stand_above_their_nearest_fakes():
    found = judged_blocks()
    kinds = draw_blocks(500)[1]
    [group, *_] = found.judgement.missing
    beside = find_beside(found.pair, group)
    assert len(beside.real) == len(beside.fakes) == SHOWN
    assert (kinds[beside.real] == 3).all()
    away = np.linalg.norm(found.pair.real[beside.real][:, None] - found.pair.fakes, axis=2)
    assert (away.argmin(1) == beside.fakes).all()


def test_training_copies_are_found_and_shown_first():
    found = find_training_copies(judged_blocks().pair)
    assert found.found >= 10 and found.searched == 300
    assert all(290 + real == fake for fake, real in found.rows)  # the copies, in their order
    assert find_training_copies(judged_ring().pair) is None


def test_pairs_are_the_closest_and_no_sample_stands_in_two():
    pair = judged_ring().pair
    found = find_copies(pair)
    rows = [row for rows in found.rows for row in rows]
    assert len({*rows}) == len(rows) == 2 * SHOWN
    away = np.linalg.norm(pair.fakes[:, None] - pair.fakes, axis=2) + 9 * np.eye(len(pair.fakes))
    assert away[found.rows[0]] == away.min()
    assert 0 < found.found < 0.2 * found.searched
