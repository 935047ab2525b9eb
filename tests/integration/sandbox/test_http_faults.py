"""Ordered faults of the HTTP stand-ins, over a real connection."""

import httpx
import pytest

from tests.integration.sandbox.conftest import Served
from tests.unit.sandbox.outside import greeting

KEY = "123e4567-e89b-12d3-a456-426614174000"


def push(served: Served, timeout: float = 5) -> httpx.Response:
    headers = {"Authorization": f"Bearer {served.config.line_channel_token}", "X-Line-Retry-Key": KEY}
    return served.http.post("/line/v2/bot/message/push", json=greeting(), headers=headers, timeout=timeout)


def text(served: Served, timeout: float = 5) -> httpx.Response:
    sid, token = served.config.twilio_account_sid, served.config.twilio_auth_token
    form = {"To": "+819011112222", "From": "KAZANE", "Body": "はい"}
    where = f"/twilio/2010-04-01/Accounts/{sid}/Messages.json"
    return served.http.post(where, data=form, auth=(sid, token), timeout=timeout)


def order(served: Served, provider: str, fault: str, **more: float) -> httpx.Response:
    return served.http.post("/demo/faults", json={"provider": provider, "fault": fault, **more})


@pytest.mark.parametrize(("fault", "status"), [("429", 429), ("500", 500)])
def test_providers_fail_as_often_as_ordered(served: Served, fault: str, status: int) -> None:
    """Two ordered faults spoil two requests of that provider and no other's, then all is well."""
    order(served, "line", fault, times=2)
    order(served, "twilio", fault)
    assert [push(served).status_code for _ in range(3)] == [status, status, 200]
    assert [text(served).status_code for _ in range(2)] == [status, 201]
    assert len(served.http.get("/phone/100001/inbox.json").json()) == 1


@pytest.mark.parametrize(("fault", "repeat"), [("timeout_before", 200), ("timeout_after", 409)])
def test_line_timeout_before_and_after_acceptance(served: Served, fault: str, repeat: int) -> None:
    """The caller sees the same timeout; the retry key then tells whether the first attempt was accepted."""
    order(served, "line", fault, seconds=30)
    with pytest.raises(httpx.ReadTimeout):
        push(served, timeout=1.0)
    assert push(served).status_code == repeat
    assert len(served.http.get("/phone/100001/inbox.json").json()) == 1


def test_a_caller_that_waits_gets_a_504(served: Served) -> None:
    """After the ordered seconds the hanging request ends."""
    order(served, "twilio", "timeout_before", seconds=0.1)
    assert text(served).status_code == 504


@pytest.mark.parametrize(
    "body",
    [
        {"provider": "fax", "fault": "429"},
        {"provider": "line", "fault": "418"},
        {"provider": "line", "fault": "429", "times": 0},
        {"provider": "line", "fault": "429", "times": "many"},
        {"provider": "line", "fault": "429", "seconds": -1},
        {},
    ],
)
def test_wrong_orders_say_what_is_allowed(served: Served, body: dict[str, object]) -> None:
    """An order that cannot be taken changes nothing and names what is allowed."""
    answer = served.http.post("/demo/faults", json=body)
    assert answer.status_code == 422
    assert "allowed" in answer.json()["message"] or "numbers" in answer.json()["message"]
    assert served.http.get("/demo/faults").json() == {"line": [], "twilio": [], "smtp": [], "fcm": []}


def test_orders_can_be_taken_back(served: Served) -> None:
    """DELETE forgets every ordered fault."""
    order(served, "line", "500", times=3)
    served.http.delete("/demo/faults")
    assert push(served).status_code == 200
