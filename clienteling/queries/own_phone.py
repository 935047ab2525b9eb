"""Whether she has registered on her own phone by now, and who may be the same person."""

from dataclasses import dataclass

from clienteling.device import Device
from clienteling.queries.search import Hit, alike
from sync.model.customer import Customer


@dataclass(frozen=True)
class Joined:
    """Who registered, and customers of this shop who look like her."""

    customer_id: str
    name: str
    phone: str
    """As it is dialled here."""
    alike: tuple[Hit, ...]


def joined(device: Device, customer_id: str) -> Joined | None:
    """Return who has registered under the id that the code was made for; None as long as nobody has."""
    customer = device.cache.record("customer", customer_id) if customer_id else None
    if not isinstance(customer, Customer):
        return None
    phone = f"0{customer.phone[3:]}" if customer.phone.startswith("+81") else customer.phone
    found = alike(device, name=customer.name, phone=phone)
    return Joined(customer.id, customer.name, phone, tuple(hit for hit in found if hit.customer_id != customer.id))


@dataclass(frozen=True)
class OnLine:
    """Whether a customer has a linked LINE account."""

    customer_id: str
    name: str
    linked: bool


def line_of(device: Device, customer_id: str) -> OnLine | None:
    """Return how it stands with her LINE account; None where this tablet does not hold her."""
    customer = device.cache.record("customer", customer_id)
    if not isinstance(customer, Customer):
        return None
    return OnLine(customer.id, customer.name, customer.line_user_id != "")
