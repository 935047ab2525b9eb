"""Unsent work of a device that is out of use, with what this tablet knows of the customers in it."""

from dataclasses import dataclass

from clienteling.device import Device
from sync.model.customer import Customer
from sync.model.fleet import UnsentWork


@dataclass(frozen=True)
class Review:
    work: UnsentWork
    customers: dict[str, str]
    """Names by customer id; whoever this tablet does not hold is missing."""


def load_review(device: Device, device_id: str, staff_id: str) -> Review:
    """Ask the server, which puts the look on record; raises what `Managing.unsent_work` does."""
    work = device.managing.unsent_work(device_id, staff_id)
    names: dict[str, str] = {}
    for one in work.entries:
        found = device.cache.record("customer", one.customer_id) if one.customer_id else None
        if isinstance(found, Customer):
            names[found.id] = found.name
    return Review(work, names)
