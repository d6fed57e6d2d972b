"""The same training in JAX and optax: the whole step jitted, steps scanned, seeds vmapped.

Weights lie as (inputs, outputs), those of convolutions as HWIO with pictures as NHWC; state is
(g, d, Adam of g, Adam of d).
"""

import functools
import itertools
import math
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax.nn import leaky_relu, relu, softplus
from workloads import BETAS, DIMS, KERNELS, LR, PENALTY, UNROLL_LR, Workload

STEPS = {False: 64, True: 4}  # scanned in one call: of vectors, of pictures
NHWC = ("NHWC", "HWIO", "NHWC")
Params = dict[str, Any]
State = tuple[Any, ...]
adam = optax.adam(LR, *BETAS)


def stepper(work: Workload, seeds: int) -> Callable[[], None]:
    """A function that trains ``seeds`` networks for some steps and waits for the result."""
    keys = jax.random.split(jax.random.key(0), seeds) if seeds > 1 else jax.random.key(0)
    each = jax.vmap if seeds > 1 else lambda f: f
    state = jax.jit(each(lambda key: start(work, key)))(keys)
    many = jax.jit(each(lambda state, key: steps(work, state, key)), donate_argnums=0)
    held = [state, keys]

    def call() -> None:
        held[:] = many(*held)
        jax.block_until_ready(held[0])

    return call


def start(work: Workload, key: jax.Array) -> State:
    g, d = (convolutional if work.image else dense)(work, key)
    return g, d, adam.init(g), adam.init(d)


def dense(work: Workload, key: jax.Array) -> tuple[Params, Params]:
    (size,), width = work.shape, work.width
    keys = jax.random.split(key, 3)
    d = {
        "layers": linears(keys[0], [size, width, width]),
        "head": linears(keys[1], [width + work.minibatch * KERNELS, 1]),
    }
    if work.minibatch:
        project = linears(keys[1], [width, KERNELS * DIMS])[0][0]
        d |= {"project": project, "log_scale": jnp.zeros(KERNELS)}
    return {"layers": linears(keys[2], [work.latent, width, width, size])}, d


def convolutional(work: Workload, key: jax.Array) -> tuple[Params, Params]:
    width, side = work.width, work.shape[1] // 4
    keys = jax.random.split(key, 4)
    (first,) = linears(keys[0], [work.latent, 4 * width * side**2])
    ups = convolutions(keys[1], [(2 * width, 4 * width), (3, 2 * width)])
    downs = convolutions(keys[2], [(3, width), (width, 2 * width), (2 * width, 4 * width)])
    head = linears(keys[3], [4 * width * (side // 2) ** 2, 1])
    return (
        {"start": first, "ups": [(w, jnp.zeros(w.shape[2])) for w in ups]},
        {"downs": [(w, jnp.zeros(w.shape[3])) for w in downs], "head": head},
    )


def linears(key: jax.Array, widths: list[int]) -> list[tuple[jax.Array, jax.Array]]:
    made = []
    for a, b in itertools.pairwise(widths):
        key, fresh = jax.random.split(key)
        weight = jax.random.uniform(fresh, (a, b), minval=-1, maxval=1) * a**-0.5
        made.append((weight, jnp.zeros(b)))
    return made


def convolutions(key: jax.Array, widths: list[tuple[int, int]]) -> list[jax.Array]:
    keys = jax.random.split(key, len(widths))
    return [
        jax.random.uniform(k, (4, 4, *w), minval=-1, maxval=1) * (16 * w[0]) ** -0.5
        for k, w in zip(keys, widths, strict=True)
    ]


def steps(work: Workload, state: State, key: jax.Array) -> tuple[State, jax.Array]:
    """Some steps on fresh data, drawn at once; the new state and the next key."""
    key, fresh = jax.random.split(key)
    drawn = draws(work, fresh, (STEPS[work.image], work.critic_steps + 1, work.batch))
    state, _ = jax.lax.scan(
        lambda state, drawn: (step(work, state, drawn), None), state, drawn, unroll=work.image
    )  # convolutions in a loop are slow: XLA's own kernel
    return state, key


def draws(work: Workload, key: jax.Array, lead: tuple[int, ...]) -> tuple[jax.Array, ...]:
    keys = jax.random.split(key, 3)
    real = (images if work.image else ring)(keys[0], lead)
    z = jax.random.normal(keys[1], (*lead, work.latent))
    eps = jax.random.uniform(keys[2], (*lead, 1)) if work.penalty else z[..., :1]
    return real, z, eps


def ring(key: jax.Array, lead: tuple[int, ...]) -> jax.Array:
    which, where = jax.random.split(key)
    angle = jax.random.randint(which, lead, 0, 8) * (math.tau / 8)
    about = 0.01 * jax.random.normal(where, (*lead, 2))
    return jnp.stack([jnp.cos(angle), jnp.sin(angle)], -1) + about


def images(key: jax.Array, lead: tuple[int, ...]) -> jax.Array:
    rows = jax.random.randint(key, (*lead, 3), 0, len(pictures()))
    some = jnp.asarray(pictures())[rows]
    return jnp.moveaxis(some, -3, -1).astype(jnp.float32) / 127.5 - 1


@functools.cache
def pictures() -> Any:
    return np.random.default_rng(0).integers(256, size=(4096, 28, 28), dtype=np.uint8)


def step(work: Workload, state: State, drawn: tuple[jax.Array, ...]) -> State:
    """The critic's turns, then the generator's; ``drawn`` has one entry for each."""
    turns = work.critic_steps
    for turn in range(turns):
        state = critic_turn(work, state, *(part[turn] for part in drawn))
    real, z, _ = (part[turns] for part in drawn)
    return generator_turn(work, state, real, z)


def critic_turn(
    work: Workload, state: State, real: jax.Array, z: jax.Array, eps: jax.Array
) -> State:
    g, d, g_adam, d_adam = state
    grads = jax.grad(d_loss)(d, work, real, made(g, z), eps)
    moves, d_adam = adam.update(grads, d_adam)
    return g, optax.apply_updates(d, moves), g_adam, d_adam


def generator_turn(work: Workload, state: State, real: jax.Array, z: jax.Array) -> State:
    g, d, g_adam, d_adam = state
    grads = jax.grad(g_loss)(g, d, work, real, z)
    moves, g_adam = adam.update(grads, g_adam)
    return optax.apply_updates(g, moves), d, g_adam, d_adam


def d_loss(
    d: Params, work: Workload, real: jax.Array, fake: jax.Array, eps: jax.Array
) -> jax.Array:
    if not work.penalty:
        return softplus(-score(d, real)).mean() + softplus(score(d, fake)).mean()
    slope = jax.grad(lambda x: score(d, x).sum())(eps * real + (1 - eps) * fake)
    penalty = jnp.square(jnp.linalg.norm(slope, axis=1) - 1).mean()
    return score(d, fake).mean() - score(d, real).mean() + PENALTY * penalty


def g_loss(g: Params, d: Params, work: Workload, real: jax.Array, z: jax.Array) -> jax.Array:
    fake = made(g, z)
    if work.penalty:
        return -score(d, fake).mean()
    if not work.unrolled:
        return softplus(-score(d, fake)).mean()
    for _ in range(work.unrolled):
        grads = jax.grad(d_loss)(d, work, real, fake, None)
        d = jax.tree.map(lambda p, g: p - UNROLL_LR * g, d, grads)
    direct = softplus(-score(jax.lax.stop_gradient(d), fake)).mean()
    return direct - d_loss(d, work, real, jax.lax.stop_gradient(fake), None)


def score(d: Params, x: jax.Array) -> jax.Array:
    for weight, bias in d.get("downs", []):
        x = leaky_relu(conv(x, weight) + bias, 0.2)
    x = x.reshape(len(x), -1)
    for weight, bias in d.get("layers", []):
        x = leaky_relu(x @ weight + bias, 0.2)
    if "project" in d:
        x = jnp.concatenate([x, closeness(d, x)], 1)
    ((weight, bias),) = d["head"]
    return (x @ weight + bias)[:, 0]


def closeness(d: Params, features: jax.Array) -> jax.Array:
    m = (features @ d["project"]).reshape(len(features), KERNELS, DIMS)
    m = m * jnp.exp(d["log_scale"])[:, None]
    away = jnp.abs(m[:, None] - m[None]).sum(3)
    return (jnp.exp(-away).sum(1) - 1) / (len(m) - 1)  # but for itself


def made(g: Params, z: jax.Array) -> jax.Array:
    """What the generator makes of latents."""
    if "ups" in g:
        return picture(g, z)
    *hidden, (weight, bias) = g["layers"]
    for w, b in hidden:
        z = leaky_relu(z @ w + b, 0.2)
    return z @ weight + bias


def picture(g: Params, z: jax.Array) -> jax.Array:
    weight, bias = g["start"]
    (first, about), (last, mean) = g["ups"]
    side = math.isqrt(len(bias) // first.shape[3])
    x = relu(z @ weight + bias).reshape(len(z), side, side, -1)
    return jnp.tanh(conv_transpose(relu(conv_transpose(x, first) + about), last) + mean)


def conv(x: jax.Array, weight: jax.Array) -> jax.Array:
    return jax.lax.conv_general_dilated(x, weight, (2, 2), [(1, 1)] * 2, dimension_numbers=NHWC)


def conv_transpose(x: jax.Array, weight: jax.Array) -> jax.Array:
    """The way back of ``conv``: weight is of the convolution it undoes, (4, 4, out, in)."""
    return jax.lax.conv_transpose(
        x, weight, (2, 2), "SAME", dimension_numbers=NHWC, transpose_kernel=True
    )


def from_torch(g: list[np.ndarray], d: list[np.ndarray]) -> State:
    """The state of weights as PyTorch's nets list them."""
    nets = (of_images if g[-2].ndim == 4 else of_vectors)(g, d)
    return (*nets, *map(adam.init, nets))


def of_vectors(g: list[np.ndarray], d: list[np.ndarray]) -> tuple[Params, Params]:
    trunk, neck, head = d[:4], d[4:-2], d[-2:]
    critic: Params = {"layers": transposed(trunk), "head": transposed(head)}
    if neck:
        critic |= {"log_scale": jnp.asarray(neck[0]), "project": jnp.asarray(neck[1].T)}
    return {"layers": transposed(g)}, critic


def of_images(g: list[np.ndarray], d: list[np.ndarray]) -> tuple[Params, Params]:
    """Channels go last, also in the vectors on either side of the convolutions."""
    wide, last = g[2].shape[0], d[-4].shape[0]
    weight, bias = (by_place(part.T, wide).T for part in g[:2])
    head = [by_place(d[-2], last), d[-1]]
    return (
        {"start": transposed([weight, bias])[0], "ups": transposed(g[2:])},
        {"downs": transposed(d[:-2]), "head": transposed(head)},
    )


def by_place(rows: np.ndarray, channels: int) -> np.ndarray:
    """(..., channels, places) as (..., places, channels), both flat."""
    return rows.reshape(*rows.shape[:-1], channels, -1).swapaxes(-1, -2).reshape(rows.shape)


def transposed(arrays: list[np.ndarray]) -> list[tuple[jax.Array, jax.Array]]:
    """Pairs of weight and bias; PyTorch's weights have their inputs and outputs first."""
    pairs = zip(arrays[::2], arrays[1::2], strict=True)
    return [
        (jnp.asarray(weight.transpose(*range(2, weight.ndim), 1, 0)), jnp.asarray(bias))
        for weight, bias in pairs
    ]
