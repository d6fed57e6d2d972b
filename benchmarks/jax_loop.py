"""The same training in JAX and optax: the whole step jitted, steps scanned, seeds vmapped.

Weights lie as (inputs, outputs); state is (g, d, Adam of g, Adam of d).
"""

import itertools
import math
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax.nn import leaky_relu, softplus
from workloads import BETAS, DIMS, KERNELS, LR, PENALTY, UNROLL_LR, Workload

STEPS = 64  # scanned in one call
Params = dict[str, Any]
State = tuple[Any, ...]
adam = optax.adam(LR, *BETAS)


def stepper(work: Workload, seeds: int) -> Callable[[], None]:
    """A function that trains ``seeds`` networks for STEPS steps and waits for the result."""
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
    (size,), width = work.shape, work.width
    keys = jax.random.split(key, 3)
    d = {"layers": linears(keys[0], [size, width, width]),
         "head": linears(keys[1], [width + work.minibatch * KERNELS, 1])}
    if work.minibatch:
        project = linears(keys[1], [width, KERNELS * DIMS])[0][0]
        d |= {"project": project, "log_scale": jnp.zeros(KERNELS)}
    g = linears(keys[2], [work.latent, width, width, size])
    return g, d, adam.init(g), adam.init(d)


def linears(key: jax.Array, widths: list[int]) -> list[tuple[jax.Array, jax.Array]]:
    made = []
    for a, b in itertools.pairwise(widths):
        key, fresh = jax.random.split(key)
        weight = jax.random.uniform(fresh, (a, b), minval=-1, maxval=1) * a**-0.5
        made.append((weight, jnp.zeros(b)))
    return made


def steps(work: Workload, state: State, key: jax.Array) -> tuple[State, jax.Array]:
    """STEPS steps on fresh data, drawn at once; the new state and the next key."""
    key, fresh = jax.random.split(key)
    drawn = draws(work, fresh, (STEPS, work.critic_steps + 1, work.batch))
    state, _ = jax.lax.scan(lambda state, drawn: (step(work, state, drawn), None), state, drawn)
    return state, key


def draws(work: Workload, key: jax.Array, lead: tuple[int, ...]) -> tuple[jax.Array, ...]:
    keys = jax.random.split(key, 4)
    angle = jax.random.randint(keys[0], lead, 0, 8) * (math.tau / 8)
    about = 0.01 * jax.random.normal(keys[1], (*lead, 2))
    real = jnp.stack([jnp.cos(angle), jnp.sin(angle)], -1) + about
    z = jax.random.normal(keys[2], (*lead, work.latent))
    eps = jax.random.uniform(keys[3], (*lead, 1)) if work.penalty else z[..., :1]
    return real, z, eps


def step(work: Workload, state: State, drawn: tuple[jax.Array, ...]) -> State:
    """The critic's turns, then the generator's; ``drawn`` has one entry for each."""
    turns = work.critic_steps
    for turn in range(turns):
        state = critic_turn(work, state, *(part[turn] for part in drawn))
    real, z, _ = (part[turns] for part in drawn)
    return generator_turn(work, state, real, z)


def critic_turn(work: Workload, state: State, real: jax.Array, z: jax.Array, eps: jax.Array
                ) -> State:
    g, d, g_adam, d_adam = state
    grads = jax.grad(d_loss)(d, work, real, mlp(g, z), eps)
    moves, d_adam = adam.update(grads, d_adam)
    return g, optax.apply_updates(d, moves), g_adam, d_adam


def generator_turn(work: Workload, state: State, real: jax.Array, z: jax.Array) -> State:
    g, d, g_adam, d_adam = state
    grads = jax.grad(g_loss)(g, d, work, real, z)
    moves, g_adam = adam.update(grads, g_adam)
    return optax.apply_updates(g, moves), d, g_adam, d_adam


def d_loss(d: Params, work: Workload, real: jax.Array, fake: jax.Array, eps: jax.Array
           ) -> jax.Array:
    if not work.penalty:
        return softplus(-score(d, real)).mean() + softplus(score(d, fake)).mean()
    slope = jax.grad(lambda x: score(d, x).sum())(eps * real + (1 - eps) * fake)
    penalty = jnp.square(jnp.linalg.norm(slope, axis=1) - 1).mean()
    return score(d, fake).mean() - score(d, real).mean() + PENALTY * penalty


def g_loss(g: Params, d: Params, work: Workload, real: jax.Array, z: jax.Array) -> jax.Array:
    fake = mlp(g, z)
    if work.penalty:
        return -score(d, fake).mean()
    for _ in range(work.unrolled):
        grads = jax.grad(d_loss)(d, work, real, fake, None)
        d = jax.tree.map(lambda p, g: p - UNROLL_LR * g, d, grads)
    return softplus(-score(d, fake)).mean()


def score(d: Params, x: jax.Array) -> jax.Array:
    for weight, bias in d["layers"]:
        x = leaky_relu(x @ weight + bias, 0.2)
    if "project" in d:
        x = jnp.concatenate([x, closeness(d, x)], 1)
    (weight, bias), = d["head"]
    return (x @ weight + bias)[:, 0]


def closeness(d: Params, features: jax.Array) -> jax.Array:
    m = (features @ d["project"]).reshape(len(features), KERNELS, DIMS)
    m = m * jnp.exp(d["log_scale"])[:, None]
    away = jnp.abs(m[:, None] - m[None]).sum(3)
    return jnp.exp(-away).sum(1) - 1  # but for itself


def mlp(layers: Any, x: jax.Array) -> jax.Array:
    *hidden, (weight, bias) = layers
    for w, b in hidden:
        x = leaky_relu(x @ w + b, 0.2)
    return x @ weight + bias


def from_torch(g: list[np.ndarray], d: list[np.ndarray]) -> State:
    """The state of weights as PyTorch's nets list them."""
    trunk, neck, head = d[:4], d[4:-2], d[-2:]
    critic: Params = {"layers": transposed(trunk), "head": transposed(head)}
    if neck:
        critic |= {"log_scale": jnp.asarray(neck[0]), "project": jnp.asarray(neck[1].T)}
    nets = transposed(g), critic
    return (*nets, *map(adam.init, nets))


def transposed(arrays: list[np.ndarray]) -> list[tuple[jax.Array, jax.Array]]:
    pairs = zip(arrays[::2], arrays[1::2], strict=True)
    return [(jnp.asarray(weight.T), jnp.asarray(bias)) for weight, bias in pairs]
