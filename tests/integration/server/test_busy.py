"""A crowd at once: who is inside is answered, who comes on top is told to come again."""

import anyio
import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from sync.server.busy import Busy


def test_more_than_it_can_answer_are_turned_away_at_once() -> None:
    """With two inside the third gets 503 and when to come again, a live stream and a download are let in, and afterwards there is room."""

    async def run() -> None:
        door = anyio.Event()

        async def slow(_request: Request) -> PlainTextResponse:
            await door.wait()
            return PlainTextResponse("done")

        async def stream(_request: Request) -> PlainTextResponse:
            return PlainTextResponse("stream")

        app = Starlette(
            routes=[Route("/slow", slow), Route("/v1/sync/events", stream), Route("/v1/sync/snapshots/one", stream)]
        )
        answers: list[int] = []
        transport = httpx.ASGITransport(Busy(app, most=2))
        async with httpx.AsyncClient(transport=transport, base_url="http://server") as http:

            async def ask() -> None:
                answers.append((await http.get("/slow")).status_code)

            async with anyio.create_task_group() as group:
                group.start_soon(ask)
                group.start_soon(ask)
                await anyio.wait_all_tasks_blocked()
                refused = await http.get("/slow")
                assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
                assert refused.headers["Retry-After"] == "2"
                for waiting in ("/v1/sync/events", "/v1/sync/snapshots/one"):
                    assert (await http.get(waiting)).text == "stream"
                door.set()
            assert answers == [200, 200]
            assert (await http.get("/slow")).status_code == 200

    anyio.run(run)
