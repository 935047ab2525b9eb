"""Plays `clienteling` for the supervisor's tests: `server` and `tablet` answer every request, `import` and `admin` end.

What happens is noted in `journal` above the data folder. The tablet is ready once it has reached the server.
"""

import os
import sys
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

DATA = Path(os.environ["CLIENTELING_DATA"])


def note(what: str) -> None:
    DATA.parent.mkdir(parents=True, exist_ok=True)
    with (DATA.parent / "journal").open("a") as journal:
        journal.write(f"{what}\n")


class Answers(BaseHTTPRequestHandler):
    ready = True

    def do_GET(self) -> None:
        self._answer(b'{"ready": true}' if Answers.ready else b'{"ready": false}')

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        note("events")
        self._answer(b"{}")

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def join() -> None:
    url = os.environ["CLIENTELING_SERVER_URL"]
    while not Answers.ready:
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=5):
                note("tablet joined")
                Answers.ready = True
        except OSError:
            time.sleep(0.05)


def main() -> None:
    match sys.argv[1]:
        case "import":
            note("import begins")
            for name in ("retailer.csv", "shops.csv"):
                print(f"{name}: 1 of 1", file=sys.stderr, flush=True)
            while "server" not in (DATA.parent / "journal").read_text().split():
                time.sleep(0.02)
            note("import ends")
            return
        case "admin":
            print("CODE-1234")
            return
        case "server" if (DATA / "broken").exists():
            sys.exit("the database is broken")
        case "tablet" if os.environ["CLIENTELING_ENROL_CODE"]:
            Answers.ready = False
            threading.Thread(target=join, daemon=True).start()
    note(sys.argv[1])
    ThreadingHTTPServer(("127.0.0.1", int(os.environ["CLIENTELING_PORT"])), Answers).serve_forever()


if __name__ == "__main__":
    main()
