"""The columns of the Telco churn table and the file names the tasks share."""

from __future__ import annotations

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
