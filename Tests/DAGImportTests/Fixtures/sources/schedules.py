"""One DAG for each way to say when."""

from datetime import datetime, timedelta, timezone

import pendulum
from airflow import DAG
from airflow.timetables.events import EventsTimetable
from airflow.timetables.interval import CronDataIntervalTimetable, DeltaDataIntervalTimetable
from airflow.timetables.trigger import CronTriggerTimetable
from compatibility import Asset, AssetOrTimeSchedule, EmptyOperator

START = datetime(2026, 1, 1, tzinfo=timezone.utc)
BERLIN = pendulum.datetime(2026, 1, 1, tz="Europe/Berlin")
ORDERS = Asset("s3://bucket/orders")

SCHEDULES = {
    "none": None,
    "once": "@once",
    "continuous": "@continuous",
    "preset": "@weekly",
    "cron": "0 6 * * *",
    "cron_trigger": CronTriggerTimetable("15 3 * * *", timezone="Europe/Berlin"),
    "cron_trigger_interval": CronTriggerTimetable("0 0 * * *", timezone="UTC", interval=timedelta(days=1)),
    "cron_interval": CronDataIntervalTimetable("0 4 * * *", timezone="America/New_York"),
    "delta": timedelta(hours=6),
    "delta_interval": DeltaDataIntervalTimetable(timedelta(minutes=90)),
    "asset": [ORDERS],
    "asset_or_time": AssetOrTimeSchedule(
        timetable=CronTriggerTimetable("0 1 * * *", timezone="UTC"), **{AssetOrTimeSchedule.ASSETS: [ORDERS]}
    ),
    "events": EventsTimetable(event_dates=[START, START + timedelta(days=3)], description="by hand"),
}

try:
    from airflow.timetables.trigger import DeltaTriggerTimetable, MultipleCronTriggerTimetable

    SCHEDULES["delta_trigger"] = DeltaTriggerTimetable(timedelta(hours=2))
    SCHEDULES["several_crons"] = MultipleCronTriggerTimetable("0 6 * * *", "0 18 * * SAT", timezone="UTC")
except ImportError:  # Airflow 2 before 2.11
    pass

for name, schedule in SCHEDULES.items():
    start = BERLIN if name in ("cron", "preset") else START
    with DAG(dag_id=f"schedule_{name}", schedule=schedule, start_date=start, catchup=False, **({"max_active_runs": 1} if name == "continuous" else {})):
        EmptyOperator(task_id="only", outlets=[Asset("s3://bucket/report")] if name == "none" else [])
