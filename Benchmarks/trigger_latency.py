"""From the API call on the unix socket to the recorded start of the run's first process."""

from __future__ import annotations

import time
from datetime import datetime

from bench.daemon import Daemon, Workplace
from bench.dags import independent
from bench.result import Result, percentile

CALLS = 100


def main() -> None:
    started: list[float] = []
    answered: list[float] = []
    read: list[float] = []
    with Workplace() as place:
        independent(1).write_dag(place.dags, "one", ["/bin/true"])
        with Daemon(place) as daemon:
            for call in range(CALLS + 10):
                before_read = time.time()
                daemon.api.get("/api/v1/pools")
                sent = time.time()
                run = daemon.api.trigger("one")
                answer = time.time()
                daemon.api.wait("one", run)
                (task,) = daemon.api.run("one", run)["task_instances"]
                if call < 10:
                    continue
                start = datetime.fromisoformat(task["start_date"]).timestamp()
                started.append((start - sent) * 1000)
                answered.append((answer - sent) * 1000)
                read.append((sent - before_read) * 1000)
    for percent, limit in ((50, 10), (99, None)):
        ours, peer = percentile(started, percent), percentile(read, percent)
        Result(
            f"trigger to first process p{percent} (ms)", ours, peer, "a reading API call", ours / peer,
            f"<= {limit} ms" if limit else "-", ours <= limit if limit else None).write()
    ours, peer = percentile(answered, 50), percentile(read, 50)
    Result("trigger to answer p50 (ms)", ours, peer, "a reading API call", ours / peer, "-", None).write()


if __name__ == "__main__":
    main()
