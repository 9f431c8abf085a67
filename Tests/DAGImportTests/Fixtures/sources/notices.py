"""Whom Airflow tells: e-mails of tasks, callbacks, and deadlines where the version has them."""

from datetime import datetime, timedelta, timezone

from airflow import DAG
from compatibility import BashOperator

try:
    from airflow.sdk import AsyncCallback, DeadlineAlert, DeadlineReference
except ImportError:
    DeadlineAlert = None


async def alarm(**context):
    print("late", context)


def deadlines():
    if DeadlineAlert is None:
        return {}
    made = [
        (DeadlineReference.DAGRUN_QUEUED_AT, timedelta(hours=2)),
        (DeadlineReference.DAGRUN_LOGICAL_DATE, timedelta(minutes=90)),
        (DeadlineReference.AVERAGE_RUNTIME(max_runs=5, min_runs=2), timedelta(0)),
        (DeadlineReference.AVERAGE_RUNTIME(), timedelta(minutes=5)),
        (DeadlineReference.FIXED_DATETIME(datetime(2026, 6, 1, tzinfo=timezone.utc)), timedelta(0)),
        (DeadlineReference.DAGRUN_QUEUED_AT, timedelta(minutes=-5)),
    ]
    alerts = [
        DeadlineAlert(reference=reference, interval=interval, callback=AsyncCallback(alarm))
        for reference, interval in made
    ]
    return {"deadline": alerts}


with DAG(
    dag_id="notices",
    schedule="@daily",
    start_date=datetime(2026, 1, 1, tzinfo=timezone.utc),
    catchup=False,
    default_args={"email": ["ann@example.org", "bo@example.org"]},
    **deadlines(),
) as dag:
    both = BashOperator(task_id="both", bash_command="true", retries=1)
    failures = BashOperator(task_id="failures", bash_command="true", email_on_retry=False, email="ann@example.org; bo@example.org")
    silent = BashOperator(task_id="silent", bash_command="true", email_on_failure=False, email_on_retry=False)
    nobody = BashOperator(task_id="nobody", bash_command="true", email=None)
