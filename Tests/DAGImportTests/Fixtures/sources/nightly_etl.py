"""Shell commands, dates in templates, retries, pools, task groups, trigger rules: what most DAGs are made of."""

from datetime import datetime, timedelta, timezone

from airflow import DAG
from compatibility import BashOperator, EmptyOperator, TaskGroup

with DAG(
    dag_id="nightly_etl",
    description="Copies the day's orders into the warehouse",
    doc_md="# Orders\nRuns every night.",
    schedule="30 2 * * MON-FRI",
    start_date=datetime(2026, 1, 5, tzinfo=timezone.utc),
    end_date=datetime(2026, 12, 31, tzinfo=timezone.utc),
    catchup=True,
    max_active_runs=1,
    max_active_tasks=4,
    dagrun_timeout=timedelta(hours=6),
    tags=["etl", "orders"],
    params={"region": "eu", "limit": 1000},
    default_args={
        "owner": "data-team",
        "retries": 3,
        "retry_delay": timedelta(minutes=2),
        "retry_exponential_backoff": True,
        "max_retry_delay": timedelta(minutes=30),
    },
) as dag:
    begin = EmptyOperator(task_id="begin")
    with TaskGroup("extract"):
        orders = BashOperator(
            task_id="orders",
            bash_command="mkdir -p /tmp/orders/{{ ds }} && echo \"{{ ds_nodash }} {{ params.region }}\" > '/tmp/orders/{{ ds }}/orders.csv'",
            pool="warehouse",
            pool_slots=2,
            priority_weight=10,
            execution_timeout=timedelta(minutes=45),
        )
        customers = BashOperator(
            task_id="customers",
            bash_command="echo {{ params['limit'] }} {{ data_interval_start }}",
            env={"RUN": "{{ run_id }}", "REGION": "{{ params.region }}", "WEEK_AGO": "{{ macros.ds_add(ds, -7) }}"},
            cwd="/tmp",
            append_env=True,
        )
    load = BashOperator(
        task_id="load",
        bash_command="[[ -e /tmp/orders ]] && wc -l /tmp/orders/*/orders.csv  # don't stop\necho {{ task_instance.try_number }}",
        trigger_rule="none_failed_min_one_success",
        retries=0,
    )
    clean_up = BashOperator(task_id="clean_up", bash_command="rm -rf /tmp/orders", trigger_rule="all_done", weight_rule="absolute")
    begin >> [orders, customers] >> load >> clean_up
