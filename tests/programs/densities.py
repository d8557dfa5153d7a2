"""Log-likelihoods by scipy.stats, as they are written."""

import numpy as np
from support.corpus import Programs, normal, positive

try:
    from scipy import stats
    from scipy.spatial.distance import cdist
except ImportError:  # SciPy is optional
    stats = None

program = Programs()


@program((normal(6), 0.3, 1.2), wrt=(0, 1, 2))
def normal_model(x, mu, sigma):
    return -np.sum(stats.norm.logpdf(x, loc=mu, scale=sigma)) - stats.norm.logpdf(mu, 0.0, 10.0)


@program((positive(5), 2.5, 0.7), wrt=(0, 1, 2))
def positive_data(x, a, scale):
    return np.sum(stats.gamma.logpdf(x, a, scale=scale) + stats.lognorm.logpdf(x, a, 0, scale) + stats.chi2.pdf(x, a))


@program((normal(5), np.array([1.0, 0.0, 1.0, 0.0, 0.0]), 0.4, 0.9), wrt=(0, 2, 3))
def censored_observations(x, seen, mu, sigma):
    total = 0.0
    for i in range(len(x)):
        if seen[i]:
            total += stats.norm.logpdf(x[i], mu, sigma)
        else:
            total += stats.norm.logsf(x[i], mu, sigma)
    return total


@program((normal(4), 3.0, normal(3), 0.2 + 0.1 * positive(3)), wrt=(0, 1, 2, 3))
def several_families(x, df, y, p):
    robust = stats.t.logpdf(x, df) + stats.cauchy.logcdf(x) + stats.laplace.logpdf(x, 0.1, 2.0)
    return np.sum(robust) + np.sum(stats.logistic.cdf(y)) + np.sum(stats.beta.logpdf(p, 2.0, df))


@program((np.array([-0.5, 0.4, 1.7]), 0.8), wrt=(0, 1))
def outside_the_support(x, scale):
    return np.sum(stats.expon.pdf(x, 0.0, scale) + stats.uniform.cdf(x, scale=scale) + stats.beta.pdf(x, 2.0, 3.0))


@program((np.array([0, 3, 1, 2]), normal(4), 0.3, 0.5), wrt=(1, 2, 3))
def counts_by_a_rate(seen, x, slope, p):
    rates = np.exp(slope * x)
    hurdle = stats.bernoulli.logpmf(seen > 0, p) + stats.binom.logpmf(seen, 4, p)
    return -np.sum(stats.poisson.logpmf(seen, rates)) - np.sum(hurdle)


@program((positive(5), 1.4, 0.8), wrt=(0, 1, 2))
def lifetimes(x, shape, scale):
    return np.sum(stats.weibull_min.logpdf(x, shape, scale=scale) + stats.invgamma.logcdf(x, 2.0, 0.0, scale))


@program((normal(4), -0.3, 1.1, normal(3)), wrt=(0, 1, 2, 3))
def skewed_and_cut(x, a, sigma, z):
    cut = stats.truncnorm.logpdf(0.1 * z, -2.0 * sigma, 2.5, 0.0, sigma)
    return np.sum(stats.skewnorm.logpdf(x, a, 0.0, sigma) + stats.gumbel_r.logsf(x, a)) + np.sum(cut)


@program((normal(5, 3), normal(3), normal(3, 3)), wrt=(0, 1, 2))
def several_variables(x, mean, root):
    cov = root @ root.T + np.eye(3)
    return np.sum(stats.multivariate_normal.logpdf(x, mean, cov)) + stats.multivariate_normal.logpdf(mean, x[0], cov)


@program((normal(4, 2), normal(3, 2), 0.7), wrt=(0, 1, 2))
def a_kernel_of_distances(x, y, length):
    kernel = np.exp(-cdist(x, y, "sqeuclidean") / (2.0 * length**2))
    return np.sum(kernel**2) + np.sum(cdist(x, y)) + np.sum(cdist(x, x, metric="cityblock"))


@program((positive(3), positive(4, seed=1)), wrt=(0, 1))
def a_mixture_of_topics(weights, alpha):
    shares = weights / (np.sum(weights) + 1.0)
    prior = stats.dirichlet.logpdf(shares, alpha)  # the last share is what is left
    return prior + stats.dirichlet.entropy(alpha) + stats.dirichlet.pdf(alpha / np.sum(alpha), alpha)


@program((np.array([0, 2, 5, 1]), positive(4), 0.3), wrt=(1, 2))
def counts_that_are_cut(k, rate, p):
    seen = stats.poisson.pmf(k, rate) / stats.poisson.sf(0, rate)
    return np.sum(np.log1p(seen)) + np.sum(stats.binom.cdf(k, 6, p) * stats.poisson.cdf(k, rate))


@program((normal(4, 3), normal(3), positive(3)), wrt=(0, 1, 2))
def independent_components(x, mean, spread):
    density = stats.multivariate_normal.pdf(x, mean, spread)
    return np.sum(density) + stats.multivariate_normal.entropy(mean, spread) + np.sum(np.log(density))


if stats is None:
    program.rows.clear()


PRIOR = stats and stats.gamma(2.0, scale=1.5)


@program((normal(6), positive(3), 0.3, 1.2), wrt=(0, 1, 2, 3))
def fixed_parameters(x, rates, mu, sigma):
    noise = stats.norm(mu, scale=sigma)
    heavy = [stats.t(rate + 1.0, mu) for rate in (2.0, 3.5)]
    total = np.sum(noise.logpdf(x)) + noise.cdf(0.4) * noise.ppf(0.3) + np.sum(PRIOR.logpdf(rates))
    total += sum(np.sum(each.logpdf(x)) for each in heavy)
    return total + np.sum(stats.poisson(rates).logpmf([1, 0, 2]))


@program((positive(4), 0.3, 1.2), wrt=(1, 2))
def quantiles_as_bounds(x, mu, sigma):
    low, high = stats.norm.ppf([0.25, 0.75], loc=mu, scale=sigma)
    return np.sum(np.clip(x, low, high)) + stats.logistic.isf(0.3, mu, sigma)
