"""Params with schemas, nested groups, decorated Python, a heredoc and quotes around templates."""

from datetime import datetime, timedelta, timezone

from airflow import DAG
from compatibility import BashOperator, EmptyOperator, Param, TaskGroup, TriggerDagRunOperator, task

with DAG(
    dag_id="training",
    schedule=None,
    start_date=datetime(2026, 1, 1, tzinfo=timezone.utc),
    params={
        "rate": Param(0.1, type="number", minimum=0, maximum=1, description="the learning rate"),
        "model": Param("boosted", enum=["boosted", "forest"]),
        "note": Param(None, type=["null", "string"]),
        "layers": [64, 32],
        "rows": Param(type="integer", title="Rows"),
    },
) as dag:

    @task
    def features(count: int):
        return count

    with TaskGroup("prepare", tooltip="data first"):
        raw = EmptyOperator(task_id="raw", doc_md="Where it begins")
        with TaskGroup("split"):
            for part in ("train", "test"):
                BashOperator(
                    task_id=part,
                    bash_command=f"cat <<END > {part}.txt\n{{{{ params.model }}}} '{{{{ run_id }}}}'\nEND\n"
                    "echo 'model: {{ params.model }}' \"$(echo '{{ params.rate }}')\"",
                )
    fit = BashOperator(
        task_id="fit",
        bash_command="python fit.py --rate {{ params.rate }} {{ '{{' }} {# nobody sees this #}",
        skip_on_exit_code=99,
        execution_timeout=timedelta(hours=2),
        retries=1,
        retry_delay=timedelta(seconds=10),
    )
    literal = BashOperator(task_id="literal", bash_command="cat <<'END'\n{{ run_id }}\nEND")
    undeclared = BashOperator(task_id="undeclared", bash_command="echo {{ dag_run.conf['other'] }}")
    raw >> fit >> features(3) >> TriggerDagRunOperator(
        task_id="deploy", trigger_dag_id="deployment", conf={"model": "{{ params.model }}", "force": True}
    )
    features.override(task_id="many").expand(count=[1, 2, 3])
