"""Finance as it is written: options, bonds, portfolios, volatility and credit."""

import math
from collections import namedtuple
from dataclasses import dataclass, field
from enum import Enum
from math import erf, exp, log, sqrt

import numpy as np
from support.corpus import Programs, normal, positive

program = Programs()
TRADING_DAYS = 252


def norm_cdf(x: float) -> float:
    return 0.5 * (1.0 + erf(x / sqrt(2.0)))


@program((100.0, 105.0, 0.5, 0.02, 0.3, "call"), (100.0, 95.0, 0.5, 0.02, 0.3, "put"), wrt=(0, 2, 3, 4))
def black_scholes(S, K, T, r, sigma, option_type="call"):
    """Price of a European option."""
    if T <= 0:
        return max(S - K, 0.0)
    d1 = (log(S / K) + (r + 0.5 * sigma**2) * T) / (sigma * sqrt(T))
    d2 = d1 - sigma * sqrt(T)
    if option_type == "call":
        return S * norm_cdf(d1) - K * exp(-r * T) * norm_cdf(d2)
    elif option_type == "put":
        return K * exp(-r * T) * norm_cdf(-d2) - S * norm_cdf(-d1)
    else:
        raise ValueError(f"unknown option type {option_type}")


@program((100.0, 0.25), wrt=(0, 1))
def binomial_tree_american_put(spot, sigma, strike=101.0, rate=0.05, maturity=1.0, steps=12):
    dt = maturity / steps
    u = math.exp(sigma * math.sqrt(dt))
    d = 1 / u
    p = (math.exp(rate * dt) - d) / (u - d)
    discount = math.exp(-rate * dt)
    values = np.zeros(steps + 1)
    for i in range(steps + 1):
        values[i] = max(strike - spot * u ** (steps - i) * d**i, 0.0)
    for step in range(steps - 1, -1, -1):
        for i in range(step + 1):
            continuation = discount * (p * values[i] + (1 - p) * values[i + 1])
            exercise = strike - spot * u ** (step - i) * d**i
            values[i] = max(continuation, exercise)
    return values[0]


def bond_price(coupon, ytm, years, face=100.0, frequency=2):
    periods = int(years * frequency)
    price = 0
    for t in range(1, periods + 1):
        price += coupon / frequency / (1 + ytm / frequency) ** t
    price += face / (1 + ytm / frequency) ** periods
    return price


@program((97.0, 4.0), wrt=(0, 1))
def yield_to_maturity(price, coupon):
    """Newton's method with a numerical slope, as in a spreadsheet."""
    guess = 0.05
    for _ in range(50):
        diff = bond_price(coupon, guess, 5) - price
        if abs(diff) < 1e-11:
            break
        bump = 1e-4
        slope = (bond_price(coupon, guess + bump, 5) - bond_price(coupon, guess - bump, 5)) / (2 * bump)
        guess -= diff / slope
    return guess


@program((10.45, 100.0), wrt=(0, 1))
def implied_volatility_by_bisection(market_price, spot):
    low, high = 0.01, 1.0
    for _ in range(12):
        mid = (low + high) / 2
        if black_scholes(spot, 100.0, 1.0, 0.05, mid) > market_price:
            high = mid
        else:
            low = mid
    sigma = 0.5 * (low + high)
    d1 = (log(spot / 100.0) + (0.05 + 0.5 * sigma**2)) / sigma
    vega = spot * exp(-0.5 * d1 * d1) / sqrt(2 * math.pi)
    return sigma + (market_price - black_scholes(spot, 100.0, 1.0, 0.05, sigma)) / vega


@program((positive(4), normal(20, 4) * 0.01))
def sharpe_ratio(weights, returns):
    w = weights / weights.sum()
    portfolio = returns @ w
    excess = portfolio - 0.0001
    return np.sqrt(TRADING_DAYS) * excess.mean() / excess.std(ddof=1)


class Portfolio:
    def __init__(self, weights, cash=1.0, fee=0.001):
        self.weights = np.asarray(weights)
        self.value = cash
        self.fee = fee
        self.history = [cash]

    def rebalance(self, target):
        turnover = np.abs(target - self.weights).sum()
        self.value *= 1 - self.fee * turnover
        self.weights = target

    def apply_returns(self, r):
        growth = 1 + np.dot(self.weights, r)
        self.value *= growth
        self.weights = self.weights * (1 + r) / growth
        self.history.append(self.value)

    def max_drawdown(self):
        peak, worst = self.history[0], 0.0
        for v in self.history:
            if v > peak:
                peak = v
            drawdown = (peak - v) / peak
            worst = max(worst, drawdown)
        return worst


@program(
    (np.array([0.5, 0.3, 0.2]), 0.02 * normal(6, 3)),
    wrt=(0, 1),
)
def backtest(target, returns):
    book = Portfolio(np.ones(3) / 3)
    for r in returns:
        book.rebalance(target)
        book.apply_returns(r)
    return book.value


@program(
    (np.array([0.5, 0.3, 0.2]), 0.02 * normal(6, 3)),
    wrt=(0, 1),
)
def backtest_drawdown(target, returns):
    book = Portfolio(target)
    for r in returns:
        book.apply_returns(r)
    return book.value - book.max_drawdown()


Cashflow = namedtuple("Cashflow", ["time", "amount"])


@program((0.04,), (0.08,))
def net_present_value(rate):
    flows = [Cashflow(0, -1000.0), Cashflow(1, 300.0), Cashflow(2, 420.0), Cashflow(3, 680.0)]
    return sum(flow.amount / (1 + rate) ** flow.time for flow in flows)


class Compounding(Enum):
    SIMPLE = 1
    ANNUAL = 2
    CONTINUOUS = 3


@dataclass
class Curve:
    times: np.ndarray
    rates: np.ndarray
    compounding: Compounding = Compounding.CONTINUOUS
    spreads: dict = field(default_factory=dict)

    def __post_init__(self):
        if len(self.times) != len(self.rates):
            raise ValueError("times and rates differ in length")

    def rate(self, t):
        return np.interp(t, self.times, self.rates)

    def discount(self, t):
        r = self.rate(t) + self.spreads.get("credit", 0.0)
        if self.compounding is Compounding.SIMPLE:
            return 1 / (1 + r * t)
        if self.compounding == Compounding.ANNUAL:
            return (1 + r) ** (-t)
        return np.exp(-r * t)


@program(
    (0.05 * positive(4), Compounding.CONTINUOUS),
    (0.05 * positive(4), Compounding.ANNUAL),
    (0.05 * positive(4), Compounding.SIMPLE),
)
def swap_rate(zero_rates, compounding):
    curve = Curve(np.array([0.5, 1.0, 2.0, 5.0]), zero_rates, compounding)
    payments = np.arange(1, 9) * 0.5
    annuity = 0.0
    for t in payments:
        annuity += 0.5 * curve.discount(t)
    return (1 - curve.discount(payments[-1])) / annuity


@program((100.0, 0.2, normal(50)), wrt=(0, 1))
def monte_carlo_asian_call(spot, sigma, z):
    paths = z.reshape(10, 5)
    dt = 1 / 5
    prices = []
    s = spot * np.ones(paths.shape[0])
    for i in range(paths.shape[1]):
        s = s * np.exp((0.03 - 0.5 * sigma**2) * dt + sigma * np.sqrt(dt) * paths[:, i])
        prices.append(s)
    average = np.stack(prices).mean(axis=0)
    payoff = np.maximum(average - 100.0, 0)
    return np.exp(-0.03) * payoff.mean()


@program((np.array([1e-4, 0.08, 0.85]), 0.01 * normal(30)))
def garch_likelihood(params, returns):
    omega, alpha, beta = params
    if omega <= 0 or alpha < 0 or beta < 0 or alpha + beta >= 1:
        return 1e10
    T = len(returns)
    sigma2 = np.empty(T)
    sigma2[0] = np.var(returns)
    for t in range(1, T):
        sigma2[t] = omega + alpha * returns[t - 1] ** 2 + beta * sigma2[t - 1]
    return 0.5 * np.sum(np.log(2 * np.pi * sigma2) + returns**2 / sigma2)


@program((250000.0, 0.045, 30), wrt=(0, 1))
def mortgage_interest(principal: float, annual_rate: float, years: int) -> float:
    monthly = annual_rate / 12
    n = years * 12
    payment = principal * monthly / (1 - (1 + monthly) ** -n)
    balance = principal
    total_interest = 0
    for month in range(n):
        interest = balance * monthly
        total_interest += interest
        balance -= payment - interest
    return round(total_interest / principal * 1e6) * 0.0 + total_interest


@program((np.array([0.02, 0.3, 0.015, 0.05]),))
def nelson_siegel_fit(theta):
    maturities = np.array([0.25, 1.0, 2.0, 5.0, 10.0])
    observed = [0.021, 0.0235, 0.025, 0.029, 0.031]
    b0, tau, b1, b2 = theta
    sse = 0
    for m, y in zip(maturities, observed):
        x = m / tau
        loading = (1 - np.exp(-x)) / x
        model = b0 + b1 * loading + b2 * (loading - np.exp(-x))
        sse += (y - model) ** 2
    return sse * 100


@program((0.3, np.array([0.02, 0.05, 0.1])), wrt=(0, 1))
def credit_portfolio(rho, default_probabilities):
    """Expected loss distribution by recursion over obligors, at a few factor values."""
    total = 0.0
    for factor, weight in ((-1.0, 0.3), (0.0, 0.4), (1.0, 0.3)):
        dist = np.zeros(len(default_probabilities) + 1)
        dist[0] = 1.0
        for k, p in enumerate(default_probabilities):
            shifted = p * math.exp(-math.sqrt(rho) * factor)
            previous = dist.copy()
            dist[1:] = previous[1:] * (1 - shifted) + previous[:-1] * shifted
            dist[0] = previous[0] * (1 - shifted)
        total += weight * sum(k * q**2 for k, q in enumerate(dist))
    return total


@program((0.03, 0.1, 0.015), wrt=(0, 1, 2))
def vasicek_bond(r0, kappa, sigma, *, theta=0.05, maturity=3.0):
    b = (1 - np.exp(-kappa * maturity)) / kappa
    a = (theta - sigma**2 / (2 * kappa**2)) * (b - maturity) - sigma**2 * b**2 / (4 * kappa)
    return np.exp(a - b * r0).item()
