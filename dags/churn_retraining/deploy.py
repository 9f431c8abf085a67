"""Puts the packaged model into service, and leaves the old one serving if anything is wrong.

The new server starts beside the old one on a private port; it must be healthy and give the sample
answers stored in the package. Then it joins the public port, and only then the old server is told
to finish. A failure before that point ends the new server and changes nothing.
"""

from __future__ import annotations

import fcntl
import json
import math
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orchestrator_task as task

START_SECONDS = 30.0
STOP_SECONDS = 10.0
PACKAGE_FILES = ("manifest.json", "schema.json", "samples.json", "model.joblib")


class DeploymentError(Exception):
    """The new model cannot serve; the text says why."""


@dataclass(frozen=True)
class Running:
    """A served model. `started` (clock ticks since boot) tells a process from a later one of the same id."""

    version: str
    folder: str
    pid: int
    started: int
    port: int

    def is_alive(self) -> bool:
        return start_ticks(self.pid) == self.started


def start_ticks(pid: int) -> int | None:
    """When a process started, from /proc/PID/stat field 22; None when it is gone or only a zombie."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else int(fields[19])


def wait_until(seconds: float, condition: Any, failure: str) -> Any:
    """Asks again until the condition gives something true; DeploymentError at the deadline."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if result := condition():
            return result
        time.sleep(0.05)
    raise DeploymentError(failure)


def call(url: str, body: Any = None) -> Any:
    """A JSON request: POST with a body, GET without."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, headers={"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=5) as response:
            return json.load(response)
    except (OSError, ValueError) as problem:
        raise DeploymentError(f"{url}: {problem}") from problem


def package_files(package: Path) -> dict[str, bytes]:
    """The files a package must have; whatever else is in the archive is not looked at."""
    files = {}
    try:
        with tarfile.open(package) as tar:
            for name in PACKAGE_FILES:
                member = tar.extractfile(name)
                if member is None:
                    raise DeploymentError(f"{name} in the package is not a file")
                files[name] = member.read()
    except (tarfile.TarError, KeyError) as problem:
        raise DeploymentError(f"the package cannot be read: {problem}") from problem
    return files


def unpack(package: Path, versions: Path) -> tuple[str, Path]:
    """Unpacks the package into a folder named by its version, whole or not at all, and checks it."""
    with tempfile.TemporaryDirectory(prefix=".unpacking-", dir=versions) as temporary:
        part = Path(temporary) / "package"
        part.mkdir()
        for name, content in package_files(package).items():
            (part / name).write_bytes(content)
        manifest = json.loads((part / "manifest.json").read_text())
        if task.sha256(part / "model.joblib") != manifest["model_sha256"]:
            raise DeploymentError("the model in the package is not the one its manifest describes")
        folder = versions / f"{manifest['version']}-{task.sha256(package)[:8]}"
        if not folder.exists():
            part.rename(folder)
    return manifest["version"], folder


def check_answers(url: str, folder: Path, version: str) -> None:
    """Health and sample predictions, compared with what the model answered when it was packaged."""
    if (served := call(f"{url}/health")["version"]) != version:
        raise DeploymentError(f"version {served} answers instead of {version}")
    samples = json.loads((folder / "samples.json").read_text())
    answers = call(f"{url}/predict", {"customers": samples["customers"]})["churn_probability"]
    for expected, answer in zip(samples["churn_probability"], answers, strict=True):
        if not math.isclose(expected, answer, abs_tol=1e-6):
            raise DeploymentError(f"a sample customer gets {answer:.4f}, but {expected:.4f} was packaged")
    print(f"{len(answers)} sample customers at {url}: {[round(answer, 4) for answer in answers]}", flush=True)


def start(folder: Path, port: int, status: Path, log: Path) -> subprocess.Popen[bytes]:
    """Starts the server in a session of its own, with its output in its own file."""
    program = Path(__file__).with_name("serve.py")
    status.unlink(missing_ok=True)
    with log.open("ab") as output:
        return subprocess.Popen(
            [sys.executable, program, "--package", folder, "--port", str(port), "--status", status],
            stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True)


def describe(process: subprocess.Popen[bytes], version: str, folder: Path, port: int) -> Running:
    """The record of a process just started."""
    started = start_ticks(process.pid)
    if started is None:
        raise DeploymentError("the new server ended at once")
    return Running(version, str(folder), process.pid, started, port)


def put_into_service(
    process: subprocess.Popen[bytes], folder: Path, candidate: Running, status: Path, log: Path
) -> None:
    """Checks the new server in private and opens the public port for it."""
    def told(key: str) -> Any:
        if process.poll() is not None:
            tail = log.read_text(errors="replace").splitlines()[-3:]
            raise DeploymentError(f"the new server ended with {process.returncode}: " + " / ".join(tail))
        return json.loads(status.read_text()).get(key) if status.exists() else None

    private = wait_until(
        START_SECONDS, lambda: told("private_port"), f"the new server did not start in {START_SECONDS} s")
    check_answers(f"http://127.0.0.1:{private}", folder, candidate.version)
    process.send_signal(signal.SIGUSR1)
    wait_until(START_SECONDS, lambda: told("public_port"), "the new server did not open its public port")


def stop(old: Running) -> None:
    """Lets a server finish its open requests; ends it by force when it does not."""
    print(f"ending the server of version {old.version} (pid {old.pid})", flush=True)
    for signal_number in (signal.SIGTERM, signal.SIGKILL):
        if not old.is_alive():
            return
        os.kill(old.pid, signal_number)
        try:
            wait_until(STOP_SECONDS, lambda: not old.is_alive(), "still running")
        except DeploymentError:
            continue


def clear_up(unfinished: Path, serving: Running | None) -> None:
    """Ends what a deployment, perhaps one killed half way, left running beside the serving one."""
    if unfinished.exists():
        for record in json.loads(unfinished.read_text()):
            server = Running(**record)
            if server != serving and server.is_alive():
                stop(server)
        unfinished.unlink()
    for status in unfinished.parent.glob(".status-*"):
        status.unlink()


def read_running(path: Path) -> Running | None:
    """The server of an earlier deployment, if it still runs."""
    if not path.exists():
        return None
    running = Running(**json.loads(path.read_text()))
    return running if running.is_alive() else None


def deploy(package: Path, port: int, state: Path) -> Running:
    """The whole exchange. Raises DeploymentError with the old server untouched."""
    current, unfinished = state / "serving.json", state / "unfinished.json"
    old = read_running(current)
    clear_up(unfinished, old)
    version, folder = unpack(package, state)
    status, log = state / f".status-{os.getpid()}.json", state / "server.log"
    process = start(folder, port, status, log)
    try:
        candidate = describe(process, version, folder, port)
        task.replace_json(unfinished, [asdict(server) for server in (candidate, old) if server])
        put_into_service(process, folder, candidate, status, log)
    except BaseException:
        process.kill()
        process.wait()
        raise
    finally:
        status.unlink(missing_ok=True)
    # The new server answers. The record comes first: a crash now leaves at worst both serving.
    task.replace_json(current, asdict(candidate))
    clear_up(unfinished, candidate)
    kept = {Path(server.folder) for server in (old, candidate) if server}
    for unused in set(state.glob("*-*/")) - kept:
        shutil.rmtree(unused)
    return candidate


def main() -> None:
    port = int(task.params().get("port", 8765))
    state = task.state_folder("churn")
    started = time.monotonic()
    with (state / "deploy.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        old = read_running(state / "serving.json")
        try:
            new = deploy(task.input_file("package", "churn_model.tar.gz"), port, state)
        except DeploymentError as problem:
            kept = f"version {old.version} keeps serving" if old else "nothing was serving before"
            sys.exit(f"not deployed: {problem}; {kept}")
        seconds = time.monotonic() - started
        check_answers(f"http://127.0.0.1:{port}", Path(new.folder), new.version)
    endpoint = f"http://127.0.0.1:{port}"
    print(f"serving version {new.version} at {endpoint} (pid {new.pid})")
    task.write_outputs({
        "endpoint": endpoint, "model_version": new.version, "pid": new.pid,
        "replaced": old.version if old else None,
    })
    task.write_metrics({"deploy_seconds": seconds})


main()
