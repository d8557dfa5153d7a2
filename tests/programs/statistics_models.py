"""Statistics as it is written: likelihoods, mixtures, hidden Markov models, regressions, samplers' targets."""

import math
from dataclasses import dataclass

import numpy as np
from support.corpus import Programs, normal, positive

program = Programs()
LOG_2PI = np.log(2 * np.pi)


def normal_logpdf(x, mu=0.0, sigma=1.0):
    z = (x - mu) / sigma
    return -0.5 * z**2 - np.log(sigma) - 0.5 * LOG_2PI


def logsumexp(a):
    m = np.max(a)
    return m + np.log(np.sum(np.exp(a - m)))


@program((np.array([0.3, 0.7]), np.array([-1.0, 1.5]), np.array([0.8, 1.2]), normal(10)), wrt=(0, 1, 2, 3))
def gaussian_mixture(weights, means, sigmas, data):
    """Negative log-likelihood of a mixture."""
    n_components = len(weights)
    log_likelihood = 0.0
    for x in data:
        terms = np.zeros(n_components)
        for k in range(n_components):
            terms[k] = np.log(weights[k]) + normal_logpdf(x, means[k], sigmas[k])
        log_likelihood += logsumexp(terms)
    return -log_likelihood


@program((positive(3), positive(3, 3), positive(3, 2)), wrt=(0, 1, 2))
def hmm_forward(initial, transition, emission):
    """The scaled forward algorithm."""
    pi = initial / initial.sum()
    A = transition / transition.sum(axis=1, keepdims=True)
    B = emission / emission.sum(axis=1, keepdims=True)
    observations = [0, 1, 1, 0, 1]
    alpha = pi * B[:, observations[0]]
    log_prob = 0.0
    for obs in observations[1:]:
        scale = alpha.sum()
        log_prob += math.log(scale)
        alpha = (alpha / scale) @ A * B[:, obs]
    return log_prob + math.log(alpha.sum())


@program((positive(2), positive(2, 2), positive(2, 3)), wrt=(0, 1, 2))
def viterbi_score(pi, A, B):
    obs = np.array([0, 2, 1, 1])
    n, T = len(pi), len(obs)
    delta = np.zeros((T, n))
    delta[0] = np.log(pi) + np.log(B[:, obs[0]])
    for t in range(1, T):
        for j in range(n):
            best = -np.inf
            for i in range(n):
                score = delta[t - 1, i] + np.log(A[i, j])
                if score > best:
                    best = score
            delta[t, j] = best + np.log(B[j, obs[t]])
    return delta[-1].max()


@program((normal(4), normal(12, 4), (normal(12) > 0).astype(int)))
def logistic_log_likelihood(beta, X, y):
    total = 0
    for xi, yi in zip(X, y):
        eta = xi.dot(beta)
        p = 1 / (1 + np.exp(-eta))
        total += np.log(p) if yi == 1 else np.log(1 - p)
    return total


@program((0.5 * normal(3), normal(10, 3), np.arange(10) % 4))
def poisson_regression(beta, X, counts):
    lam = np.exp(X @ beta)
    loglik = np.sum(counts * np.log(lam) - lam)
    penalty = 0.1 * np.abs(beta).sum()
    return -loglik + penalty


@program((normal(5, 2), normal(2)), wrt=(0, 1))
def multivariate_normal(data, mu):
    n, d = data.shape
    centered = data - mu
    S = centered.T @ centered / n + 0.1 * np.eye(d)
    sign, logdet = np.linalg.slogdet(S)
    quad = 0.0
    for row in centered:
        quad += row @ np.linalg.solve(S, row)
    return -0.5 * (quad + n * logdet + n * d * LOG_2PI)


@program((positive(8), 1.5), wrt=(0, 1))
def describe(sample, power):
    """Moments, by hand."""
    n = sample.size
    mean = sample.sum() / n
    m2 = m3 = m4 = 0.0
    for value in sample:
        deviation = value - mean
        m2 += deviation**2
        m3 += deviation**3
        m4 += deviation**4
    variance = m2 / (n - 1)
    skewness = (m3 / n) / (m2 / n) ** 1.5
    kurtosis = n * m4 / m2**2 - 3
    return variance**power + skewness * kurtosis


@dataclass(frozen=True)
class Prior:
    mean: float
    scale: float
    family: str = "normal"

    def logpdf(self, x):
        if self.family == "normal":
            return -0.5 * ((x - self.mean) / self.scale) ** 2 - math.log(self.scale)
        if self.family == "laplace":
            return -abs(x - self.mean) / self.scale - math.log(2 * self.scale)
        raise NotImplementedError(self.family)


@program(({"intercept": 0.3, "slope": -0.4, "log_sigma": 0.1}, normal(9)), wrt=(0, 1))
def bayesian_line(theta, y):
    priors = {"intercept": Prior(0.0, 10.0), "slope": Prior(0.0, 1.0, "laplace"), "log_sigma": Prior(0.0, 2.0)}
    log_prior = sum(priors[name].logpdf(value) for name, value in theta.items())
    x = np.arange(len(y))
    mu = theta["intercept"] + theta["slope"] * x
    sigma = math.exp(theta["log_sigma"])
    return log_prior + normal_logpdf(y, mu, sigma).sum()


@program((0.7, 2.0, positive(10)), wrt=(0, 1, 2))
def weibull_with_censoring(shape, scale, times):
    event = np.array([1, 1, 0, 1, 0, 1, 1, 1, 0, 1], dtype=bool)
    logf = np.log(shape / scale) + (shape - 1) * np.log(times / scale) - (times / scale) ** shape
    logs = -((times / scale) ** shape)
    return np.where(event, logf, logs).sum()


@program((normal(2), normal(8, 2)), wrt=(0,))
def cox_partial_likelihood(beta, covariates):
    order = np.argsort(np.array([3.0, 1.0, 2.0, 8.0, 5.0, 4.0, 7.0, 6.0]))
    X = covariates[order]
    risk = X @ beta
    loglik = 0.0
    for i in range(len(order)):
        loglik += risk[i] - np.log(np.sum(np.exp(risk[i:])))
    return loglik


@program((normal(15), 0.4), wrt=(0, 1))
def kernel_density(points, bandwidth):
    def kernel(u):
        return np.exp(-0.5 * u * u) / np.sqrt(2 * np.pi)

    grid = np.linspace(-2, 2, 7)
    density = [np.mean([kernel((g - p) / bandwidth) for p in points]) / bandwidth for g in grid]
    return np.log(np.array(density)).mean()


@program((np.array([1.0, 2.0, 3.5]), np.array([0.5, 2.5, 3.0])), wrt=(0, 1))
def correlation_of_samples(a, b):
    """Pearson's coefficient, from scratch."""
    n = len(a)
    if n != len(b):
        raise ValueError("samples differ in length")
    sx = sum(a)
    sy = sum(b)
    sxy = sum(x * y for x, y in zip(a, b))
    sxx = sum(x**2 for x in a)
    syy = sum(y**2 for y in b)
    return (n * sxy - sx * sy) / (math.sqrt(n * sxx - sx**2) * math.sqrt(n * syy - sy**2))


@program((normal(6, 6), 0.5), wrt=(0, 1))
def metropolis_energy(field, temperature):
    energy = 0.0
    rows, cols = field.shape
    for i in range(rows):
        for j in range(cols):
            energy -= field[i, j] * (field[(i + 1) % rows, j] + field[i, (j + 1) % cols])
    return energy / temperature


@program((np.array([0.4, 1.3]), normal(7, 1), normal(7)), wrt=(0, 1, 2))
def gaussian_process(hyper, X, y):
    """Log marginal likelihood with a squared exponential kernel, built entry by entry."""
    length, amplitude = hyper
    n = X.shape[0]
    K = np.empty((n, n))
    for i in range(n):
        for j in range(n):
            d = X[i] - X[j]
            K[i, j] = amplitude**2 * np.exp(-0.5 * np.dot(d, d) / length**2)
    K += 0.1 * np.eye(n)
    alpha = np.linalg.solve(K, y)
    sign, logdet = np.linalg.slogdet(K)
    return -0.5 * y @ alpha - 0.5 * logdet - 0.5 * n * LOG_2PI


@program((normal(5), 1.345), wrt=(0,))
def huber_location(data, k):
    """Iteratively reweighted mean."""
    mu = np.mean(data)
    for _ in range(25):
        r = np.abs(data - mu)
        w = np.where(r <= k, 1.0, k / np.maximum(r, 1e-12))
        new = np.sum(w * data) / np.sum(w)
        if abs(new - mu) < 1e-12:
            mu = new
            break
        mu = new
    return mu * mu
