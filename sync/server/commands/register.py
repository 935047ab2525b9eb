"""A new customer: `register_customer`. She keeps the id that the device gave her."""

from sync.ids import derived_id
from sync.model.base import Record
from sync.model.commands import Envelope, Outcome, RegisterCustomer
from sync.model.customer import Consent, ConsentPurpose, ConsentState, Customer
from sync.model.shop import RetailerSettings
from sync.model.source import CustomerFact, CustomerRef
from sync.policy.wordings import sentence
from sync.server.commands.base import Context, Refusal, accepted
from sync.server.repository import forgotten, identity
from sync.server.repository.ingested import note_conflicts


def register_customer(context: Context, envelope: Envelope, command: RegisterCustomer) -> Outcome:
    """Write the customer and her consents, and make her findable by her telephone number and mail address.

    A number or address that cannot be right is left out rather than her whole record lost; one that is another
    customer's stays that customer's, and a person is asked whether the two are the same.
    """
    shop = context.shop(command.shop_id)
    context.need_new(Customer, command.customer_id)
    if forgotten.is_forgotten(context.records.conn, command.customer_id):
        raise Refusal("exists", what="customer", id=command.customer_id)
    fact, unusable = _cleaned(context, command)
    at, herself = context.happened_at(envelope), context.tools.by_herself
    customer = Customer(
        id=command.customer_id,
        member_number="",
        family_name=fact.family_name,
        given_name=fact.given_name,
        family_kana=fact.family_kana,
        given_kana=fact.given_kana,
        phone=fact.phone,
        email=fact.email,
        member_since=at.date(),
        home_shop_id=shop.id,
        registered_by=context.staff.id,
        language=_language(command.wording_version) if herself else "ja",
    )
    retailer = context.records.get(RetailerSettings, "retailer")
    consents: list[Record] = [
        Consent(
            id=derived_id("consent", "registration", customer.id, channel.value),
            customer_id=customer.id,
            channel=channel,
            purpose=ConsentPurpose.RELATIONSHIP,
            state=ConsentState.GRANTED,
            at=at,
            source="own_phone" if herself else "registration",
            wording=sentence(command.wording_version, channel.value, brand=retailer.brand if retailer else ""),
            wording_version=command.wording_version,
            signature=command.signature,
            recorded_by=None if herself else context.staff.id,
        )
        for channel in dict.fromkeys(command.consents)
    ]
    context.records.put_many([customer, *consents])
    # she stands here and wants to be known: what she gives us now is no longer held back
    given = (("phone", customer.phone), ("email", customer.email))
    forgotten.release_names(context.records.conn, context.tools.forgotten_key, given)
    context.audit("register", customer.id, how="own_phone" if herself else "")
    other = _link_names(context, customer)
    if other is not None:
        return accepted(envelope, "maybe_same", kind=other[0], customer_id=other[1])
    return accepted(envelope, "unusable_fields", fields=unusable) if unusable else accepted(envelope)


def _language(wording_version: str) -> str:
    """Return the language in which she read the words of a version."""
    return wording_version.rpartition("/")[2] or "ja"


def _cleaned(context: Context, command: RegisterCustomer) -> tuple[CustomerFact, list[str]]:
    """Return what she is called and reached by in stored spelling, and the names of fields that were no use."""
    fields = ("family_name", "given_name", "family_kana", "given_kana", "phone", "email")
    values = {name: getattr(command, name) for name in fields}
    fact, problems = context.tools.resolver.clean(CustomerFact(ref=CustomerRef(member_number="-"), **values))
    unusable = sorted({name for name, _ in problems} & set(fields))
    if unusable:
        kept = {name: "" if name in unusable else value for name, value in values.items()}
        if not kept["family_name"]:
            kept["family_name"] = command.family_name.strip()
        fact, _ = context.tools.resolver.clean(CustomerFact(ref=CustomerRef(member_number="-"), **kept))
    assert isinstance(fact, CustomerFact)
    return fact, unusable


def _link_names(context: Context, customer: Customer) -> tuple[str, str] | None:
    """Make her number and address hers; return the kind and owner of one that is another customer's."""
    conn = context.records.conn
    other: tuple[str, str] | None = None
    for kind, value in (("email", customer.email), ("phone", customer.phone)):
        if value and not identity.link(conn, kind, value, customer.id):
            owner = identity.customer_of(conn, kind, value)
            assert owner is not None
            note_conflicts(conn, [(owner, customer.id, kind)], context.now)
            other = (kind, owner)
    return other
