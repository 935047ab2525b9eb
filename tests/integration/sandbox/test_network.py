"""The network between tablet and server can be cut and joined again."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from tests.integration.sandbox.conftest import Served


class Answers(BaseHTTPRequestHandler):
    """The server behind the relay: answers everything, keeping connections open."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = b"x" * 200_000
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server(served: Served) -> Iterator[None]:
    listening = ThreadingHTTPServer(("127.0.0.1", served.config.server_port), Answers)
    listening.daemon_threads = True
    thread = threading.Thread(target=listening.serve_forever, daemon=True)
    thread.start()
    yield
    listening.shutdown()
    listening.server_close()


@pytest.mark.usefixtures("server")
def test_relay_passes_on_until_cut(served: Served) -> None:
    """Up, requests get through; cut, open connections end and new ones are refused; up again, all is as before."""
    with httpx.Client(base_url=served.config.relay_url, trust_env=False) as tablet:
        assert len(tablet.get("/").content) == 200_000
        open_one = socket.create_connection(("127.0.0.1", served.config.relay_port))
        open_one.settimeout(5)
        assert served.http.post("/demo/network", json={"up": False}).json() == {"up": False, "connections": 0}
        assert _is_closed(open_one)
        with pytest.raises(httpx.ConnectError):
            httpx.get(served.config.relay_url, trust_env=False)
        with pytest.raises(httpx.TransportError):
            tablet.get("/")
        assert served.http.get("/demo/network").json()["up"] is False
        served.http.post("/demo/network", json={"up": True})
        assert len(tablet.get("/").content) == 200_000
        open_one.close()


def test_world_itself_is_not_cut(served: Served) -> None:
    """Only the tablet's way is cut: phones and providers answer on."""
    served.http.post("/demo/network", json={"up": False})
    assert served.http.get("/phone/100001/inbox.json").status_code == 200


def test_relay_without_a_server_closes_the_connection(served: Served) -> None:
    """A stopped server looks like one: the connection ends without an answer, and the relay goes on."""
    for _ in range(3):
        with pytest.raises(httpx.TransportError):
            httpx.get(served.config.relay_url, trust_env=False)
    assert served.http.get("/demo/network").json() == {"up": True, "connections": 0}


def test_cutting_and_joining_again_and_again(served: Served) -> None:
    """Fifty switches under load leave the relay on its port and nothing open."""

    async def knock() -> None:
        for _ in range(50):
            with_server = await asyncio.open_connection("127.0.0.1", served.config.relay_port)
            await served.world.relay.cut()
            await served.world.relay.join()
            with_server[1].close()

    port = served.world.relay.port
    served.do(knock)
    served.do(served.world.relay.cut)
    assert served.world.relay.connections == 0
    assert served.world.relay.port == port


def _is_closed(connection: socket.socket) -> bool:
    try:
        return connection.recv(1) == b""
    except ConnectionError:
        return True
