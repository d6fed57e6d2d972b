import pytest
import torch

from mcgan.arch.dcgan import DCGAN
from mcgan.engine.trainer import Trainer
from mcgan.functional import cutout_mask, recolour, translate
from mcgan.optim import Adam
from mcgan.reg.diffaugment import DiffAugment
from small import d_turn, game, largest_difference, moment, real, run

SHAPE, BATCH = (3, 8, 8), 64
ARCH = DCGAN(latent=4, width=2, critic_width=2)


def images(batch: int = BATCH) -> torch.Tensor:
    return torch.rand(batch, *SHAPE, generator=torch.Generator().manual_seed(0)).double() * 2 - 1


def uniform(seed: int, batch: int = BATCH) -> torch.Tensor:
    return torch.rand(batch, generator=torch.Generator().manual_seed(seed))


def test_a_shift_moves_whole_images_and_fills_with_zeros():
    x = images()
    found, seen = translate(x, 0.25, uniform(1), uniform(2)), set()
    for i in range(BATCH):
        ways = [
            (a, b)
            for a in range(-2, 3)
            for b in range(-2, 3)
            if torch.equal(found[i], shifted_by_hand(x[i], a, b))
        ]
        assert len(ways) == 1
        seen |= {*ways}
    assert len(seen) > 15  # of 25


def shifted_by_hand(x: torch.Tensor, down: int, right: int) -> torch.Tensor:
    """The window of a padded image, as the paper has it."""
    padded = torch.nn.functional.pad(x, (2, 2, 2, 2))
    return padded[:, 2 + down : 10 + down, 2 + right : 10 + right]


def test_every_shift_is_as_likely():
    x = torch.arange(8.0).reshape(1, 1, 8, 1).expand(5000, 1, 8, 1)
    down = translate(x, 0.25, uniform(1, 5000), uniform(2, 5000))[:, 0, 3, 0] - 3
    counts = (down + 2).long().bincount(minlength=5)
    assert len(counts) == 5 and (counts > 900).all()


def test_a_cutout_is_a_square_about_any_pixel():
    x = images(4000)
    kept = cutout_mask(x, 0.5, uniform(1, 4000), uniform(2, 4000))
    assert kept.shape == (4000, 1, 8, 8) and set(kept.unique().tolist()) == {0.0, 1.0}
    gone = kept.logical_not()[:, 0]
    rows, columns = gone.any(2), gone.any(1)
    assert torch.equal(gone, rows.unsqueeze(2) & columns.unsqueeze(1))
    for side in (rows, columns):
        assert side.sum(1).max() == 4 and side.sum(1).min() == 2  # cut off by the edge
        assert side.any(0).all()
        edges = (side[:, 1:] != side[:, :-1]).sum(1) + side[:, 0].long() + side[:, -1].long()
        assert (edges == 2).all()  # one stretch


@pytest.mark.parametrize("share, places", [(0.5, 9), (0.375, 8)])
def test_a_cutout_reaches_both_edges_alike(share, places):
    """As in the authors' code, an even square's centre may lie on the far edge too."""
    at = (torch.arange(places) + 0.5) / places
    kept = cutout_mask(images(places), share, at, at)[:, 0]
    mirrored = kept.flip(1, 2).flip(0)
    assert torch.equal(kept, mirrored) and len(kept.unique(dim=0)) == places


def test_brightness_shifts_saturation_greys_and_contrast_keeps_the_mean():
    x, none = images(1), torch.zeros(3, 1, 1, 1, 1).double()

    def by(which: int, much: float) -> torch.Tensor:
        return recolour(x, none.index_fill(0, torch.tensor(which), much))

    torch.testing.assert_close(recolour(x, none), x)
    torch.testing.assert_close(by(0, 0.3), x + 0.3)
    grey = by(1, -0.5)
    torch.testing.assert_close(grey, x.mean(1, keepdim=True).expand_as(x))
    torch.testing.assert_close(by(1, 0.5) - grey, 2 * (x - grey))
    torch.testing.assert_close(by(2, 0.5) - x.mean(), 1.5 * (x - x.mean()))


def test_real_and_fake_are_changed_each_in_its_own_way():
    made = game(augment := DiffAugment(), arch=ARCH, shape=SHAPE)
    turn, now = d_turn(made), moment(made)
    data = turn.real._replace(x=images(8).float())
    real_view, fake_view = (
        augment.view(data._replace(origin=torch.full((8,), o)), now).x for o in (-1, 0)
    )
    changed = (real_view - data.x).abs().amax((1, 2, 3))
    assert (changed > 0).all()
    assert ((real_view - fake_view).abs().amax((1, 2, 3)) > 0).all()


def test_the_generator_learns_through_it():
    made = game(DiffAugment(), arch=ARCH, shape=SHAPE)
    loss, _ = made.play("G", real(made), moment(made))
    slopes = torch.autograd.grad(loss, list(made.G.parameters()))
    assert all(slope.abs().max() > 0 for slope in slopes)


def test_switched_off_it_changes_no_pixel():
    made = game(augment := DiffAugment(**DiffAugment.off), arch=ARCH, shape=SHAPE)
    turn = d_turn(made)
    data = turn.real._replace(x=images(8).float())
    torch.testing.assert_close(augment.view(data, turn.moment).x, data.x)


def trained(*seeds: int) -> Trainer:
    made = Trainer(
        lambda seed: game(DiffAugment(), arch=ARCH, shape=SHAPE, seed=seed),
        lambda n, draw: torch.rand(n, *SHAPE, generator=draw),
        Adam(eps=1e-3),
        list(seeds),
        dtype=torch.float64,
    )
    run(made, 3)
    return made


def test_a_replica_is_the_solo_run_of_its_seed():
    both, alone = trained(5, 6), trained(6)
    assert largest_difference(both.replicas.replica(1), alone.replicas.replica(0)) < 1e-9


def test_it_traces_whole():
    made = game(augment := DiffAugment(), arch=ARCH, shape=SHAPE)
    turn = d_turn(made)
    traced = torch.compile(augment.view, fullgraph=True, backend="aot_eager")
    torch.testing.assert_close(
        traced(turn.real, turn.moment).x, augment.view(turn.real, turn.moment).x
    )
    torch._dynamo.reset()


def test_vectors_are_refused():
    with pytest.raises(ValueError, match=r"augments images.*choose a dataset of images"):
        game(DiffAugment(), shape=(2,))


def test_settings_out_of_range_are_refused():
    for name in ("color", "translation", "cutout"):
        with pytest.raises(ValueError, match=f"{name} must be at least 0 and at most 1"):
            DiffAugment(**{name: 1.5})
