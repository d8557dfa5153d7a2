"""Functions that draw random numbers: what is drawn is a constant, and a gradient draws what the function draws."""

import copy
import random
import time
from dataclasses import dataclass

import numpy as np
from support.corpus import Programs, normal, positive

program = Programs()
X, W, M = positive(4), normal(5, seed=1), normal(6, 3, seed=2)
RNG = np.random.default_rng(11)
LEGACY = np.random.RandomState(12)
draw_normal = RNG.standard_normal


def rng(seed=0):
    return np.random.default_rng(seed)


@dataclass
class Layer:
    W: np.ndarray
    rng: np.random.Generator

    def dropped(self, h, rate):
        mask = self.rng.random(h.shape) >= rate
        return h * mask / (1.0 - rate)


class Noise:
    def __init__(self, seed, scale):
        self.rng = np.random.default_rng(seed)
        self.scale = scale

    def add(self, x):
        return x + self.scale * self.rng.standard_normal(len(x))


NOISE = Noise(3, 0.1)


# Reparametrised sampling.


@program((X, 0.3, rng()), (X, 0.3, np.random.RandomState(5)), wrt=(0, 1))
def reparametrised_normal(mu, sigma, rng):
    return np.sum((mu + sigma * rng.normal(0.0, 1.0, mu.shape)) ** 2)


@program((normal(3, 2), normal(3, 2, seed=4), normal(5, 3), rng(1)), wrt=(0, 1))
def variational_autoencoder(W_mu, W_logvar, x, rng):
    mu, logvar = x @ W_mu, x @ W_logvar
    z = mu + np.exp(0.5 * logvar) * rng.standard_normal(size=mu.shape)
    reconstruction = np.mean((x - z @ W_mu.T) ** 2)
    divergence = -0.5 * np.mean(1.0 + logvar - mu**2 - np.exp(logvar))
    return reconstruction + divergence


@program((X, 1.5, rng(2)), wrt=(0, 1))
def scales_of_other_distributions(scale, rate, rng):
    waits = scale * rng.exponential(size=4) + rng.standard_gamma(2.0, 4) / rate
    return waits @ rng.beta(2.0, 3.0, size=(4,)) + rng.gamma(2.0, 0.5) * rate + rng.uniform(-1.0, 1.0) * scale[0]


@program((X, rng(3)))
def counts_weigh(x, rng):
    n = rng.poisson(3.0, len(x))
    k = rng.binomial(5, [0.1, 0.4, 0.5, 0.9])
    return np.sum(n * np.log(x)) + k @ x + rng.integers(1, 6) * x[0] + rng.integers(4, size=4, dtype=np.int32) @ x


# Where it is drawn: in loops, branches, callees, in an order.


@program((0.5, 0.2, 1.0, rng(4), 20), (0.5, 0.2, 1.0, rng(4), 0), wrt=(0, 1, 2))
def euler_maruyama(mu, sigma, x0, rng, steps):
    dt, x = 0.05, x0
    for _ in range(steps):
        x = x + mu * x * dt + sigma * x * dt**0.5 * rng.standard_normal()
    return x * x


@program((normal(3), rng(5)))
def paths_at_once(theta, rng):
    x = np.zeros((8, 3))
    for step in range(5):
        x += theta * 0.1 + 0.3 * rng.standard_normal(x.shape) * np.tanh(theta)
        x[:, step % 3] *= 1.0 + 0.01 * rng.normal()
    return np.mean(x**2)


@program((X, rng(6)), (X, rng(7)), (X, rng(8)))
def metropolis_step(x, rng):
    proposal = x + 0.5 * rng.standard_normal(4)
    ratio = np.sum(x**2) - np.sum(proposal**2)
    if np.log(rng.random()) < ratio:
        x = x * proposal
    return np.sum(np.sin(x))


@program((X, rng(9)))
def metropolis_chain(x, rng):
    accepted = 0
    for _ in range(6):
        noise = rng.normal(size=x.shape)
        if rng.uniform() < 0.6:
            x = x + 0.1 * noise * x
            accepted += 1
        elif rng.uniform() < 0.5:
            continue
    return np.sum(x**2) * (1 + accepted)


@program((0.7, rng(10)), (0.7, rng(13)))
def until_a_coin_falls(x, rng):
    total = 0.0
    while rng.random() < 0.8:
        x = x * 0.9
        total += x * rng.uniform()
    return total + x


@program((X, rng(14)), (-X, rng(14)))
def in_one_branch_only(x, rng):
    y = x * rng.normal() if np.sum(x) > 0 else x * x
    return np.sum(y * rng.normal(size=4))


def noisy(x, rng, scale):
    return x + scale * rng.standard_normal(x.shape)


def layer(W, h, rng):
    return np.tanh(noisy(W @ h, rng, 0.1))


@program((M, normal(3), rng(15)), wrt=(0, 1))
def handed_to_two_callees(W, x, rng):
    return np.sum(layer(W, x, rng) * noisy(W @ x, rng, 0.2))


@program((M, normal(3), rng(15)), wrt=(0, 1))
def a_callee_in_a_loop(W, x, rng):
    total = 0.0
    for _ in range(3):
        total += np.sum(layer(W, x, rng))
    return total


def walk(x, rng, n):
    return x if n == 0 else walk(x * (1.0 + 0.1 * rng.normal()), rng, n - 1)


@program((0.8, rng(16), 4))
def drawn_in_a_recursion(x, rng, n):
    return walk(x, rng, n) ** 2


@program((X, rng(17)))
def the_order_of_draws_is_kept(x, rng):
    a, b = rng.normal(), rng.uniform()
    unread = rng.integers(10)
    del unread
    rng.normal(size=3)
    return np.sum(x * (b - a) * rng.normal()) - rng.exponential() * x[0]


@program((X, rng(18), rng(19)), (X, *[rng(18)] * 2))
def two_generators_that_may_be_one(x, first, second):
    return np.sum(x * first.normal(size=4) + x**2 * second.normal(size=4)) * first.random()


@program((X, rng(20), rng(21), 1.0), (X, rng(20), rng(21), -1.0))
def one_generator_or_the_other(x, first, second, sign):
    rng = first if sign > 0 else second
    return np.sum(x * rng.normal(size=4)) * second.random()


# Where the generator is.


@program((Layer(M, rng(22)), normal(3)), wrt=(0, 1))
def dropout_by_an_attribute(layer, x):
    return np.sum(layer.dropped(np.tanh(layer.W @ x), 0.4) ** 2)


@program((X,))
def attribute_of_a_global_object(x):
    return np.sum(NOISE.add(NOISE.add(x) * x))


@program((X,))
def global_generators(x):
    return np.sum(RNG.normal(size=4) * x + LEGACY.randn(4) * x**2) + x[LEGACY.randint(4)] * LEGACY.rand()


@program((X,))
def a_method_under_a_name(x):
    return np.sum(draw_normal(4) * x)


@program((X, 7), (X, 8))
def made_with_a_seed(x, seed):
    rng = np.random.default_rng(seed)
    again = np.random.default_rng(seed)
    legacy = np.random.RandomState(3)
    bits = np.random.Generator(np.random.PCG64(5))
    return np.sum(x * rng.normal(size=4) - again.random() * x**2 + legacy.normal(size=4) * x**3) * bits.random()


@program((X, None), (X, rng(23)))
def made_where_none_is_given(x, rng):
    if rng is None:
        rng = np.random.default_rng(0)
    rng = np.random.default_rng(rng)
    assert isinstance(rng, np.random.Generator)
    return np.sum(x * rng.normal(size=x.shape))


@program((X, rng(24)))
def a_copy_draws_the_same(x, rng):
    twin = copy.deepcopy(rng)
    return np.sum((rng.normal(size=4) + 2.0 * twin.normal(size=4)) * x)


@program((X,))
def functions_of_np_random(x):
    np.random.seed(4)
    e = np.random.randn(4) + np.random.normal(0.0, 0.5, size=4) * np.random.rand()
    return np.sum(np.exp(x * 0.1) * e) * np.random.uniform(1.0, 2.0)


@program((X,))
def functions_of_np_random_unseeded(x):
    return np.sum(x**2 * np.random.standard_normal(x.shape)) + np.random.choice([0.5, 2.0]) * x[1]


@program(({"x": X, "state": [rng(25), 2.0]},))
def generator_in_a_container(params):
    rng, scale = params["state"]
    return np.sum(params["x"] * scale * rng.normal(size=4))


# Indices and permutations.


@program((normal(3), normal(20, 3), normal(20, seed=6), rng(26)))
def minibatches(w, x, y, rng):
    loss = 0.0
    for _ in range(3):
        batch = rng.choice(len(x), size=8, replace=False)
        loss += np.mean((x[batch] @ w - y[batch]) ** 2)
    return loss


@program((normal(3), normal(12, 3), normal(12, seed=6), rng(27)))
def an_epoch_in_random_order(w, x, y, rng):
    order = rng.permutation(len(x))
    for start in range(0, 12, 4):
        part = order[start : start + 4]
        w = w - 0.1 * x[part].T @ (x[part] @ w - y[part])
    return w @ w


@program((W, rng(28)), (W, np.random.RandomState(8)))
def shuffled_in_place(x, rng):
    y = x * 2.0
    z = y
    rng.shuffle(y)
    order = np.arange(5)
    rng.shuffle(order)
    return z @ np.arange(5.0) + np.sum(x[order] * np.arange(5) ** 2)


@program((M, rng(29)), (M, np.random.RandomState(9)))
def an_argument_is_shuffled(x, rng):
    rng.shuffle(x)
    return np.sum(x[0] ** 2) + np.sum(x * np.arange(3.0))


@program((M, W, rng(30)), wrt=(0, 1))
def permuted_and_chosen_elements(m, x, rng):
    p = np.array([0.1, 0.2, 0.3, 0.2, 0.2])
    picked = rng.choice(x, size=(2, 2), p=p)
    return np.sum(rng.permutation(m)[:2] ** 2) + np.sum(picked**2) + rng.choice(x) * rng.choice(m, 2).sum()


@program((X, rng(31)))
def draws_of_rows(x, rng):
    mean, cov = np.zeros(4), np.eye(4) * 0.5
    weights = rng.dirichlet([1.0, 2.0, 3.0, 4.0])
    votes = rng.multinomial(6, weights, size=2)
    return np.sum(rng.multivariate_normal(mean, cov, size=3) @ x) + weights @ x**2 + np.sum(votes * x**3)


@program((positive(4, dtype=np.float32), rng(32)), tol=1e-4)
def draws_in_single_precision(x, rng):
    return np.sum(x**2 * rng.standard_normal(4, dtype=np.float32) * rng.random(dtype=np.float32))


@program((X, rng(33)))
def what_is_drawn_is_written_to(x, rng):
    noise = rng.normal(size=4)
    kept = noise * x
    noise *= x
    noise[1:] += noise[:-1]
    return np.sum(kept * noise)


# Python's own draws, and clocks.

DICE = random.Random(5)


@program((2.0,))
def python_draws(x):
    total = 0.0
    for _ in range(4):
        total += random.gauss(0.0, 1.0) * x + random.random()
    if random.randint(1, 6) > 3:
        total = total * random.uniform(-1.0, 1.0)
    return total * x


@program((2.0, random.Random(3)), (2.0, random.Random(4)))
def an_instance_as_argument(x, rng):
    y = x * rng.expovariate(2.0)
    items = [1.0, 2.0, 5.0]
    return y * rng.choice(items) + rng.choice([x, x * x]) + rng.randrange(3)


@program((2.0,))
def an_instance_outside(x):
    return x * DICE.betavariate(2.0, 3.0) if DICE.random() < 0.5 else x * x


@program((2.0,))
def an_instance_made_inside(x):
    rng = random.Random(7)
    rng.seed(8)
    return x * rng.normalvariate(1.0, 0.5) + x * random.choice((1.0, 4.0))


@program((normal(4),))
def dropped_out(xs):
    total = 0.0
    for v in xs:
        if random.random() < 0.3:
            continue
        total += v * v / 0.7
    return total


@program((2.0,))
def timed(x):
    start = time.perf_counter()
    y = x * x
    time.sleep(0.0)
    if time.perf_counter() - start < 0.0 or time.time_ns() < 0:
        y = 0.0
    return y
