"""Puts a packaged model into service, blue-green, and leaves the old one serving if anything is wrong.

The orchestrator calls this program step by step. At 0 % the new server starts beside the old one on a private port,
where it must give the sample answers stored in the package. At 100 % it joins the public port, and only then the old
server is told to finish; a server that does not run yet is started first, so a rollback is this step alone with the
version before. `health` asks the server of the step. A failure at 0 % ends the new server and changes nothing.
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
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import bundle
import orchestrator_task as task

START_SECONDS = 30.0
STOP_SECONDS = 10.0


class DeploymentError(Exception):
    """The new model cannot serve; the text says why."""


@dataclass(frozen=True)
class Running:
    """A server. `started` (clock ticks since boot) tells a process from a later one of the same id."""

    version: str
    folder: str
    pid: int
    started: int
    port: int
    private_port: int | None = None

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


def read_package(package: Path) -> dict[str, bytes]:
    """The files of a package."""
    try:
        return bundle.files(package)
    except bundle.BadPackage as problem:
        raise DeploymentError(str(problem)) from problem


def unpack(package: Path, versions: Path) -> Path:
    """Unpacks the package into a folder named by its version, whole or not at all, and checks it."""
    with tempfile.TemporaryDirectory(prefix=".unpacking-", dir=versions) as temporary:
        part = Path(temporary) / "package"
        part.mkdir()
        for name, content in read_package(package).items():
            (part / name).write_bytes(content)
        manifest = json.loads((part / "manifest.json").read_text())
        if task.sha256(part / "model.joblib") != manifest["model_sha256"]:
            raise DeploymentError("the model in the package is not the one its manifest describes")
        folder = versions / f"{manifest['version']}-{task.sha256(package)[:8]}"
        if not folder.exists():
            part.rename(folder)
    return folder


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


@dataclass(frozen=True)
class State:
    """The folder of what serves: unpacked packages, the record of the server, and of servers on their way."""

    folder: Path

    @property
    def serving(self) -> Path:
        return self.folder / "serving.json"

    @property
    def unfinished(self) -> Path:
        return self.folder / "unfinished.json"

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    def status(self, package: Path) -> Path:
        """What the server of a package tells of its ports."""
        return self.folder / f".status-{package.name}.json"

    def candidate(self, package: Path) -> Running | None:
        """The server of a package that runs beside the serving one."""
        if not self.unfinished.exists():
            return None
        servers = [Running(**record) for record in json.loads(self.unfinished.read_text())]
        return next((one for one in servers if one.folder == str(package) and one.private_port and one.is_alive()), None)


def start(folder: Path, port: int, state: State) -> Running:
    """Starts the server in a session of its own, with its output in its own file, and waits for its private port."""
    program, status = Path(__file__).with_name("serve.py"), state.status(folder)
    status.unlink(missing_ok=True)
    with state.log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, program, "--package", folder, "--port", str(port), "--status", status],
            stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True)
    try:
        started = start_ticks(process.pid)
        if started is None:
            raise DeploymentError("the new server ended at once")
        version = json.loads((folder / "manifest.json").read_text())["version"]
        server = Running(version, str(folder), process.pid, started, port)
        record(state, server)
        private = wait_until(START_SECONDS, lambda: told("private_port", server, state),
                             f"the new server did not start in {START_SECONDS} s")
        server = replace(server, private_port=private)
        record(state, server)
        check_answers(f"http://127.0.0.1:{private}", folder, version)
    except BaseException:
        process.kill()
        process.wait()
        raise
    return server


def record(state: State, candidate: Running) -> None:
    """Notes what has to be ended if this goes no further."""
    old = read_running(state.serving)
    task.replace_json(state.unfinished, [asdict(server) for server in (candidate, old) if server])


def told(key: str, server: Running, state: State) -> Any:
    """What the server says of itself; DeploymentError when it has ended."""
    if not server.is_alive():
        tail = state.log.read_text(errors="replace").splitlines()[-3:]
        raise DeploymentError("the new server ended: " + " / ".join(tail))
    status = state.status(Path(server.folder))
    return json.loads(status.read_text()).get(key) if status.exists() else None


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


def clear_up(state: State, serving: Running | None) -> None:
    """Ends what a deployment, perhaps one killed half way, left running beside the serving one."""
    if state.unfinished.exists():
        for record in json.loads(state.unfinished.read_text()):
            server = Running(**record)
            if (serving is None or server.pid != serving.pid) and server.is_alive():
                stop(server)
        state.unfinished.unlink()
    for status in state.folder.glob(".status-*"):
        status.unlink()


def read_running(path: Path) -> Running | None:
    """The server of an earlier deployment, if it still runs."""
    if not path.exists():
        return None
    running = Running(**json.loads(path.read_text()))
    return running if running.is_alive() else None


def start_beside(package: Path, port: int, state: State) -> Running:
    """The first step: the new server answers, in private."""
    clear_up(state, read_running(state.serving))
    return start(unpack(package, state.folder), port, state)


def switch(package: Path, port: int, state: State) -> Running:
    """The last step: the new server answers for all, and the old one ends."""
    folder, old = unpack(package, state.folder), read_running(state.serving)
    if old and (old.folder, old.port) == (str(folder), port):
        print(f"version {old.version} is in service already", flush=True)
        clear_up(state, old)
        return old
    new = state.candidate(folder) or start_beside(package, port, state)
    os.kill(new.pid, signal.SIGUSR1)
    wait_until(START_SECONDS, lambda: told("public_port", new, state), "the new server did not open its public port")
    # The new server answers. The record comes first: a crash now leaves at worst both serving.
    task.replace_json(state.serving, asdict(new))
    clear_up(state, new)
    kept = {Path(server.folder) for server in (old, new) if server}
    for unused in set(state.folder.glob("*-*/")) - kept:
        shutil.rmtree(unused)
    return new


def is_healthy(package: Path, port: int, state: State, share: int) -> None:
    """Asks the server of the step; DeploymentError when it does not answer as it should."""
    folder = unpack(package, state.folder)
    version = json.loads((folder / "manifest.json").read_text())["version"]
    candidate = state.candidate(folder) if share == 0 else None
    if share == 0 and candidate is None:
        raise DeploymentError(f"no server of version {version} runs beside")
    check_answers(f"http://127.0.0.1:{candidate.private_port if candidate else port}", folder, version)


def deploy(package: Path, port: int, state: State, share: int) -> None:
    """One step of the way, and what it says of itself."""
    old, started = read_running(state.serving), time.monotonic()
    if share == 0:
        new = start_beside(package, port, state)
        print(f"version {new.version} answers beside, at http://127.0.0.1:{new.private_port} (pid {new.pid})")
        return
    new, endpoint = switch(package, port, state), f"http://127.0.0.1:{port}"
    print(f"serving version {new.version} at {endpoint} (pid {new.pid})")
    task.write_outputs({
        "endpoint": endpoint, "serving": new.version, "pid": new.pid,
        "replaced": old.version if old else None,
    })
    task.write_metrics({"switch_seconds": time.monotonic() - started})


def main() -> None:
    port, state = int(task.params().get("port", 8765)), State(task.state_folder("churn"))
    package = Path(os.environ["ORCHESTRATOR_MODEL_PATH"])
    share = int(os.environ.get("ORCHESTRATOR_DEPLOY_PERCENT", "100"))
    try:
        if sys.argv[1:] == ["health"]:
            is_healthy(package, port, state, share)
        else:
            with (state.folder / "deploy.lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                deploy(package, port, state, share)
    except DeploymentError as problem:
        old = read_running(state.serving)
        kept = f"version {old.version} is serving" if old else "nothing is serving"
        sys.exit(f"{problem}; {kept}")


main()
