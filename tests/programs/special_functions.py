"""Functions of scipy.special as they are used: likelihoods, pharmacokinetics, optics, in loops, branches and calls."""

import numpy as np
from support.corpus import Programs, normal, positive

try:
    import scipy.special
    from scipy import special
    from scipy.special import expit, gammaln, logsumexp
except ImportError:  # SciPy is optional
    special = None

program = Programs()


@program((2.5, 1.3, positive(6)), wrt=(0, 1, 2))
def gamma_likelihood(shape, rate, x):
    return np.sum(shape * np.log(rate) - gammaln(shape) + (shape - 1) * np.log(x) - rate * x)


@program((positive(3), np.array([0.2, 0.3, 0.5])), wrt=(0, 1))
def dirichlet_likelihood(alpha, p):
    norm = special.gammaln(alpha.sum()) - special.gammaln(alpha).sum()
    return norm + special.xlogy(alpha - 1, p).sum()


@program((normal(4), normal(3, 4), np.array([0, 1, 1])), wrt=(0, 1))
def logistic_regression(w, X, y):
    p = expit(X @ w)
    return -np.mean(special.xlogy(y, p) + special.xlogy(1 - y, 1 - p))


@program((normal(3, 4), np.array([1, 0, 3])), wrt=(0,))
def cross_entropy(logits, labels):
    return -special.log_softmax(logits, axis=1)[np.arange(3), labels].mean()


@program((normal(5), normal(5, seed=1)), (1e3 * normal(5), normal(5)), wrt=(0, 1))
def attention(scores, values):
    return special.softmax(scores) @ values + special.logsumexp(scores)


@program((normal(3), normal(3, 3), normal(3, 4)), wrt=(0, 1, 2))
def forward_algorithm(start, transition, emission):
    alpha = start + emission[:, 0]
    for t in range(1, emission.shape[1]):
        alpha = logsumexp(alpha[:, None] + transition, axis=0) + emission[:, t]
    return logsumexp(alpha)


@program((normal(4), positive(4)), wrt=(0, 1))
def weighted_log_sum(a, w):
    return logsumexp(a, b=w) * 2.0 + special.logsumexp(a, b=[1.0, 0.0, 0.5, 2.0])


@program((1.7, 0.4), wrt=(0, 1))
def numbers_and_modules(x, y):
    if scipy.special.erf(x) > 0.5:
        return special.erfc(y) * special.beta(x, y) + special.digamma(x)
    return special.gamma(x)


@program((positive(5), 2), (positive(5), 0), wrt=(0,))
def bessel_functions_of_an_order(r, n):
    field = np.zeros(5)
    for k in range(n, n + 3):
        field += special.jv(k, r) / (k + 1)
    return np.sum(field**2 * special.k0(r)) + special.jn(n, 0.3)


@program((positive(4), normal(4)), wrt=(0, 1))
def elements_in_a_loop(x, y):
    out = np.empty(4)
    for i in range(4):
        if y[i] > 0:
            out[i] = special.gammainc(2.0, x[i])
        else:
            out[i] = special.ndtr(y[i]) * special.betainc(2.0, 3.5, 0.1 * x[i])
    out[0] *= special.log_ndtr(y[1])
    return out.sum()


def barrier(f, x):
    return f(x) + special.entr(x)


@program((positive(3),))
def functions_as_arguments(x):
    return np.sum(barrier(special.gammaln, x) * barrier(lambda v: special.exprel(v), x))


@program((normal(6, dtype=np.float32),), (normal(6),), tol=2e-3)
def single_precision(x):
    return np.sum(special.expit(x) * special.log_expit(x) + special.erfcx(x) * special.dawsn(x))


@program((0.6, positive(3)), wrt=(0, 1))
def transformed_data(lam, x):
    z = special.boxcox(x, lam)
    return (
        np.sum(special.inv_boxcox(z * 1.1, lam)) + np.sum(special.huber(0.8, z)) + np.sum(special.pseudo_huber(0.8, z))
    )


@program((0.3,), (-0.6,))
def period_of_a_pendulum(m):
    return special.ellipk(m) / special.ellipe(m) + special.spence(1 + m) + special.expi(m * m)


@program((positive(4), 3.3), wrt=(0, 1))
def zeta_and_binomials(x, n):
    return np.sum(special.zeta(2, x) + special.polygamma(1, x)) + special.binom(n, 1.5) + special.comb(n, 2.2)


@program((np.array([0.3, -0.2, 0.7]), positive(3)), wrt=(0, 1))
def series_of_polynomials(x, c):
    total = 0.0
    for n in range(4):
        total += c[n % 3] * special.eval_legendre(n, x) + special.eval_chebyt(n, x) * special.eval_hermite(n, x)
    return np.sum(total) + np.sum(special.eval_genlaguerre(3, 0.5, x))


@program((np.array([-2.0, 0.4, 3.0]),), (0.8,))
def airy_waves(x):
    ai, aip, bi, bip = special.airy(x)
    s, c = special.fresnel(x)
    return np.sum(ai * bip - aip * bi + ai**2) + np.sum(s * c) + np.sum(special.airy(0.5 * x)[1])


@program((0.9, 0.3), wrt=(0, 1))
def a_pendulum(phi, m):
    return special.ellipkinc(phi, m) + special.ellipeinc(3.0 * phi, m) / special.elliprf(1.0, 2.0, phi)


@program((np.array([0.2, 0.6, 0.9]), 2.5), wrt=(0, 1))
def quantiles(p, scale):
    x = special.gammaincinv(2.0, p) * scale + special.stdtrit(4.0, p) ** 2
    return np.sum(special.chdtr(3.0, x)) + np.sum(special.betaincinv(2.0, 3.0, p)) + np.sum(special.owens_t(x, scale))


@program((0.8, 3), (0.8, 4), wrt=(0,))
def gauss_quadrature(a, count):
    nodes, weights = special.roots_legendre(count)
    first = special.jn_zeros(0, 2)[0]
    return np.sum(weights * np.exp(-a * nodes * nodes)) + special.spherical_jn(1, a * first)


@program((positive(3),), (0.9,))
def complex_values(x):
    w = special.lambertw(x).real
    plasma = special.wofz(x) * special.hankel1(1, x)
    return np.sum(w * np.exp(w)) + np.sum(np.abs(plasma) ** 2) + np.sum(special.kvp(1, x) * special.jvp(2.0, x, 2))


if special is None:
    program.rows.clear()
