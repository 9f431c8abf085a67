"""The columns of the Telco churn table, its kinds of customers, and which customers train and which judge."""

from __future__ import annotations

import hashlib
from typing import Literal

import pandas as pd

ID = "customer_id"
TARGET = "churned"
NUMERIC = ["tenure", "monthly_charges", "total_charges"]
FLAGS = ["female", "senior_citizen", "partner", "dependents", "phone_service", "paperless_billing"]
CATEGORICAL = [
    "multiple_lines", "internet_service", "online_security", "online_backup", "device_protection",
    "tech_support", "streaming_tv", "streaming_movies", "contract", "payment_method",
]
FEATURES = NUMERIC + FLAGS + CATEGORICAL

CANDIDATES = {
    "logistic": "Logistic regression",
    "boosted": "Gradient boosting",
    "forest": "Random forest",
}
SEED = 20180901

SHARES = {"train": 0.6, "validation": 0.2, "test": 0.2}
Part = Literal["train", "validation", "test"]
Kind = Literal["all", "without_fiber", "fiber"]


def part(customers: pd.DataFrame, name: Part) -> pd.DataFrame:
    """One part of the customers. The id alone decides: who has judged one model trains none of the later ones."""
    def place(customer: object) -> float:
        return int.from_bytes(hashlib.sha256(str(customer).encode()).digest()[:8]) / 2**64

    first = sum(list(SHARES.values())[: list(SHARES).index(name)])
    places = customers[ID].map(place)
    return customers[(places >= first) & (places < first + SHARES[name])]


def kind(customers: pd.DataFrame, name: Kind) -> pd.DataFrame:
    """The customers of one kind; `without_fiber` is the business before fiber was sold."""
    has_fiber = customers["internet_service"] == "Fiber optic"
    return {"all": customers, "without_fiber": customers[~has_fiber], "fiber": customers[has_fiber]}[name]


def features(customers: pd.DataFrame) -> pd.DataFrame:
    """The columns a model may see. Customers in their first month have paid nothing yet."""
    filled = customers.assign(total_charges=customers["total_charges"].fillna(0.0))
    return filled[[ID, *FEATURES, TARGET]]
