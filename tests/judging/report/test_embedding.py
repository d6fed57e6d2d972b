"""Where samples lie in the plane that is drawn."""

import numpy as np

from judged import draw_ring, judged_blocks, judged_ring
from mcgan.judging.report.embedding import embed


def test_vectors_in_the_plane_lie_where_they_are():
    found = judged_ring()
    rows = [row for group in found.judgement.missing for row in group.rows]
    seen = embed(found.pair, rows)
    places = found.pair.real_samples.places
    assert (seen.real == draw_ring(700)[0][places]).all() and seen.labels == ("x₁", "x₂")
    assert (places[seen.lost] == found.missing.rows).all()
    assert ((seen.low < seen.fakes) & (seen.fakes < seen.high)).all()


def test_pictures_lie_by_the_two_directions_of_most_variance():
    pair = judged_blocks().pair
    seen = embed(pair, [])
    total = np.trace(np.cov(pair.real.T))
    best = np.linalg.eigvalsh(np.cov(pair.real.T))[-2:].sum()
    assert np.isclose(seen.real.var(0, ddof=1).sum() / total, best / total, rtol=1e-3)
    assert "principal component" in seen.labels[0] and not seen.lost.any()
