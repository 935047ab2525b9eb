"""The stand-in of Twilio's Messages, held to Twilio's published document."""

import base64
import hashlib
import hmac
from typing import Any
from urllib.parse import urlencode

import pytest

from sync.sandbox.twilio import segments, signature
from tests.unit.sandbox.contracts import check_answer, check_request, twilio_api
from tests.unit.sandbox.outside import Outside

HOST = "https://api.twilio.com"
TO, CALLBACK = "+819011112222", "http://127.0.0.1:3/webhooks/twilio/status"
GOOD = {"To": TO, "From": "KAZANE", "Body": "お直しができあがりました", "StatusCallback": CALLBACK}


def path(outside: Outside, sid: str = "") -> str:
    return f"/2010-04-01/Accounts/{outside.config.twilio_account_sid}/Messages{f'/{sid}' if sid else ''}.json"


def contract(outside: Outside, form: dict[str, Any], *, allows: bool) -> None:
    kind = "application/x-www-form-urlencoded"
    auth = {"Authorization": "Basic " + base64.b64encode(b"a:b").decode()}
    parts: dict[str, Any] = {"data": urlencode(form).encode(), "content_type": kind, "headers": auth}
    check_request(twilio_api, HOST, "post", path(outside), allowed=allows, **parts)


@pytest.mark.parametrize(
    "form",
    [
        GOOD,
        {"To": TO, "From": "+15005550006", "Body": "a"},
        {"To": TO, "MessagingServiceSid": "MG" + "a" * 32, "Body": "a" * 1600},
    ],
)
def test_takes_what_the_document_allows(outside: Outside, form: dict[str, str]) -> None:
    """A valid form is answered 201 with a message resource of the documented shape, queued."""
    contract(outside, form, allows=True)
    answer = outside.text(**form)
    assert (answer.status_code, answer.json()["status"], answer.json()["to"]) == (201, "queued", TO)
    check_answer(twilio_api, HOST, "post", path(outside), answer)


@pytest.mark.parametrize(
    "form", [{"From": "KAZANE", "Body": "a"}, {**GOOD, "MessagingServiceSid": "MG1"}], ids=["no To", "service"]
)
def test_refuses_what_the_document_forbids(outside: Outside, form: dict[str, str]) -> None:
    """What Twilio's document forbids is refused here too."""
    contract(outside, form, allows=False)
    assert outside.text(**form).status_code == 400


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"To": ""}, 21604),
        ({"To": "090-1111-2222"}, 21211),
        ({"To": "+0123"}, 21211),
        ({"From": ""}, 21603),
        ({"From": "かざね"}, 21212),
        ({"From": "TWELVE CHARS"}, 21212),
        ({"From": "", "MessagingServiceSid": "MG1"}, 21701),
        ({"Body": ""}, 21602),
        ({"Body": "a" * 1601}, 21617),
        ({"StatusCallback": "webhooks/status"}, 21609),
        ({"StatusCallback": "http://[broken"}, 21609),
    ],
)
def test_refuses_with_twilios_numbers(outside: Outside, change: dict[str, str], code: int) -> None:
    """Errors have Twilio's shape: code, message, more_info, status."""
    answer = outside.text(**{**GOOD, **change})
    body = answer.json()
    assert (answer.status_code, body["code"], body["status"]) == (400, code, 400)
    assert body["message"]
    assert body["more_info"].endswith(str(code))
    outside.pass_time(5)
    assert outside.server.requests == []


def test_refuses_wrong_credentials_and_bodies(outside: Outside) -> None:
    """Wrong Basic credentials or another account get 401 with code 20003; JSON instead of a form gets 415."""
    sid, token = outside.config.twilio_account_sid, outside.config.twilio_auth_token
    url = f"/twilio{path(outside)}"
    for auth in ((sid, "wrong"), ("AC" + "0" * 32, token), None):
        answer = outside.request("POST", url, data=GOOD, auth=auth)
        assert (answer.status_code, answer.json()["code"]) == (401, 20003)
    other = outside.request("POST", url.replace(sid, "AC" + "0" * 32), data=GOOD, auth=(sid, token))
    assert other.status_code == 401
    assert outside.request("POST", url, json=GOOD, auth=(sid, token)).status_code == 415
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert outside.request("POST", url, content=b"\xff=\xfe", headers=form, auth=(sid, token)).status_code == 400


def test_message_is_delivered_and_each_state_is_called_back(outside: Outside) -> None:
    """The server hears queued, sent, delivered in order, each signed; the text is then on every phone of that number."""
    sid = outside.text(**GOOD).json()["sid"]
    for _ in range(8):
        outside.pass_time(0.5)
    assert [form["MessageStatus"] for form in outside.server.forms()] == ["queued", "sent", "delivered"]
    for request, form in zip(outside.server.requests, outside.server.forms(), strict=True):
        assert form["MessageSid"] == sid
        signed = CALLBACK + "".join(name + form[name] for name in sorted(form))
        wanted = hmac.digest(outside.config.twilio_auth_token.encode(), signed.encode(), hashlib.sha1)
        assert request.headers["x-twilio-signature"] == base64.b64encode(wanted).decode()
    for member in ("100001", "100003"):
        [letter] = outside.inbox(member)
        assert (letter["channel"], letter["from"], letter["text"]) == ("sms", "KAZANE", GOOD["Body"])


@pytest.mark.parametrize("number", ["+819033330000", "+819099998888"], ids=["suffix", "nobody's"])
def test_unreachable_numbers_end_as_undelivered(outside: Outside, number: str) -> None:
    """A number with the undeliverable suffix, or of nobody, ends as undelivered with error 30003, also when fetched."""
    sid = outside.text(**{**GOOD, "To": number}).json()["sid"]
    for _ in range(8):
        outside.pass_time(0.5)
    last = outside.server.forms()[-1]
    assert (last["MessageStatus"], last["ErrorCode"]) == ("undelivered", "30003")
    auth = (outside.config.twilio_account_sid, outside.config.twilio_auth_token)
    answer = outside.request("GET", f"/twilio{path(outside, sid)}", auth=auth)
    assert (answer.json()["status"], answer.json()["error_code"]) == ("undelivered", 30003)
    check_answer(twilio_api, HOST, "get", path(outside, sid), answer)
    assert outside.inbox("100002") == []


def test_fetch_of_an_unknown_message_is_404(outside: Outside) -> None:
    """Twilio answers code 20404 for a message it does not have."""
    auth = (outside.config.twilio_account_sid, outside.config.twilio_auth_token)
    answer = outside.request("GET", f"/twilio{path(outside, 'SM' + '0' * 32)}", auth=auth)
    assert (answer.status_code, answer.json()["code"]) == (404, 20404)


def test_callbacks_wait_for_a_server_that_is_down(outside: Outside) -> None:
    """Callbacks missed while the server was down come afterwards, in order, over a restart of the world too."""
    outside.server.status = None
    outside.text(**GOOD)
    for _ in range(4):
        outside.pass_time(1)
    outside.restart()
    outside.server.status = 200
    for _ in range(6):
        outside.pass_time(5)
    assert [form["MessageStatus"] for form in outside.server.forms()] == ["queued", "sent", "delivered"]


@pytest.mark.parametrize(
    ("text", "parts"),
    [("a" * 160, 1), ("a" * 161, 2), ("あ" * 70, 1), ("あ" * 71, 2), ("あ" * 670, 10), ("😀" * 36, 2)],
)
def test_segments_count_as_networks_do(text: str, parts: int) -> None:
    """160/153 for GSM characters, 70/67 UTF-16 units for all else."""
    assert segments(text) == parts


def test_signature_matches_a_known_vector() -> None:
    """HMAC-SHA1 over URL and sorted parameters, as in Twilio's security documentation."""
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    form = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675309",
        "Digits": "1234",
        "From": "+14158675309",
        "To": "+18005551212",
    }
    assert signature("12345", url, form) == "RSOYDt4T1cUTdK1PDd93/VVr8B8="


def test_texts_to_a_number_are_listed_newest_first(outside: Outside) -> None:
    """The list has the documented shape; another number's texts are not in it, and a page has its limits."""
    sids = [outside.text(**{**GOOD, "Body": body}).json()["sid"] for body in ("1", "2")]
    outside.text(**{**GOOD, "To": "+819033331111"})
    auth = (outside.config.twilio_account_sid, outside.config.twilio_auth_token)
    answer = outside.request("GET", f"/twilio{path(outside)}", params={"To": TO, "PageSize": 50}, auth=auth)
    assert [each["sid"] for each in answer.json()["messages"]] == sids[::-1]
    headers = {"Authorization": "Basic " + base64.b64encode(b"a:b").decode()}
    check_answer(twilio_api, HOST, "get", path(outside), answer, args={"To": TO, "PageSize": "50"}, headers=headers)
    for size in ("0", "1001", "x"):
        url = f"/twilio{path(outside)}"
        assert outside.request("GET", url, params={"PageSize": size}, auth=auth).status_code == 400
    assert outside.request("GET", f"/twilio{path(outside)}").status_code == 401
