"""The same names from Airflow 3 and Airflow 2.11."""

try:
    from airflow.providers.standard.operators.bash import BashOperator
    from airflow.providers.standard.operators.empty import EmptyOperator
    from airflow.providers.standard.operators.latest_only import LatestOnlyOperator
    from airflow.providers.standard.operators.python import BranchPythonOperator, PythonOperator, ShortCircuitOperator
    from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
    from airflow.providers.standard.sensors.external_task import ExternalTaskSensor
    from airflow.providers.standard.sensors.filesystem import FileSensor
    from airflow.providers.standard.sensors.time_delta import TimeDeltaSensor
except ImportError:
    from airflow.operators.bash import BashOperator
    from airflow.operators.empty import EmptyOperator
    from airflow.operators.latest_only import LatestOnlyOperator
    from airflow.operators.python import BranchPythonOperator, PythonOperator, ShortCircuitOperator
    from airflow.operators.trigger_dagrun import TriggerDagRunOperator
    from airflow.sensors.external_task import ExternalTaskSensor
    from airflow.sensors.filesystem import FileSensor
    from airflow.sensors.time_delta import TimeDeltaSensor

try:
    from airflow.sdk import Asset, AssetAlias, Param, TaskGroup, task
    from airflow.timetables.assets import AssetOrTimeSchedule

    AssetOrTimeSchedule.ASSETS = "assets"
except ImportError:
    from airflow.datasets import Dataset as Asset, DatasetAlias as AssetAlias
    from airflow.decorators import task
    from airflow.models.param import Param
    from airflow.timetables.datasets import DatasetOrTimeSchedule as AssetOrTimeSchedule
    from airflow.utils.task_group import TaskGroup

    AssetOrTimeSchedule.ASSETS = "datasets"
