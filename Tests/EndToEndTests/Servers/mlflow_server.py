"""MLflow's own server for a test: writes its port into FOLDER/port once it answers.

It is the program that `mlflow server --serve-artifacts` starts, in one process, so that it ends with one signal.
Usage: mlflow_server.py FOLDER [PORT [CERTIFICATE KEY TOKEN]]; PORT 0 is any. With a certificate it speaks TLS, and lets
only those in who have the token.
"""

import os
import socket
import ssl
import sys
import time
import urllib.request

folder = sys.argv[1]
port = int(sys.argv[2]) if len(sys.argv) > 2 else 0
security = sys.argv[3:6]
if not port:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
scheme, context = "http", None
if security:
    scheme, context = "https", ssl.create_default_context(cafile=security[0])

if os.fork() == 0:
    for _ in range(1200):
        try:
            urllib.request.urlopen(f"{scheme}://127.0.0.1:{port}/health", timeout=5, context=context).read()
            break
        except OSError:
            time.sleep(0.1)
    else:
        os._exit(1)
    with open(f"{folder}/.port", "w") as file:
        file.write(str(port))
    os.rename(f"{folder}/.port", f"{folder}/port")
    os._exit(0)

os.environ.update(
    {
        "_MLFLOW_SERVER_FILE_STORE": f"sqlite:///{folder}/mlflow.db",
        "_MLFLOW_SERVER_ARTIFACT_ROOT": "mlflow-artifacts:/",
        "_MLFLOW_SERVER_ARTIFACT_DESTINATION": f"{folder}/artifacts",
        "_MLFLOW_SERVER_SERVE_ARTIFACTS": "true",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "DO_NOT_TRACK": "1",
    }
)
options = []
if security:
    options = ["--ssl-certfile", security[0], "--ssl-keyfile", security[1]]
    os.environ["GUARD_TOKEN"] = security[2]
    os.environ["PYTHONPATH"] = os.path.dirname(os.path.abspath(__file__))
os.execv(
    sys.executable,
    [sys.executable, "-m", "uvicorn", "--host", "127.0.0.1", "--port", str(port), "--log-level", "warning",
     *options, "mlflow_guard:app" if security else "mlflow.server.fastapi_app:app"],
)
