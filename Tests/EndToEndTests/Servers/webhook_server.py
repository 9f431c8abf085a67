"""A receiver of webhooks for a test: writes its port into FOLDER/port and each request as a line into FOLDER/requests.

It answers with the status in FOLDER/status, 200 without it. When the named pipe FOLDER/hold is there, it first waits
until somebody writes a line into it.
"""

import http.server
import json
import os
import sys

folder = sys.argv[1]


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        line = {
            "path": self.path,
            "headers": {name.lower(): value for name, value in self.headers.items()},
            "body": body.decode(),
        }
        with open(f"{folder}/requests", "a") as file:
            file.write(json.dumps(line) + "\n")
        if os.path.exists(f"{folder}/hold"):
            with open(f"{folder}/hold") as hold:
                hold.readline()
        status = 200
        if os.path.exists(f"{folder}/status"):
            with open(f"{folder}/status") as file:
                status = int(file.read())
        try:
            self.send_response(status)
            self.send_header("content-length", "0")
            self.send_header("location", "/elsewhere")
            self.end_headers()
        except OSError:
            pass

    def log_message(self, *arguments):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
with open(f"{folder}/port.new", "w") as file:
    file.write(str(server.server_address[1]))
os.rename(f"{folder}/port.new", f"{folder}/port")
server.serve_forever()
