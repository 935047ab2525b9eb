"""Whose the apps are: a push token is one phone's, so it stands at one customer at most, and goes when it is dead."""

from hashlib import sha256

from sync.model.customer import Customer
from sync.server.repository.records import Records

KIND = "app_token"


def name_of(token: str) -> tuple[str, str]:
    """Return the name (kind, value) under which it is known whose a token is: a digest, for tokens have no greatest
    length and nobody is looked up by one."""
    return KIND, sha256(token.encode()).hexdigest()


def without_app(customer: Customer | None, token: str) -> Customer | None:
    """Return the customer without this token; None where it is not the one at which she is reached (any more)."""
    if customer is None or customer.app_token != token:
        return None
    return customer.model_copy(update={"app_token": ""})  # nosec B105


def forget_app(records: Records, customer_id: str, token: str) -> None:
    """Take a token off that reaches nobody any more, unless her app has told another one since."""
    customer = without_app(records.get(Customer, customer_id), token)
    if customer is not None:
        records.put(customer)
