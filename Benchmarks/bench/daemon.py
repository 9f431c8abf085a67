"""A daemon of the product in a home of its own, on a disk."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType

from bench.api import API

PROGRAM = Path(os.environ.get("BENCHMARK_BIN", ".build/release")).resolve() / "orchestrator"
SHIM = PROGRAM.with_name("orchestrator-shim")
#: Not in memory: durable commits are part of what is measured.
FOLDER = os.environ.get("BENCHMARK_FOLDER", "/var/tmp")


def environment() -> dict[str, str]:
    """What a daemon inherits: nothing that changes how it is set up."""
    return {k: v for k, v in os.environ.items() if not k.startswith("ORCHESTRATOR_")}


class Workplace:
    """A home and a DAG folder, removed at the end."""

    def __init__(self) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="orchestrator-benchmark-", dir=FOLDER))
        self.home = self.root / "home"
        self.dags = self.root / "dags"
        self.dags.mkdir()

    def __enter__(self) -> Workplace:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if os.environ.get("BENCHMARK_KEEP"):
            return
        with contextlib.suppress(OSError):
            # The control files are elsewhere, on a file system in memory.
            shutil.rmtree((self.home / "runtime-folder").read_text().strip(), ignore_errors=True)
        shutil.rmtree(self.root, ignore_errors=True)

    def command(self, *arguments: str) -> list[str]:
        return [str(PROGRAM), *arguments, "--home", str(self.home), "--dags", str(self.dags)]


class Daemon:
    """Runs from `ready` until `stop` or `kill`."""

    def __init__(self, place: Workplace, parallelism: int = 32) -> None:
        self.place = place
        self._log = open(place.root / "daemon.log", "ab")
        began = time.monotonic()
        self.process = subprocess.Popen(
            place.command("start", "--port", "0", "--parallelism", str(parallelism)),
            stdout=subprocess.PIPE,
            stderr=self._log,
            env=environment(),
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline().decode()
        #: Seconds from the start of the process to `ready`.
        self.seconds_to_ready = time.monotonic() - began
        if not line.startswith("ready "):
            self.process.wait()
            raise RuntimeError(
                f"the daemon did not start (exit {self.process.returncode}): "
                + (place.root / "daemon.log").read_text()[-2000:]
            )
        self.api = API(str(place.home / "api.sock"))

    def __enter__(self) -> Daemon:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self.kill()
        self._log.close()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    # What the kernel counts, proc(5).

    def cpu_seconds(self) -> float:
        """Of all threads, ended ones included, to the nanosecond.

        The number of a process's CPU clock is made as `clock_getcpuclockid(3)` makes it on Linux.
        """
        process_clock = ~self.process.pid << 3 | 2
        return time.clock_gettime(process_clock)

    def memory(self, field: str = "VmRSS") -> int:
        """In bytes; `VmHWM` is the peak."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(field + ":"):
                return int(line.split()[1]) * 1024
        return 0

    def watched_processes(self) -> int:
        """How many processes the daemon holds a pidfd of."""
        folder = f"/proc/{self.process.pid}/fd"
        count = 0
        for name in os.listdir(folder):
            try:
                target = os.readlink(f"{folder}/{name}")
            except FileNotFoundError:
                continue
            count += target in ("anon_inode:[pidfd]", "pidfd:[0]") or target.startswith("pidfd:")
        return count
