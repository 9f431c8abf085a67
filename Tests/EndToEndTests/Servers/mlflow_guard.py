"""MLflow's server behind a door: who does not bring the token of GUARD_TOKEN gets 401."""

import os

from mlflow.server.fastapi_app import app as inner

expected = b"Bearer " + os.environ["GUARD_TOKEN"].encode()


async def app(scope, receive, send):
    if scope["type"] == "http" and scope["path"] != "/health":
        if dict(scope["headers"]).get(b"authorization") != expected:
            await send({"type": "http.response.start", "status": 401, "headers": []})
            await send({"type": "http.response.body", "body": b"who is there?"})
            return
    await inner(scope, receive, send)
