"""What cannot be carried over as it is, one of each."""

from datetime import datetime, timedelta, timezone

from airflow import DAG
from compatibility import (
    BashOperator,
    BranchPythonOperator,
    EmptyOperator,
    ExternalTaskSensor,
    FileSensor,
    LatestOnlyOperator,
    PythonOperator,
    ShortCircuitOperator,
    TimeDeltaSensor,
    TriggerDagRunOperator,
)


def nothing():
    return None


def alarm(context):
    print("failed", context)


with DAG(
    dag_id="untranslatable",
    schedule="@daily",
    start_date=datetime(2026, 1, 1, tzinfo=timezone.utc),
    catchup=False,
    on_failure_callback=alarm,
    is_paused_upon_creation=True,
    max_consecutive_failed_dag_runs=3,
) as dag:
    extract = PythonOperator(task_id="extract", python_callable=nothing, op_kwargs={"day": "{{ ds }}"}, on_failure_callback=alarm)
    choose = BranchPythonOperator(task_id="choose", python_callable=nothing)
    enough = ShortCircuitOperator(task_id="enough", python_callable=nothing)
    newest = LatestOnlyOperator(task_id="newest")
    file = FileSensor(task_id="file", filepath="/data/{{ ds }}.csv", poke_interval=30, timeout=3600, mode="reschedule")
    pause = TimeDeltaSensor(task_id="pause", delta=timedelta(minutes=10))
    other = ExternalTaskSensor(task_id="other", external_dag_id="nightly_etl", external_task_id="load")
    pulled = BashOperator(task_id="pulled", bash_command="echo {{ ti.xcom_pull(task_ids='extract') }}")
    variable = BashOperator(task_id="variable", bash_command="echo {{ var.value.bucket }} {{ conn.warehouse.host }}")
    block = BashOperator(task_id="block", bash_command="{% if params.full %}full{% else %}part{% endif %}")
    script = BashOperator(task_id="script", bash_command="report.sh")
    past = BashOperator(
        task_id="past", bash_command="true", depends_on_past=True, wait_for_downstream=True, max_active_tis_per_dag=1
    )
    trigger = TriggerDagRunOperator(
        task_id="trigger", trigger_dag_id="nightly_etl", conf={"region": "us", "day": "{{ ds }}"}, wait_for_completion=True
    )
    plain_trigger = TriggerDagRunOperator(task_id="plain_trigger", trigger_dag_id="nightly_etl", conf={"limit": 5})
    many = BashOperator.partial(task_id="many").expand(bash_command=["echo 1", "echo 2"])
    made = EmptyOperator(task_id="made").as_setup()
    gone = EmptyOperator(task_id="gone").as_teardown(setups=made)
    extract >> [choose, pulled] >> enough >> newest
    made >> past >> gone
