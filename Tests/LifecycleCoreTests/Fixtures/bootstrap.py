"""Makes bootstrap.json: what numpy and scipy say of the same predictions.

`exact` repeats the resamples of PairedBootstrap (SplitMix64, the high half of a product) in numpy, so that the interval must agree
to rounding. `scipy` is scipy.stats.bootstrap with its own random numbers: the intervals agree but for the resampling.
"""

import json
import sys

import numpy
import scipy
from scipy import stats

MASK = (1 << 64) - 1
SEED = 20_260_101
RESAMPLES = 1_000


def indices(count):
    state = SEED
    for _ in range(RESAMPLES):
        rows = numpy.empty(count, dtype=numpy.int64)
        for place in range(count):
            state = (state + 0x9E3779B97F4A7C15) & MASK
            mixed = state
            mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & MASK
            mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & MASK
            mixed ^= mixed >> 31
            rows[place] = (mixed * count) >> 64
        yield rows


def accuracy(label, score):
    return float(numpy.mean((score >= 0.5) == (label > 0.5)))


def roc_auc(label, score):
    ones = label > 0.5
    positives, negatives = int(ones.sum()), int((~ones).sum())
    if positives == 0 or negatives == 0:
        return None
    return float(stats.mannwhitneyu(score[ones], score[~ones]).statistic / (positives * negatives))


def log_loss(label, score):
    kept = numpy.clip(score, numpy.finfo(float).eps, 1 - numpy.finfo(float).eps)
    return float(-numpy.mean(numpy.where(label > 0.5, numpy.log(kept), numpy.log(1 - kept))))


def rmse(label, score):
    return float(numpy.sqrt(numpy.mean((score - label) ** 2)))


def mae(label, score):
    return float(numpy.mean(numpy.abs(score - label)))


METRICS = {"accuracy": accuracy, "roc_auc": roc_auc, "log_loss": log_loss, "rmse": rmse, "mae": mae}


def case(name, label, score, other, confidence):
    result = {"name": name, "confidence": confidence, "label": label.tolist(), "score": score.tolist(),
              "champion_score": other.tolist(), "metrics": {}}
    for metric, function in METRICS.items():
        if metric in ("accuracy", "roc_auc", "log_loss") and not set(label.tolist()) <= {0.0, 1.0}:
            continue
        differences = []
        for rows in indices(len(label)):
            first, second = function(label[rows], score[rows]), function(label[rows], other[rows])
            if first is not None:
                differences.append(first - second)
        tail = (1 - confidence) / 2
        low, high = numpy.quantile(differences, [tail, 1 - tail])
        found = {"value": function(label, score), "other": function(label, other), "low": float(low),
                 "high": float(high), "resamples": len(differences)}

        def difference(label, score, other, axis=-1):
            first, second = function(label, score), function(label, other)
            return numpy.nan if first is None else first - second

        if name != "few":
            interval = stats.bootstrap((label, score, other), difference, paired=True, vectorized=False, n_resamples=4_000,
                                       confidence_level=confidence, method="percentile",
                                       rng=numpy.random.default_rng(7)).confidence_interval
            found["scipy"] = [float(interval.low), float(interval.high)]
        result["metrics"][metric] = found
    return result


def main():
    random = numpy.random.default_rng(11)
    cases = []
    label = (random.random(300) < 0.3).astype(float)
    score = numpy.clip(0.3 * label + 0.7 * random.random(300), 0, 1).round(3)
    other = numpy.clip(0.15 * label + 0.85 * random.random(300), 0, 1).round(2)
    cases.append(case("classes", label, score, other, 0.95))
    few = numpy.array([1.0, 0, 0, 0, 1])
    cases.append(case("few", few, numpy.array([0.9, 0, 1, 0.5, 0.5]), numpy.array([0.1, 0.1, 0.1, 0.9, 0.9]), 0.8))
    target = random.normal(size=200)
    cases.append(case("numbers", target, target + random.normal(size=200) * 0.5, target + random.normal(size=200) * 0.6, 0.9))
    json.dump({"numpy": numpy.__version__, "scipy": scipy.__version__, "cases": cases}, sys.stdout)
    print()


main()
