"""Special functions that derivatives of the standard library's and NumPy's own lead to."""

from __future__ import annotations

import math

# B(2k) / (2k)!, the coefficients of the Euler-Maclaurin formula
_COEFFICIENTS = (1 / 12, -1 / 720, 1 / 30240, -1 / 1209600, 1 / 47900160, -691 / 1307674368000, 1 / 74724249600)
_FAR = 12.0


def polygamma(n: int, x: float) -> float:
    """The n-th derivative of the digamma function, which is the derivative of `math.lgamma`.

    It is stepped up to where the asymptotic series holds (DLMF 5.15.8, by 5.15.5), below 0 after reflection (5.15.6).
    At the poles, and for n > 1 below -1e6, it is NaN.

    >>> round(polygamma(0, 1.0), 12), round(polygamma(1, 1.0), 12)
    (-0.577215664902, 1.644934066848)
    """
    n, x = int(n), float(x)
    if (x <= 0.0 and x == math.floor(x)) or x != x:
        return math.nan
    if x < 0.0 and n < 2:
        fraction = math.pi * math.remainder(x, 1.0)
        if n == 0:
            return polygamma(0, 1.0 - x) - math.pi / math.tan(fraction)
        return (math.pi / math.sin(fraction)) ** 2 - polygamma(1, 1.0 - x)
    if x < -1e6:
        return math.nan
    sign, scale = (-1.0) ** (n + 1), float(math.factorial(n))
    steps = max(0, math.ceil(_FAR + n - x))
    far = x + steps
    terms = [sign * scale * (1.0 / (x + k)) ** (n + 1) for k in range(steps)]
    if n == 0:
        terms += [math.log(far), -0.5 / far]
    else:
        terms += [sign * scale / n * (1.0 / far) ** n, sign * scale / 2 * (1.0 / far) ** (n + 1)]
    for k, coefficient in enumerate(_COEFFICIENTS, 1):
        terms.append(sign * coefficient * math.factorial(2 * k + n - 1) * (1.0 / far) ** (2 * k + n))
    return math.fsum(terms)
