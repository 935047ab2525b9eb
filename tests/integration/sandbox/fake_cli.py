"""Plays `clienteling server` and `clienteling tablet` for the supervisor's tests: answers every request with 200."""

import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = b'{"ready": true}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


if __name__ == "__main__":
    if Path(os.environ["CLIENTELING_DATA"], "broken").exists():
        sys.exit("the database is broken")
    ThreadingHTTPServer(("127.0.0.1", int(os.environ["CLIENTELING_PORT"])), Answers).serve_forever()
