"""How each strategy is drawn by strategy_pictures.py: in which company, how long, what is seen.

A strategy has the company that its paper gives it. Where that is more than the strategy itself, the
game on the left has the rest of it, so that the two games differ by the strategy alone.
"""

from typing import NamedTuple

STEPS = 1000


class Drawing(NamedTuple):
    """What the game with the strategy has beside strategy_pictures.GAME, and the one without it."""

    words: tuple[str, ...]
    without: tuple[str, ...] = ()
    steps: int = STEPS


LONG = 3 * STEPS  # a penalty of data's scale is slow to sharpen D
LP = ("objective=wgan_gp", "~reg.gradient_penalty")
ENERGY = ("objective=wgan", "~reg.clip", "optim.betas=[0.5,0.9]")
NEAR_ITS_BEST = ("objective.critic_steps=5",)  # what draws by D's score needs such a D
STOPPING = "optim.g.lr={from: 0.001, to: 0.0, until: 0.6, shape: cosine}"  # then D goes on alone


def drawn_by_score(name: str) -> Drawing:
    return Drawing((*NEAR_ITS_BEST, f"reg={name}"), NEAR_ITS_BEST)


# All others are drawn with `reg=NAME` alone.
COMPANIES = {
    "clip": Drawing(("objective=wgan", "optim.betas=[0.0,0.999]")),
    "discrete_latent": Drawing(("reg=[discrete_latent,r1]",), ("reg=r1",), LONG),
    "dmgan_pl": Drawing((*LP, "reg=[dmgan_pl,lp]"), (*LP, "reg=lp")),
    "dragan": Drawing(("reg=dragan",), steps=LONG),
    "gradient_penalty": Drawing(("objective=wgan_gp",)),
    "haze": Drawing(
        (*NEAR_ITS_BEST, STOPPING, "reg=[haze,rejection]"),
        (*NEAR_ITS_BEST, STOPPING, "reg=rejection"),
    ),
    "infogan": Drawing(("reg=[infogan,r1]",), ("reg=r1",), LONG),
    "langevin": drawn_by_score("langevin"),
    "lp": Drawing((*LP, "reg=lp")),
    "madgan": Drawing(("reg=[madgan,r1]",), ("reg=r1",), LONG),
    "meg": Drawing(
        (*ENERGY, "reg=[meg,r1]", "reg.r1.gamma=0.2"), (*ENERGY, "reg=r1", "reg.r1.gamma=0.2")
    ),
    "metropolis": drawn_by_score("metropolis"),
    "optimistic": Drawing(("reg=optimistic", "optim.lr=5e-4", "optim.d.lr=1.5e-4")),
    "pac": Drawing(("reg=pac", "train.batch_size=128"), steps=LONG),
    "particles": Drawing(("reg=[particles,r1]",), ("reg=r1",), LONG),
    "r1": Drawing(("reg=r1",), steps=LONG),
    "r2": Drawing(("reg=r2",), steps=LONG),
    "rejection": drawn_by_score("rejection"),
    "second_critic": Drawing(("objective=d2gan",)),
    "self_conditioned": Drawing(("reg=self_conditioned", "reg.self_conditioned.period=50")),
    "smc": drawn_by_score("smc"),
    "spectral_norm": Drawing(("objective=hinge", "reg=spectral_norm"), ("objective=hinge",)),
    "ttur": Drawing(("reg=ttur", "optim.d.lr=null"), ("optim.d.lr=null",)),
    "wgan_div": Drawing(("objective=wgan_div",)),
    "zero_gp": Drawing(("reg=zero_gp",), steps=LONG),
}
NOT_DRAWN = {
    "diffaugment": "It recolours, moves and cuts images, so it has no effect to draw in the plane.",
}
# A sentence for the page, where numbers and the common caption do not say what is to be seen.
SEEN = {
    "ali": "D judges each point with the code that the encoder gives it.",
    "bourgan": "Samples lie in heaps without bridges: so do the latents, from the start.",
    "clip": "Clipped weights make the score nearly a plane, whose pushes have one direction.",
    "consensus": "Samples lie on all sides of the ring's centre.",
    "diffusion": "D is drawn as it judges samples without noise.",
    "dmgan_pl": "Ten generators make the heaps, which few bridges join.",
    "ema": "G and D are trained as on the left: samples are of the average of G's weights.",
    "gradient_norm": "Divided by its own slope and size, the score changes over short ways.",
    "haze": "G lays a haze round all modes, and rejection by D's score cuts it off.",
    "langevin": "G and D are the same on both sides: samples are moved to where D finds them real.",
    "madgan": "The generators part, as D has to name the maker of each fake.",
    "meg": "Samples spread, as G is paid for entropy.",
    "metropolis": "G and D are the same on both sides: chains leave what D takes for fake.",
    "mgan": "Eight generators make the heaps, which no bridges join.",
    "minibatch": "A score depends on its batch, so its contours are rough.",
    "minibatch_std": "A score depends on its batch, so its contours are rough.",
    "mode_seeking": "Samples are spread as far as real ones, also between the modes.",
    "ndiv": "Samples are spread as their latents are, also between the modes.",
    "pac": "With packs a single sample has no score.",
    "rejection": "G and D are the same on both sides: samples that D takes for fake are rejected.",
    "self_conditioned": "A point has the class of the nearest cluster, so the score jumps "
    "where the class changes.",
    "smc": "G and D are the same on both sides: samples wander to where D finds them real.",
    "veegan": "D judges each point with the code that the encoder gives it.",
}
