"""Assets, and aliases under which tasks find their assets only while they run."""

from datetime import datetime

from airflow import DAG
from compatibility import Asset, AssetAlias, BashOperator, EmptyOperator

START = datetime(2026, 1, 1)
REPORT = Asset("s3://bucket/report", extra={"team": "sales"})

with DAG(dag_id="aliases_written", schedule=None, start_date=START, catchup=False):
    BashOperator(task_id="split", bash_command="true", outlets=[AssetAlias("daily files"), REPORT])
    EmptyOperator(task_id="only_aliases", outlets=[AssetAlias("daily files"), AssetAlias("s3://alias/other")])
    EmptyOperator(task_id="reader", inlets=[AssetAlias("daily files")])

with DAG(dag_id="aliases_awaited", schedule=[AssetAlias("daily files")], start_date=START, catchup=False):
    EmptyOperator(task_id="only")

with DAG(dag_id="aliases_and_assets", schedule=(AssetAlias("daily files") | REPORT), start_date=START, catchup=False):
    EmptyOperator(task_id="only")
