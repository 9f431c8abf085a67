"""Writes drift.json: samples, and what scipy and evidently say about them. Called by scripts/drift-fixtures."""
import json
import pathlib
import sys

import numpy
import pandas
from evidently.legacy.calculations.stattests import (
    chi_stat_test, jensenshannon_stat_test, ks_stat_test, psi_stat_test, wasserstein_stat_test)
from evidently.legacy.core import ColumnType
from scipy import stats

data = pathlib.Path(sys.argv[1])


def score(test, reference, current, kind):
    result = float(test(pandas.Series(reference), pandas.Series(current), kind, None).drift_score)
    if not numpy.isnan(result):
        return result
    # A test of fit with one category has no degree of freedom and scipy no p-value: nothing speaks against the fit. Its
    # Jensen-Shannon distance of equal distributions can be the root of a negative rounding error.
    return 1.0 if test is chi_stat_test else 0.0


def packed(values):
    """[value, count] pairs: a column of a census is 69,000 numbers of which 90 differ."""
    found, counts = numpy.unique(numpy.asarray(values), return_counts=True)
    return [[value, count] for value, count in zip(found.tolist(), counts.tolist())]


def finite(values):
    return [value for value in numpy.asarray(values, dtype=float).tolist() if numpy.isfinite(value)]


def numbers(name, reference, current):
    reference, current = finite(reference), finite(current)
    test = stats.ks_2samp(reference, current)
    kind = ColumnType.Numerical
    ks = score(ks_stat_test, reference, current, kind)
    assert ks == test.pvalue
    return {
        "name": name, "reference": packed(reference), "current": packed(current),
        "ks": float(test.statistic), "ks_p": float(test.pvalue),
        "psi": score(psi_stat_test, reference, current, kind),
        "js": score(jensenshannon_stat_test, reference, current, kind),
        "wasserstein": float(stats.wasserstein_distance(reference, current)),
        "normed": score(wasserstein_stat_test, reference, current, kind),
    }


def categories(name, reference, current):
    reference, current = pandas.Series(reference).dropna(), pandas.Series(current).dropna()
    kind = ColumnType.Categorical
    keys = sorted(set(reference) | set(current))
    table = [[int((side == key).sum()) for key in keys] for side in (reference, current)]
    test = stats.chi2_contingency(table)
    return {
        "name": name,
        "reference": {key: count for key, count in zip(keys, table[0]) if count},
        "current": {key: count for key, count in zip(keys, table[1]) if count},
        "psi": score(psi_stat_test, reference, current, kind),
        "js": score(jensenshannon_stat_test, reference, current, kind),
        "chi2": float(test.statistic), "chi2_p": float(test.pvalue), "dof": int(test.dof),
        "fit_p": score(chi_stat_test, reference, current, kind),
    }


def drawn():
    draw = numpy.random.default_rng(20261121)
    normal = draw.normal
    return [
        numbers("two values each", [1, 2], [1.5, 3]),
        numbers("one value each", [1], [2]),
        numbers("one against many", [0.3], normal(size=30).round(4)),
        numbers("equal", [1, 2, 3, 4.5], [4.5, 3, 2, 1]),
        numbers("disjoint", range(50), range(100, 160)),
        numbers("constant on both sides", [7] * 20, [7] * 30),
        numbers("constant against varying", [7] * 40, normal(7, 1, 60).round(4)),
        numbers("other constant", [7] * 40, [8] * 25),
        numbers("with NaN and infinities", [1, float("nan"), 2, 3, float("inf")], [2, 3, float("-inf"), 5, 6]),
        numbers("small and unequal", normal(size=37).round(5), normal(0.3, size=53).round(5)),
        numbers("small and equal in size", normal(size=64).round(5), normal(0.5, size=64).round(5)),
        numbers("ties", draw.integers(0, 12, 300), draw.integers(1, 13, 200)),
        numbers("many integers", draw.integers(0, 400, 3000), draw.integers(5, 410, 2500)),
        numbers("far tail, exact", normal(size=900).round(4), normal(1.2, size=1000).round(4)),
        numbers("huge values", (normal(size=80) * 1e15).round(), (normal(0.2, size=90) * 1e15).round()),
        numbers("an outlier", [*normal(size=200).round(4), 1e9], normal(size=200).round(4)),
    ]


def distribution():
    """The survival function in every region that a method of its own covers."""
    cases = []
    for n in (1, 2, 5, 20, 100, 140, 141, 1000, 9999, 100_000, 150_000, 1_000_000, 3_000_000):
        for z in (0.35, 0.45, 0.6, 0.8, 0.86, 1.0, 1.2, 1.45, 1.5, 1.9, 2.1, 3.0, 5.0, 12.0):
            d = z / n**0.5
            if d < 1:
                cases.append([n, d, float(stats.kstwo.sf(d, n))])
        for d in (0.4 / n, 0.7 / n, 1 / n, 1 - 0.5 / n, 0.6):
            if 0 < d < 1:
                cases.append([n, d, float(stats.kstwo.sf(d, n))])
    return cases


def chi_square():
    return [
        [x, k, float(stats.chi2.sf(x, k))]
        for k in (1, 2, 3, 10, 99, 1000, 20_000)
        for x in (1e-6, 0.3, 1.0, 0.5 * k, k, 1.2 * k, 2.0 * k, 5.0 * k, 40.0)
    ]


def drawn_categories():
    return [
        categories("two by two", ["a"] * 30 + ["b"] * 20, ["a"] * 25 + ["b"] * 35),
        categories("nearly equal two by two", ["a"] * 30 + ["b"] * 30, ["a"] * 30 + ["b"] * 31),
        categories("one category", ["a"] * 30, ["a"] * 25),
        categories("a category never seen before", ["a"] * 30 + ["b"] * 20, ["a"] * 10 + ["c"] * 10 + ["b"] * 9),
        categories("a category that is gone", ["a"] * 30 + ["b"] * 20 + ["c"] * 5, ["a"] * 10 + ["b"] * 9),
        categories("disjoint", ["a", "b"] * 10, ["c", "d"] * 10),
        categories("ids beyond 2^53", ["9007199254740992"] * 9 + ["9007199254740993"] * 12,
                   ["9007199254740992"] * 15 + ["9007199254740993"] * 8),
        categories("rare", ["a"] * 99_999 + ["b"], ["a"] * 50_000 + ["c"] * 2),
    ]


def real():
    # A pickle can run code when it is read; this one is accepted by its sha256 in scripts/setup-demo.
    churn = pandas.read_pickle(data / "wa_churn.pkl.compress", compression="xz")
    stay, leave = churn[churn["churn"] == "No"], churn[churn["churn"] == "Yes"]
    reference = pandas.read_parquet(data / "employment_MA_reference.pq")
    batch = pandas.read_parquet(data / "employment_MA_analysis.pq")
    batch = batch[batch["year"] == 2018]
    return (
        [numbers(f"churn {name}", stay[name], leave[name]) for name in ("tenure", "monthly_charges", "total_charges")]
        + [numbers(f"employment {name}", reference[name].astype(float), batch[name].astype(float))
           for name in ("AGEP", "SCHL", "RELP", "MAR")],
        [categories(f"churn {name}", stay[name], leave[name])
         for name in ("contract", "payment_method", "internet_service", "multiple_lines")]
        + [categories(f"churn {name}", stay[name].astype(str), leave[name].astype(str)) for name in ("female", "partner")]
        + [categories(f"employment {name}", reference[name].astype(str), batch[name].astype(str))
           for name in ("MAR", "SEX", "RAC1P", "SCHL")],
    )


real_numbers, real_categories = real()
print(json.dumps({
    "numbers": drawn() + real_numbers,
    "categories": drawn_categories() + real_categories,
    "kolmogorov": distribution(),
    "chi_square": chi_square(),
}, separators=(",", ":")))
