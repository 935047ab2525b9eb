"""Sources of facts: one file each over `base`."""

from sync.clock import Clock, system_clock
from sync.connectors.segment import SegmentConnector
from sync.ports import WebhookConnector
from sync.settings import ServerSettings


def registry(settings: ServerSettings, clock: Clock = system_clock) -> list[WebhookConnector]:
    """Return every connector that takes posts, set up from the settings; one without its key refuses all of them."""
    return [SegmentConnector(settings.segment_write_key.get_secret_value(), clock)]
