"""Quantiles of the beta and t distributions, without a library (Numerical Recipes, 6.4)."""

from math import exp, lgamma, log, log1p, sqrt

TINY, CLOSE = 1e-300, 1e-12


def beta_cdf(x: float, a: float, b: float) -> float:
    """Return the regularized incomplete beta function."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - beta_cdf(1 - x, b, a)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
    return front * _fraction(x, a, b)


def _fraction(x: float, a: float, b: float) -> float:
    """Work out the continued fraction by Lentz's method."""
    d = 1 / _not_nought(1 - (a + b) * x / (a + 1))
    c, value = 1.0, d
    for m in range(1, 500):
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / _not_nought(1 + term * d)
            c = _not_nought(1 + term / c)
            value *= d * c
        if abs(d * c - 1) < CLOSE:
            break
    return value


def _not_nought(value: float) -> float:
    return value if abs(value) > TINY else TINY


def beta_quantile(p: float, a: float, b: float) -> float:
    low, high = 0.0, 1.0
    for _step in range(40):
        middle = (low + high) / 2
        if beta_cdf(middle, a, b) < p:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def t_quantile(p: float, freedom: float) -> float:
    """Return the quantile of Student's t for ``p`` above one half."""
    x = beta_quantile(2 * p - 1, 0.5, freedom / 2)
    return sqrt(freedom * x / (1 - x))
