"""A service that answers as the model file says that lies beside it: FOLDER/current. Usage: model_service.py FOLDER"""

import http.server
import os
import sys

folder = sys.argv[1]


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        try:
            with open(os.path.join(folder, "current")) as file:
                text = file.read().strip()
        except OSError:
            text = "nothing"
        self.send_response(200 if text.startswith("good") else 503)
        body = text.encode()
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
draft = os.path.join(folder, "port.new")
with open(draft, "w") as file:
    file.write(str(server.server_port))
os.rename(draft, os.path.join(folder, "port"))
server.serve_forever()
