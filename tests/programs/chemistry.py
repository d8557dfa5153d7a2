"""Kinetics and equilibria: networks of reactions as dicts, iterations to a tolerance."""

import math

import numpy as np
from support.corpus import Programs, positive

program = Programs()


R_GAS = 8.314


def arrhenius(A, Ea, T):
    return A * math.exp(-Ea / (R_GAS * T))


@program((1.2, 2000.0, 300.0), wrt=(0, 1, 2))
def first_order_batch(A, Ea, T):
    k = arrhenius(A, Ea, T)
    c, t, dt = 1.0, 0.0, 0.1
    profile = [(t, c)]
    while t < 1.0 - 1e-9:
        c += -k * c * dt
        t += dt
        profile.append((t, c))
    times, conc = zip(*profile)
    return np.trapezoid(conc, times) + conc[-1]


REACTIONS = [({"A": 1}, {"B": 1}), ({"B": 2}, {"C": 1}), ({"A": 1, "C": 1}, {"D": 2})]


@program((np.array([0.5, 0.3, 0.2]),))
def reaction_network(rates):
    conc = {"A": 1.0, "B": 0.2, "C": 0.0, "D": 0.0}
    for _ in range(6):
        change = dict.fromkeys(conc, 0.0)
        for k, (reactants, products) in zip(rates, REACTIONS):
            speed = k
            for species, order in reactants.items():
                speed = speed * conc[species] ** order
            for species, count in reactants.items():
                change[species] -= count * speed
            for species, count in products.items():
                change[species] += count * speed
        conc = {s: conc[s] + 0.1 * change[s] for s in conc}
    return conc["D"] + 2 * conc["B"]


@program((np.array([0.04, 3.0, 1.0]),))
def robertson_rk4(k):
    def rhs(y):
        r1, r2, r3 = k[0] * y[0], k[1] * y[1] ** 2, k[2] * y[1] * y[2]
        return np.array([-r1 + r3, r1 - r2 - r3, r2])

    y = np.array([1.0, 0.0, 0.0])
    h = 0.2
    for _ in range(10):
        k1 = rhs(y)
        k2 = rhs(y + h / 2 * k1)
        k3 = rhs(y + h / 2 * k2)
        k4 = rhs(y + h * k3)
        y = y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return y[2] + y[1] ** 2


@program((0.5, 0.05, 1.8), wrt=(0, 1, 2))
def michaelis_menten_with_inhibitor(vmax, km, ki, inhibitor=0.3, mode="competitive"):
    s, p = 1.0, 0.0
    for step in range(10):
        if mode == "competitive":
            v = vmax * s / (km * (1 + inhibitor / ki) + s)
        elif mode == "uncompetitive":
            v = vmax * s / (km + s * (1 + inhibitor / ki))
        else:
            raise NotImplementedError(mode)
        ds = min(v * 0.1, s)
        s, p = s - ds, p + ds
    return p


@program((positive(4), positive(4) + 1), wrt=(0, 1))
def flash_drum(z, K):
    z = z / z.sum()
    lo, hi = 0.0, 1.0
    for _ in range(3):
        mid = 0.5 * (lo + hi)
        g = np.sum(z * (K - 1) / (1 + mid * (K - 1)))
        if g > 0:
            lo = mid
        else:
            hi = mid
    beta = 0.5 * (lo + hi)
    x = z / (1 + beta * (K - 1))
    y = K * x
    return np.sum(x * np.log(x)) + np.dot(y, y)
