"""The churn service: answers /health, /model and /predict for one unpacked model package.

It starts on a private loopback port where the deployment checks it. SIGUSR1 lets it also listen on
the public port, together with its predecessor (SO_REUSEPORT), so no request meets a closed door.
Each step is told in the file given by --status. A server that is not made public within the grace
ends itself; SIGTERM finishes the open requests and ends it.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import sys
import threading
from pathlib import Path
from typing import Any, Literal

import joblib
import pandas as pd
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Field, create_model

import orchestrator_task as task

NOT_PUBLIC_GRACE = 60  # seconds


def request_model(schema: dict[str, Any]) -> type[BaseModel]:
    """The request body's type, made from the package's JSON Schema."""
    plain = {"number": float, "integer": int, "string": str}
    fields: dict[str, Any] = {
        name: (Literal[tuple(entry["enum"])] if "enum" in entry else plain[entry["type"]], ...)
        for name, entry in schema["properties"].items()
    }
    config = ConfigDict(extra="forbid", allow_inf_nan=False)
    customer: Any = create_model("Customer", __config__=config, **fields)
    return create_model("Customers", customers=(list[customer], Field(min_length=1, max_length=1000)))


def make_app(package: Path) -> FastAPI:
    """The service around one model, read before the first request."""
    manifest = json.loads((package / "manifest.json").read_text())
    schema = json.loads((package / "schema.json").read_text())
    model = joblib.load(package / "model.joblib")
    columns = list(schema["properties"])
    body_type = request_model(schema)
    app = FastAPI(title="Churn", version=manifest["version"])

    @app.get("/health")
    def health() -> dict[str, Any]:
        return {"status": "ok", "version": manifest["version"], "pid": os.getpid()}

    @app.get("/model")
    def about() -> dict[str, Any]:
        return manifest

    def predict(body: BaseModel) -> dict[str, Any]:
        table = pd.DataFrame(body.model_dump()["customers"], columns=columns)
        scores = model.predict_proba(table)[:, 1]
        return {"version": manifest["version"], "churn_probability": scores.tolist()}

    predict.__annotations__["body"] = body_type
    app.post("/predict")(predict)
    return app


class Doors:
    """The ports the service listens on. Each has its own uvicorn server, in a thread of its own."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self._open: list[tuple[uvicorn.Server, threading.Thread]] = []

    def open(self, port: int, shared: bool) -> int:
        """Listens on a loopback port (0 picks one) and returns it; OSError when it is taken."""
        listener = socket.socket()
        if shared:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen(128)
        server = uvicorn.Server(uvicorn.Config(
            self._app, log_level="info", lifespan="off", timeout_graceful_shutdown=5))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        self._open.append((server, thread))
        return listener.getsockname()[1]

    def close(self) -> None:
        """Finishes the open requests and stops listening."""
        for server, _ in self._open:
            server.should_exit = True
        for _, thread in self._open:
            thread.join()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--package", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--status", type=Path, required=True)
    arguments = parser.parse_args()

    wanted = {signal.SIGTERM, signal.SIGINT, signal.SIGUSR1}
    signal.pthread_sigmask(signal.SIG_BLOCK, wanted)
    doors = Doors(make_app(arguments.package))
    status: dict[str, Any] = {"pid": os.getpid(), "private_port": doors.open(0, shared=False)}
    task.replace_json(arguments.status, status)
    error = None
    while True:
        public = "public_port" in status
        received = signal.sigwaitinfo(wanted) if public else signal.sigtimedwait(wanted, NOT_PUBLIC_GRACE)
        if received is None:
            error = f"not made public within {NOT_PUBLIC_GRACE} s"
        elif received.si_signo == signal.SIGUSR1 and not public:
            try:
                status["public_port"] = doors.open(arguments.port, shared=True)
                task.replace_json(arguments.status, status)
                continue
            except OSError as problem:
                error = f"cannot listen on 127.0.0.1:{arguments.port}: {problem.strerror}"
        break
    doors.close()
    if error:
        sys.exit(error)


main()
