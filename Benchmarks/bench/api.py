"""The daemon's API over its unix socket, with nothing but the standard library."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=600)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class API:
    """One kept connection; not for several threads."""

    def __init__(self, socket_path: str) -> None:
        self._path = socket_path
        self._connection = _UnixConnection(socket_path)

    def request(self, method: str, path: str, body: object | None = None) -> Any:
        text = None if body is None else json.dumps(body)
        headers = {} if body is None else {"Content-Type": "application/json"}
        self._connection.request(method, path, body=text, headers=headers)
        answer = self._connection.getresponse()
        data = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {data.decode(errors='replace')}")
        return json.loads(data) if data else None

    def get(self, path: str) -> Any:
        return self.request("GET", path)

    def trigger(self, dag: str) -> str:
        """Asks for a run; its id."""
        return str(self.request("POST", f"/api/v1/dags/{dag}/runs", {})["run_id"])

    def wait(self, dag: str, run: str) -> str:
        """Waits for the run's end without asking repeatedly; its state. The answer is a line for each state."""
        connection = _UnixConnection(self._path)
        connection.request("GET", f"/api/v2/dags/{dag}/dagRuns/{quote(run)}/wait?interval=1")
        answer = connection.getresponse()
        state = "unknown"
        for line in answer:
            if line.strip():
                state = str(json.loads(line).get("state", state))
        connection.close()
        return state

    def run(self, dag: str, run: str) -> Any:
        """The run with all its task instances."""
        return self.get(f"/api/v1/dags/{dag}/runs/{quote(run)}")

    def events(self, dag: str) -> Iterator[Any]:
        """What changes in a DAG, from the moment of the first `next` on (which answers None)."""
        connection = _UnixConnection(self._path)
        connection.request("GET", f"/api/v1/events?dag_id={dag}")
        answer = connection.getresponse()
        answer.readline()
        yield None
        while line := answer.readline():
            if line.startswith(b"data: "):
                yield json.loads(line[6:])

    def close(self) -> None:
        self._connection.close()
