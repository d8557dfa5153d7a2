"""Econometrics: regressions with options, likelihoods with carried variances, models that keep their fit."""

import numpy as np
from support.corpus import Programs, normal, positive

program = Programs()
Y = normal(12)
X = normal(12, 3)


@program((Y, X), wrt=(0, 1))
def ols_with_summary(y, X, add_const=True, robust="HC1"):
    if y.ndim != 1:
        raise ValueError("y must be 1-D")
    if add_const:
        X = np.column_stack([np.ones(len(y)), X])
    n, k = X.shape
    beta = np.linalg.solve(X.T @ X, X.T @ y)
    resid = y - X @ beta
    if robust is None:
        cov = resid @ resid / (n - k) * np.linalg.inv(X.T @ X)
    elif robust in ("HC0", "HC1"):
        bread = np.linalg.inv(X.T @ X)
        meat = (X * resid[:, None] ** 2).T @ X
        cov = bread @ meat @ bread
        if robust == "HC1":
            cov *= n / (n - k)
    else:
        raise ValueError(f"unknown covariance {robust!r}")
    results = {"beta": beta, "se": np.sqrt(np.diag(cov)), "r2": 1 - resid.var() / y.var()}
    results["t"] = results["beta"] / results["se"]
    return results["r2"] + results["t"][1:].sum()


@program((Y, np.array([0.1, 0.2, 0.5])), wrt=(0, 1))
def garch_loglik(returns, params):
    omega, alpha, beta = params
    n = returns.shape[0]
    sigma2 = np.empty(n)
    sigma2[0] = returns.var()
    for t in range(1, n):
        sigma2[t] = omega + alpha * returns[t - 1] ** 2 + beta * sigma2[t - 1]
    ll = -0.5 * (np.log(2 * np.pi) + np.log(sigma2) + returns**2 / sigma2)
    return -ll.sum()


@program((Y, 0.4, 0.3), wrt=(0, 1, 2))
def arma_css(y, phi, theta):
    e = []
    prev_y, prev_e = 0.0, 0.0
    for value in y:
        err = value - phi * prev_y - theta * prev_e
        e.append(err)
        prev_y, prev_e = value, err
    return np.mean(np.square(e))


class Panel:
    def __init__(self, y, x, groups):
        self.y, self.x, self.groups = np.asarray(y), np.asarray(x), np.asarray(groups)
        self._fit = None

    def demean(self, v):
        out = v.copy()
        for g in (0, 1, 2):
            mask = self.groups == g
            if mask.any():
                out[mask] -= out[mask].mean()
        return out

    def fit(self):
        if self._fit is None:
            yd, xd = self.demean(self.y), self.demean(self.x)
            self._fit = (xd @ yd) / (xd @ xd)
        return self

    @property
    def slope(self):
        return self.fit()._fit


@program((Y, X[:, 0], np.array([0, 1, 2] * 4)), wrt=(0, 1))
def fixed_effects(y, x, groups):
    model = Panel(y, x, groups)
    return model.slope**2 + model.fit().slope


@program((positive(4), 1.7, np.array([0.2, 0.3, 0.1, 0.4])), wrt=(0, 1, 2))
def ces_demand(prices, sigma, shares):
    price_index = (shares**sigma @ prices ** (1 - sigma)) ** (1 / (1 - sigma))
    demand = {}
    for i, p in enumerate(prices):
        demand[f"good_{i}"] = 0
    return np.sum((shares / prices) ** sigma * price_index ** (sigma - 1)) + len(demand)
