"""The interval holds the truth in nine of ten draws, and the formulas are what books say."""

import math

import pytest

from reports.checks.distributions import beta_cdf, beta_quantile, t_quantile
from reports.checks.drawing import Stratum
from reports.checks.estimate import Recount, verification_factor
from tests.reports.checks.populations import District, simulated

# Few and many who cheat, much or a little, always or now and then; very uneven; out by one or two.
DISTRICTS = {
    "one of ten": District(24, 30, 0.1, 2, 5),
    "a fifth": District(24, 30, 0.2, 1.5, 4),
    "all a little": District(24, 30, 1, 1.05, 1.3),
    "now and then": District(24, 30, 0.3, 2, 10, often=0.3),
    "very uneven": District(24, 30, 0.1, 3, 12, sigma=1.4, noise=0.5),
    "small": District(6, 10, 0.5, 1.5, 4),
}


def test_interval_contains_the_truth_in_nine_of_ten_draws() -> None:
    covered: dict[str, list[bool]] = {}
    off: list[float] = []
    for name, district in DISTRICTS.items():
        for number in (15, 60):
            times = 0 if (name, number) == ("small", 60) else 92
            for truth, found in simulated(district, number, times, seed=number):
                covered.setdefault(name, []).append(found.low <= truth <= found.high)
                off.append(found.factor - truth)

    whole = [one for each in covered.values() for one in each]
    assert len(whole) == 1012
    assert 0.89 <= sum(whole) / len(whole) <= 0.95
    # Of 184 draws of one kind within three standard deviations of nine of ten.
    for name, each in covered.items():
        assert sum(each) / len(each) >= 0.83, name
    assert abs(sum(off) / len(off)) < 0.01


def test_estimate_weighs_strata_by_what_they_reported() -> None:
    strata = [Stratum("a", "large", 10, 900, 2), Stratum("a", "small", 50, 100, 2)]
    recounts = [
        *(Recount("a/large", 90, verified, 0.2) for verified in (90, 45)),
        *(Recount("a/small", 2, 2, 0.04) for _n in range(2)),
    ]

    found = verification_factor(recounts, strata)

    assert found is not None
    assert found.factor == pytest.approx(0.9 * 0.75 + 0.1)
    assert found.low < found.factor < found.high <= 1
    assert found.checked == 4


def test_estimate_is_sure_where_everything_was_counted() -> None:
    strata = [Stratum("a", "large", 2, 100, 2)]

    found = verification_factor(
        [Recount("a/large", 60, 60, 1.0), Recount("a/large", 40, 10, 1.0)], strata
    )

    assert found is not None
    assert (found.low, found.factor, found.high) == pytest.approx((0.7, 0.7, 0.7))


def test_estimate_of_a_few_that_are_right_is_not_sure_of_the_rest() -> None:
    strata = [Stratum("a", "small", 500, 5000, 15)]

    found = verification_factor([Recount("a/small", 10, 10, 0.03)] * 15, strata)
    more = verification_factor([Recount("a/small", 10, 10, 0.03)] * 60, strata)

    assert found is not None
    assert more is not None
    assert (found.factor, found.high) == (1, 1)
    assert found.low < more.low < 1
    assert found.low == pytest.approx(0.90, abs=0.03)
    assert verification_factor([], strata) is None


def test_more_may_be_found_than_was_reported() -> None:
    strata = [Stratum("a", "small", 100, 1000, 8)]
    recounts = [Recount("a/small", 10, 10 + n % 4, 0.08) for n in range(8)]

    found = verification_factor(recounts, strata)

    assert found is not None
    assert found.factor == pytest.approx(1.15)
    assert found.low < 1.15 < found.high


def test_quantiles_are_those_of_the_tables() -> None:
    # Student's t at 95 %, and Clopper and Pearson's upper end for none of fifteen.
    for freedom, value in ((1, 6.3138), (4, 2.1318), (14, 1.7613), (60, 1.6706)):
        assert t_quantile(0.95, freedom) == pytest.approx(value, abs=1e-4)
    assert beta_quantile(0.95, 1, 15) == pytest.approx(1 - 0.05 ** (1 / 15))
    # Of whole numbers it is a sum of binomials.
    n, k, x = 12, 4, 0.37
    summed = sum(math.comb(n, i) * x**i * (1 - x) ** (n - i) for i in range(k, n + 1))
    assert beta_cdf(x, k, n - k + 1) == pytest.approx(summed)
