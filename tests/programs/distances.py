"""Distances between points, by SciPy's names."""

import numpy as np
from support.corpus import Programs, normal, positive

try:
    from scipy.spatial import distance
except ImportError:  # SciPy is optional
    distance = None

program = Programs()


@program((normal(4), normal(5)[1:] + 0.3), wrt=(0, 1))
def between_two_points(u, v):
    total = distance.euclidean(u, v) + distance.sqeuclidean(u, v) + distance.cityblock(u, v)
    total += distance.chebyshev(u, v) + distance.minkowski(u, v, 3) + distance.cosine(u, v)
    total += distance.correlation(u, v) + distance.canberra(u, v)
    return total + distance.braycurtis(u, v)


@program((normal(3), normal(4)[1:] + 0.2, positive(3)), wrt=(0, 1, 2))
def with_weights(u, v, w):
    total = distance.euclidean(u, v, w) + distance.sqeuclidean(u, v, w=w) + distance.cityblock(u, v, w)
    total += distance.minkowski(u, v, 2, w) + distance.cosine(u, v, w) + distance.canberra(u, v, w)
    total += distance.braycurtis(u, v, w) + distance.seuclidean(u, v, w)
    return total + distance.mahalanobis(u, v, [[2.0, 0.5, 0.0], [0.5, 1.0, 0.0], [0.0, 0.0, 3.0]])


@program((positive(4), positive(5)[1:] + 0.3), wrt=(0, 1))
def between_histograms(p, q):
    return distance.jensenshannon(p, q) + distance.jensenshannon(q, p, 2.0) ** 2


@program((normal(4, 3),))
def of_all_pairs(x):
    pairs = distance.pdist(x)
    matrix = distance.squareform(pairs)
    return np.sum(matrix[1] ** 2) + np.sum(distance.squareform(matrix)) + np.sum(distance.pdist(x, "sqeuclidean"))


@program((normal(5, 2),))
def nearest_neighbours(x):
    total = 0.0
    for k in range(len(x)):
        best = 1e9
        for j in range(len(x)):
            if j != k:
                best = min(best, distance.euclidean(x[k], x[j]))
        total += best
    return total


@program((normal(4), normal(4), positive(4)), (np.zeros(4), np.zeros(4), positive(4)), wrt=(2,))
def of_weighted_truths(u, v, w):
    true, other = u > 0.0, v > -0.3
    total = distance.hamming(true, other, w) + distance.jaccard(u, v, w) * distance.hamming(u, v)
    total += distance.dice(true, other, w) + distance.rogerstanimoto(true, other, w)
    return total + distance.russellrao(true, other, w) * distance.jaccard(true, other) + np.sum(w**2)


@program((0.5 + 0.2 * normal(4), 0.5 + 0.2 * normal(4, seed=1)), wrt=(0, 1))
def of_truths_that_are_numbers(u, v):
    total = distance.dice(u, v) + distance.rogerstanimoto(u, v) + distance.russellrao(u, v)
    return total + distance.sokalsneath(u, v) ** 2 + distance.yule(u, v) + distance.hamming(u, v) * u[0]


if distance is None:
    program.rows.clear()
