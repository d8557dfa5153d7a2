"""Options beyond the plain ones: digital, Asian, with a barrier, American."""

import math
from enum import Enum

import numpy as np
from support.corpus import Programs, normal

program = Programs()


class OptionType(Enum):
    CALL = 1
    PUT = -1


def norm_cdf(x):
    return 0.5 * (1 + math.erf(x / math.sqrt(2)))


@program((100.0, 105.0, 0.2, 0.02, 1.0), wrt=(0, 1, 2, 3, 4))
def digital_and_gap(S, K, sigma, r, T, kind=OptionType.CALL):
    if T <= 0 or sigma <= 0:
        raise ValueError("T and sigma must be positive")
    d1 = (math.log(S / K) + (r + sigma**2 / 2) * T) / (sigma * math.sqrt(T))
    d2 = d1 - sigma * math.sqrt(T)
    w = kind.value
    digital = math.exp(-r * T) * norm_cdf(w * d2)
    vanilla = w * (S * norm_cdf(w * d1) - K * math.exp(-r * T) * norm_cdf(w * d2))
    return {OptionType.CALL: digital, OptionType.PUT: -digital}[kind] + vanilla


@program((100.0, 0.25, 0.01, normal(4, 6)), wrt=(0, 1, 2))
def asian_monte_carlo(S0, sigma, r, Z):
    n_paths, n_steps = Z.shape
    dt = 1 / n_steps
    payoffs = []
    for path in Z:
        S = S0
        running = 0.0
        for z in path:
            S *= np.exp((r - 0.5 * sigma**2) * dt + sigma * np.sqrt(dt) * z)
            running += S
        payoffs.append(max(running / n_steps - 95.0, 0.0))
    return np.exp(-r) * np.mean(payoffs)


@program((100.0, 0.25, normal(3, 6)), wrt=(0, 1))
def barrier_down_and_out(S0, sigma, Z, barrier=80.0):
    total = 0.0
    for path in Z:
        S, alive = S0, True
        for z in path:
            S = S * math.exp(-0.5 * sigma**2 / 6 + sigma * math.sqrt(1 / 6) * z)
            if S <= barrier:
                alive = False
                break
        if alive:
            total += max(S - 100.0, 0.0)
    return total / len(Z)


@program((100.0, 0.3, 0.05, 8), wrt=(0, 1, 2))
def american_binomial(S, sigma, r, steps):
    dt = 1.0 / steps
    u = np.exp(sigma * np.sqrt(dt))
    d = 1 / u
    p = (np.exp(r * dt) - d) / (u - d)
    prices = S * d ** np.arange(steps, -1, -1) * u ** np.arange(0, steps + 1)
    values = np.maximum(102.0 - prices, 0)
    for i in range(steps - 1, -1, -1):
        prices = prices[1:] * d
        continuation = np.exp(-r * dt) * (p * values[1:] + (1 - p) * values[:-1])
        values = np.maximum(continuation, 102.0 - prices)
    return values[0]


@program((np.array([100.0, 90.0]), 0.4), wrt=(0, 1))
def margrabe(spots, rho, vols=(0.2, 0.3), T=None):
    T = T or 1.0
    s1, s2 = spots
    v1, v2 = vols
    sigma = math.sqrt(v1**2 + v2**2 - 2 * rho * v1 * v2)
    d1 = (math.log(s1 / s2) + sigma**2 * T / 2) / (sigma * math.sqrt(T))
    return s1 * norm_cdf(d1) - s2 * norm_cdf(d1 - sigma * math.sqrt(T))
