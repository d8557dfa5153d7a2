"""Genetics: recursions over generations, sequences of letters, trees."""

import math

import numpy as np
from support.corpus import Programs, positive

program = Programs()


@program((0.3, 0.05, 0.02), wrt=(0, 1, 2))
def allele_frequency(p, s, mu):
    freqs = [p]
    for gen in range(20):
        q = 1 - p
        w_bar = p * p + 2 * p * q * (1 - 0.5 * s) + q * q * (1 - s)
        p = (p * p + p * q * (1 - 0.5 * s)) / w_bar
        p = p * (1 - mu) + (1 - p) * mu * 0.1
        freqs.append(p)
    return freqs[-1] + np.mean(freqs)


@program((np.array([0.1, 0.4, 0.7]), "ACGTAC", "AGGTCC"), wrt=(0,))
def needleman_wunsch_soft(scores, a, b):
    match, mismatch, gap = scores[0], -scores[1], -scores[2]
    n, m = len(a), len(b)
    D = np.zeros((n + 1, m + 1))
    for i in range(1, n + 1):
        D[i, 0] = i * gap
    for j in range(1, m + 1):
        D[0, j] = j * gap
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            s = match if a[i - 1] == b[j - 1] else mismatch
            options = np.array([D[i - 1, j - 1] + s, D[i - 1, j] + gap, D[i, j - 1] + gap])
            D[i, j] = np.log(np.sum(np.exp(options)))
    return D[n, m]


def hamming(a, b):
    return sum(x != y for x, y in zip(a, b))


@program((0.2, 1.5), wrt=(0, 1))
def jukes_cantor_likelihood(t, rate):
    seqs = {"human": "ACGTACGT", "chimp": "ACGTACGA", "mouse": "ACCTTCGA"}
    names = sorted(seqs)
    ll = 0.0
    for i, first in enumerate(names):
        for second in names[i + 1 :]:
            d = hamming(seqs[first], seqs[second])
            n = len(seqs[first])
            p_same = 0.25 + 0.75 * math.exp(-4 / 3 * rate * t)
            ll += (n - d) * math.log(p_same) + d * math.log((1 - p_same) / 3)
    return ll


@program((positive(3, 4), positive(3, 3), np.array([0, 2, 1, 3, 0])), wrt=(0, 1))
def hmm_forward(emission, transition, obs):
    emission = emission / emission.sum(axis=1, keepdims=True)
    transition = transition / transition.sum(axis=1, keepdims=True)
    alpha = np.full(3, 1 / 3) * emission[:, obs[0]]
    loglik = 0.0
    for o in obs[1:]:
        c = alpha.sum()
        loglik += np.log(c)
        alpha = (alpha / c) @ transition * emission[:, o]
    return loglik + np.log(alpha.sum())


@program((0.3, np.array([0.1, 0.2, 0.4])), wrt=(0, 1))
def felsenstein(t, freqs):
    tree = (("A", "C"), ("G", "A"))
    alphabet = "ACGT"
    pi = np.append(freqs, 1 - freqs.sum())

    def transition(length):
        e = np.exp(-length)
        return e * np.eye(4) + (1 - e) * np.tile(pi, (4, 1))

    def partial(node, length):
        if isinstance(node, str):
            v = np.zeros(4)
            v[alphabet.index(node)] = 1.0
            return transition(length) @ v
        left, right = node
        return transition(length) @ (partial(left, length * 0.5) * partial(right, length))

    return np.log(pi @ partial(tree, t))
