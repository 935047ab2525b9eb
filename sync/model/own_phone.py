"""What a tablet shows a customer so that she does something on her own phone."""

from pydantic import Field

from sync.model.base import Frozen, Id, Instant


class OwnPhoneLink(Frozen):
    """An address for one customer and a few minutes. It is shown as a QR code and kept nowhere."""

    url: str = Field(repr=False)
    customer_id: Id
    """Who she will be once she has registered: by this id the tablet knows her when she comes with its feed."""
    expires_at: Instant
    server_time: Instant
