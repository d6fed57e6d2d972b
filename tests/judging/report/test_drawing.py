"""Figures: every group with its band, every generator with its row."""

import numpy as np

from judged import judged_blocks, judged_ring
from mcgan.judging.report.drawing import draw, draw_shares, shares
from mcgan.view.figures.style import new_figure, place


def test_each_group_has_a_band_and_a_dot_in_its_colour():
    figure = shares(judged_ring())
    [axes] = figure.axes
    groups = sorted(judged_ring().groups, key=lambda group: -group.share)
    assert [tick.get_text() for tick in axes.get_xticklabels()] == [g.name for g in groups]
    bands = [(bar.get_y(), bar.get_y() + bar.get_height()) for bar in axes.patches]
    assert np.allclose(bands, [(100 * g.band[0], 100 * g.band[1]) for g in groups])
    kept, lost = (
        collection
        for collection in axes.collections
        if len(collection.get_offsets()) and collection.get_label().startswith("samples")
    )
    assert len(kept.get_offsets()) == 5 and len(lost.get_offsets()) == 3
    assert (lost.get_offsets()[:, 1] == 0).all()
    assert (kept.get_facecolor() != lost.get_facecolor()).any()


def test_each_generator_has_a_row():
    figure = draw([judged_ring(), judged_blocks()])
    assert len(figure.axes) == 4
    assert [text.get_text()[:30] for text in figure.texts] == [
        f"{judged.name}: {judged.verdict}"[:30] for judged in (judged_blocks(), judged_ring())
    ]


def test_too_few_samples_have_no_groups(monkeypatch):
    monkeypatch.setattr(type(judged_ring()), "groups", ())
    axes = place(new_figure(5, 4), 1, 1, 3, 2)
    draw_shares(axes, judged_ring())
    assert "too few" in axes.texts[0].get_text() and not axes.patches
