"""Events of the Segment spec (V2), posted by Segment's own clients and the many that speak its HTTP tracking API.

Source of the shapes: Segment's published spec (common fields, V2 ecommerce events) and HTTP tracking API: Basic
authentication with the write key as user, at most 500 KB a batch and 32 KB an event, `{"success": true}` as answer.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from sync.clock import Clock
from sync.connectors.base import check_basic, errors_of, holds_only_text, row_error, unpack
from sync.connectors.segment_events import EventError, facts_of
from sync.errors import BadInput
from sync.model.source import AnyFact
from sync.ports import Parsed, RowError

BATCH_BYTES = 500 * 1024
EVENT_BYTES = 32 * 1024
MOST_EVENTS = 5_000
"""More than this fits into a batch only as empty husks."""

_ENCODE = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode
_TYPES = ("track", "identify", "page", "screen", "alias", "group")


class SegmentConnector:
    """See `sync.ports.WebhookConnector`."""

    name = "segment"
    paths = ("/v1/batch", "/v1/import", *(f"/v1/{type_}" for type_ in _TYPES))
    limit = BATCH_BYTES

    def __init__(self, write_key: str, clock: Clock) -> None:
        self._write_key = write_key
        self._clock = clock

    def authenticate(self, headers: Mapping[str, str], body: bytes) -> None:  # noqa: ARG002 - other sources sign the body
        """Raise NotSignedIn unless the Basic user is the write key; without a key set, nobody is let in."""
        check_basic(headers, self._write_key)

    def parse(self, path: str, headers: Mapping[str, str], body: bytes) -> Parsed:  # noqa: ARG002 - the body tells by itself
        """Read one event or a batch. Raise BadInput or TooLarge where nothing of it can be understood.

        An event that is fine but says nothing we keep (a page view, a group) gives neither fact nor error.
        """
        message = _json(unpack(body, BATCH_BYTES))
        single = path.rpartition("/")[2]
        received_at = self._clock()
        if single in _TYPES:
            events: list[Any] = [{**message, "type": single}]
        else:
            found = message.get("batch")
            if not isinstance(found, list):
                raise BadInput('The body has no list named "batch".', reason="no_batch")
            if len(found) > MOST_EVENTS:
                raise BadInput(f"A batch holds at most {MOST_EVENTS} events.", reason="too_many_events")
            events = found
        facts: list[tuple[int, AnyFact]] = []
        errors: list[RowError] = []
        for row, event in enumerate(events, 1):
            try:
                source_id, checked = _checked(event)
                sent_at = event.get("sentAt") or message.get("sentAt")
                found_facts = facts_of(checked, sent_at, received_at)
            except EventError as error:
                errors.append(row_error(row, error.field, error.message, error.value))
            except ValidationError as error:
                errors.extend(errors_of(row, error))
            else:
                facts.extend(
                    (row, fact.model_copy(update={"source": self.name, "source_id": source_id})) for fact in found_facts
                )
        return Parsed(facts=tuple(facts), errors=tuple(errors))


def _json(body: bytes) -> dict[str, Any]:
    try:
        message = json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise BadInput("The body is not JSON.", reason="not_json") from error
    if not isinstance(message, dict):
        raise BadInput("The body is not a JSON object.", reason="not_an_object")
    return message


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _checked(event: object) -> tuple[str, dict[str, Any]]:
    """Return the event's id and the event; raise EventError where it is none."""
    if not isinstance(event, dict):
        raise EventError("event", "is not an object")
    try:
        text = _ENCODE(event).encode()
    except UnicodeEncodeError as error:
        raise EventError("event", "holds half a character") from error
    except RecursionError as error:
        raise EventError("event", "is nested too deeply") from error
    problem = holds_only_text(event) if b"\\u0000" in text else ""
    if problem:
        raise EventError("event", problem)
    if len(text) > EVENT_BYTES:
        raise EventError("event", f"is larger than {EVENT_BYTES} bytes")
    message_id = event.get("messageId")
    if message_id is None or message_id == "":
        # The client made none, so equal events are taken for one sent twice.
        return "sha256:" + hashlib.sha256(text).hexdigest(), event
    if not isinstance(message_id, str) or len(message_id) > 190:
        raise EventError("messageId", "is not a text of at most 190 characters")
    return message_id, event
