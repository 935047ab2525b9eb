"""Older protocols: a device of a released version gets the answers that its own server gave it."""

import json
from pathlib import Path
from typing import Any

import pytest

from sync.protocol import PROTOCOL_HEADER
from sync.server.auth import SPOKEN
from tests.integration.server.devices import HttpDevice
from tests.integration.server.people import NOON

VERSIONS = Path(__file__).parents[2] / "data" / "versions"
PROTOCOL_OF = {"0.1.0": "1"}
"""Which protocol a released version spoke, where it was not the present one."""


def same(value: Any, epochs: dict[str, str]) -> Any:
    """Return a value with the epoch of the recording in place of the present one."""
    if isinstance(value, dict):
        return {key: same(each, epochs) for key, each in value.items()}
    if isinstance(value, list):
        return [same(each, epochs) for each in value]
    return epochs.get(value, value) if isinstance(value, str) else value


@pytest.mark.parametrize("version", sorted(PROTOCOL_OF))
def test_kept_requests_get_their_kept_answers(tablet: HttpDevice, version: str) -> None:
    """Every request of the recording is answered as it was then, field for field."""
    protocol = PROTOCOL_OF[version]
    if int(protocol) not in SPOKEN:
        pytest.skip("not spoken any more")
    talk = json.loads((VERSIONS / version / "wire.json").read_text(encoding="utf-8"))
    kept_epoch = talk[0]["answer"]["epoch"]
    epoch = None
    for step in talk:
        body = same(step["body"], {kept_epoch: epoch or ""})
        options = {"json": body} if body is not None else {}
        answer = tablet.call(step["method"], step["path"], headers={PROTOCOL_HEADER: protocol}, **options)
        assert answer.status_code == 200, answer.text
        epoch = epoch or answer.json()["epoch"]
        assert same(answer.json(), {epoch: kept_epoch}) == step["answer"]


def test_rows_of_version_1_have_no_tag(tablet: HttpDevice) -> None:
    """Four elements in a row and no digests for version 1; five and digests for the present one."""
    body = {"epoch": None, "cursor": 0, "limit": 2000}
    old = tablet.call("POST", "/v1/sync/pull", json=body, headers={PROTOCOL_HEADER: "1"}).json()
    assert {len(row) for row in old["rows"]} == {4}
    assert "digests" not in old
    new = tablet.call("POST", "/v1/sync/pull", json=body).json()
    assert [row[:4] for row in new["rows"]] == old["rows"]
    assert all(isinstance(row[4], int) and row[4] > 0 for row in new["rows"])
    assert new["digests"]["customer"][0] == 1
    assert new["server_time"] == NOON.isoformat().replace("+00:00", "Z")


@pytest.mark.parametrize("protocol", ["0", str(max(SPOKEN) + 1), "x", ""])
def test_a_version_that_is_not_spoken_is_told_which_are(tablet: HttpDevice, protocol: str) -> None:
    """The answer names the versions that this server speaks."""
    answer = tablet.call("POST", "/v1/sync/pull", json={}, headers={PROTOCOL_HEADER: protocol})
    assert answer.status_code == 426
    assert answer.json()["params"]["spoken"] == list(SPOKEN)
