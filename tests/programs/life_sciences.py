"""Chemistry, biology and epidemiology as it is written: kinetics, populations, pharmacology, phylogeny."""

import math
from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from support.corpus import Programs, normal, positive

program = Programs()
R_GAS = 8.314
CONSTANTS = {"gas": 8.314, "faraday": 96485.0}


def rk4(f, y, t, h, *args):
    k1 = f(t, y, *args)
    k2 = f(t + h / 2, y + h / 2 * k1, *args)
    k3 = f(t + h / 2, y + h / 2 * k2, *args)
    k4 = f(t + h, y + h * k3, *args)
    return y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)


def lotka_volterra(t, y, alpha, beta, delta, gamma):
    prey, predator = y
    return np.array([alpha * prey - beta * prey * predator, delta * prey * predator - gamma * predator])


@program((1.1, 0.4, 0.1, 0.4), wrt=(0, 1, 2, 3))
def predators_and_prey(alpha, beta, delta, gamma):
    y = np.array([10.0, 5.0])
    t, h = 0.0, 0.05
    while t < 0.5 - 1e-9:
        y = rk4(lotka_volterra, y, t, h, alpha, beta, delta, gamma)
        t += h
    return y[0] * y[1]


@program((0.4, 0.1, 1000.0), wrt=(0, 1))
def epidemic(beta, gamma, population, days=20):
    """Peak of the infected fraction, in discrete days."""
    S, I, R = population - 1, 1.0, 0.0
    infected = [I]
    for day in range(days):
        new_infections = beta * S * I / population
        new_recoveries = gamma * I
        S -= new_infections
        I += new_infections - new_recoveries
        R += new_recoveries
        infected.append(I)
    return max(infected) / population + R / population


class Compartment:
    def __init__(self, name, volume, amount=0.0):
        self.name = name
        self.volume = volume
        self.amount = amount

    @property
    def concentration(self):
        return self.amount / self.volume


class TwoCompartmentModel:
    """Drug in plasma and tissue."""

    def __init__(self, v1, v2, clearance, q):
        self.compartments = {"plasma": Compartment("plasma", v1), "tissue": Compartment("tissue", v2)}
        self.clearance = clearance
        self.q = q

    def dose(self, amount):
        self.compartments["plasma"].amount += amount

    def step(self, dt):
        plasma, tissue = self.compartments["plasma"], self.compartments["tissue"]
        exchange = self.q * (plasma.concentration - tissue.concentration)
        elimination = self.clearance * plasma.concentration
        plasma.amount -= dt * (exchange + elimination)
        tissue.amount += dt * exchange


@program((5.0, 12.0, 1.2, 0.8), wrt=(0, 1, 2, 3))
def area_under_the_curve(v1, v2, clearance, q):
    model = TwoCompartmentModel(v1, v2, clearance, q)
    model.dose(100.0)
    dt, auc = 0.1, 0.0
    for step in range(40):
        if step == 20:
            model.dose(50.0)
        before = model.compartments["plasma"].concentration
        model.step(dt)
        auc += 0.5 * dt * (before + model.compartments["plasma"].concentration)
    return auc


@program((300.0, 50000.0), (310.0, 45000.0), wrt=(0, 1))
def arrhenius(temperature, activation_energy, prefactor=1e9):
    if not temperature > 0:
        raise ValueError("temperature must be positive")
    return prefactor * math.exp(-activation_energy / (R_GAS * temperature))


@dataclass
class Reaction:
    reactants: list
    products: list
    rate: float


@program((np.array([1.0, 0.5, 0.0]), 0.8, 0.3), wrt=(0, 1, 2))
def reaction_network(initial, k1, k2):
    """Mass action kinetics by explicit Euler."""
    species = ["A", "B", "C"]
    index = {name: i for i, name in enumerate(species)}
    reactions = [Reaction(["A", "B"], ["C"], k1), Reaction(["C"], ["A", "B"], rate=k2)]
    c = initial.copy()
    for _ in range(15):
        dc = np.zeros(len(species))
        for reaction in reactions:
            flux = reaction.rate
            for name in reaction.reactants:
                flux *= c[index[name]]
            for name in reaction.reactants:
                dc[index[name]] -= flux
            for name in reaction.products:
                dc[index[name]] += flux
        c = c + 0.1 * dc
    return c[2] ** 2


@program((0.2, 0.8), wrt=(0, 1))
def ph_of_a_weak_acid(ka, concentration):
    """Solve the charge balance by bisection on a log scale, polish by Newton."""
    kw = 1e-14

    def charge(h):
        return h - kw / h - ka * concentration / (ka + h)

    lo, hi = 0.0, 14.0
    for _ in range(20):
        mid = 0.5 * (lo + hi)
        if charge(10**-mid) > 0:
            lo = mid
        else:
            hi = mid
    h = 10 ** (-0.5 * (lo + hi))
    for _ in range(5):
        slope = 1 + kw / h**2 + ka * concentration / (ka + h) ** 2
        h -= charge(h) / slope
    return -math.log10(h)


class Node:
    def __init__(self, length, children=(), state=None):
        self.length = length
        self.children = list(children)
        self.state = state

    def is_leaf(self):
        return not self.children


def jukes_cantor(t, mu):
    same = 0.25 + 0.75 * math.exp(-4 * mu * t / 3)
    other = 0.25 - 0.25 * math.exp(-4 * mu * t / 3)
    P = np.full((4, 4), other)
    np.fill_diagonal(P, same)
    return P


def partial_likelihood(node, mu):
    if node.is_leaf():
        out = np.zeros(4)
        out[node.state] = 1.0
        return out
    out = np.ones(4)
    for child in node.children:
        out *= jukes_cantor(child.length, mu) @ partial_likelihood(child, mu)
    return out


@program((0.3, 0.1, 1.1), wrt=(0, 1, 2))
def phylogenetic_likelihood(inner, outer, mu):
    cherry = Node(inner, [Node(outer, state=0), Node(2 * outer, state=0)])
    root = Node(0.0, [cherry, Node(inner + outer, state=2)])
    return -math.log(np.sum(0.25 * partial_likelihood(root, mu)))


@program((positive(4), 0.9), wrt=(0, 1))
def leslie_matrix_growth(fecundity, survival):
    n = len(fecundity)
    L = np.zeros((n, n))
    L[0, :] = fecundity
    for i in range(1, n):
        L[i, i - 1] = survival**i
    population = np.full(n, 10.0)
    history = np.zeros((6, n))
    for t in range(6):
        history[t] = population
        population = L @ population
    growth = history[1:].sum(axis=1) / history[:-1].sum(axis=1)
    return growth[-1] + np.mean(growth)


@program((0.02, 120.0, 36.0), wrt=(0, 1, 2))
def hodgkin_huxley_spike(current, g_na, g_k):
    V, m, h, n = -65.0, 0.05, 0.6, 0.32
    dt = 0.02
    peak = V
    for _ in range(50):
        am = 0.1 * (V + 40) / (1 - math.exp(-(V + 40) / 10))
        bm = 4 * math.exp(-(V + 65) / 18)
        ah, bh = 0.07 * math.exp(-(V + 65) / 20), 1 / (1 + math.exp(-(V + 35) / 10))
        an = 0.01 * (V + 55) / (1 - math.exp(-(V + 55) / 10))
        bn = 0.125 * math.exp(-(V + 65) / 80)
        I_na, I_k, I_l = g_na * m**3 * h * (V - 50), g_k * n**4 * (V + 77), 0.3 * (V + 54.4)
        V += dt * (1000 * current - I_na - I_k - I_l)
        m += dt * (am * (1 - m) - bm * m)
        h += dt * (ah * (1 - h) - bh * h)
        n += dt * (an * (1 - n) - bn * n)
        if V > peak:
            peak = V
    return peak + 0.1 * V


@program((np.array([0.5, 0.3, 0.2]),))
def hardy_weinberg(frequencies):
    p = frequencies / frequencies.sum()
    genotypes = defaultdict(float)
    for i in range(3):
        for j in range(3):
            genotypes[tuple(sorted((i, j)))] += p[i] * p[j]
    observed = {(0, 0): 30, (0, 1): 28, (0, 2): 18, (1, 1): 10, (1, 2): 9, (2, 2): 5}
    loglik = 0.0
    for key, count in observed.items():
        loglik += count * np.log(genotypes[key])
    return loglik


@program((3.5, 0.4), wrt=(0, 1))
def ricker_map(r, x0):
    x = x0
    trace = [x]
    for _ in range(6):
        x = x * math.exp(r * 0.4 * (1 - x))
        trace.append(x)
    return sum(trace) / len(trace) + trace[-1] * trace[2]


@program((1.0, 2.0, 1), (1.0, 2.0, 2), wrt=(0, 1))
def nernst(outside: float, inside: float, valence: int) -> float:
    return CONSTANTS["gas"] * 298.15 / (valence * CONSTANTS["faraday"]) * math.log(outside / inside)


@program((2.0, 0.5, 4.0), (0.2, 0.5, 1.0), wrt=(0, 1))
def hill_response(dose, ec50, hill):
    effect = dose**hill / (ec50**hill + dose**hill)
    category = "high" if effect > 0.5 else "low"
    scale = {"high": 2.0, "low": 1.0}[category]
    return effect * scale


@program((np.array([0.1, 0.2, 0.4]), normal(3)), wrt=(0, 1))
def diffusion_reaction(diffusivity, source):
    """Several species on a line; writes into a matrix row by row."""
    c = np.zeros((3, 10))
    c[:, 4:6] = 1.0
    for _ in range(5):
        for s in range(3):
            lap = np.zeros(10)
            lap[1:-1] = c[s, 2:] - 2 * c[s, 1:-1] + c[s, :-2]
            c[s] += diffusivity[s] * lap
            c[s, 0] += 0.1 * source[s]
    return (c**2).sum()
