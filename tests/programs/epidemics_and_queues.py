"""Epidemics and queues: compartments that exchange, waiting times, chains in balance."""

import math
from dataclasses import dataclass, field

import numpy as np
from support.corpus import Programs

program = Programs()


@program((np.array([0.3, 0.1]), 40), wrt=(0,))
def sir_with_vaccination(theta, days):
    beta, gamma = theta
    S, I, R = 0.99, 0.01, 0.0
    history = {"S": [S], "I": [I], "R": [R]}
    for day in range(days):
        new_inf = beta * S * I
        rec = gamma * I
        vacc = 0.01 * S if day > 20 else 0.0
        S -= new_inf + vacc
        I += new_inf - rec
        R += rec + vacc
        for key, value in zip(("S", "I", "R"), (S, I, R)):
            history[key].append(value)
    peak = max(history["I"])
    return peak + history["R"][-1] ** 2


@dataclass
class Compartment:
    name: str
    size: float
    flows: list = field(default_factory=list)

    def send(self, other, rate, dt):
        moved = rate * self.size * dt
        self.size -= moved
        other.size += moved
        self.flows.append(moved)
        return moved


@program((0.5, 0.2, 0.1), wrt=(0, 1, 2))
def seir_objects(beta, sigma, gamma):
    s, e, i, r = (Compartment(n, v) for n, v in [("S", 0.9), ("E", 0.05), ("I", 0.05), ("R", 0.0)])
    total = 0.0
    for _ in range(15):
        s.send(e, beta * i.size, 0.5)
        e.send(i, sigma, 0.5)
        total += i.send(r, gamma, 0.5)
    return total + sum(s.flows) * e.size


@program((np.array([[1.2, 0.3], [0.4, 0.8]]), np.array([0.3, 0.5])), wrt=(0, 1))
def next_generation(contacts, recovery):
    ngm = contacts / recovery[None, :]
    v = np.ones(2)
    r0 = 0.0
    for it in range(100):
        w = ngm @ v
        r0_new = np.linalg.norm(w)
        v = w / r0_new
        if abs(r0_new - r0) < 1e-12:
            break
        r0 = r0_new
    return r0_new


@program((np.array([1.0, 4.0, 7.0, 3.0, 2.0]), 2.3), wrt=(1,))
def serial_interval_likelihood(cases, shape):
    w = np.array([k ** (shape - 1) * math.exp(-k) for k in range(1, 5)])
    w /= w.sum()
    ll = 0
    for t in range(1, len(cases)):
        lam = 0.0
        for s in range(1, min(t, 4) + 1):
            lam += cases[t - s] * w[s - 1]
        ll += cases[t] * np.log(lam) - lam
    return ll


@program((3.0, 1.4, 4), wrt=(0, 1))
def erlang_c(arrival, service, servers):
    if servers < 1:
        raise ValueError("at least one server")
    a = arrival / service
    rho = a / servers
    if rho >= 1:
        return float("inf")
    total, term = 0.0, 1.0
    for k in range(servers):
        if k > 0:
            term *= a / k
        total += term
    term *= a / servers
    last = term / (1 - rho)
    p_wait = last / (total + last)
    return {"wait": p_wait / (servers * service - arrival), "p": p_wait}["wait"]


@program((np.array([0.5, 0.9, 0.3, 1.4, 0.2]), np.array([1.0, 0.2, 0.8, 0.6, 0.9])), wrt=(0, 1))
def lindley_waits(interarrival, service):
    w = 0
    waits = []
    for a, s in zip(interarrival, service):
        waits.append(w)
        w = max(0, w + s - a)
    waits = np.array(waits)
    return waits.mean() + waits.max()


@program((np.array([1.0, 0.5, 0.25]), 0.9), wrt=(0, 1))
def birth_death_chain(rates, mu):
    n = len(rates) + 1
    Q = np.zeros((n, n))
    for i, lam in enumerate(rates):
        Q[i, i + 1] = lam
        Q[i + 1, i] = mu
    np.fill_diagonal(Q, -Q.sum(axis=1))
    A = np.vstack([Q.T[:-1], np.ones(n)])
    b = np.zeros(n)
    b[-1] = 1.0
    pi = np.linalg.solve(A, b)
    return pi @ np.arange(n)
