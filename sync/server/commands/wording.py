"""The words of a message, checked again by the server: the tablet checked them before, while they were typed."""

from sync.model.catalogue import Product
from sync.model.commands import QueueMessage
from sync.model.customer import Channel, Customer
from sync.policy.speaker import speaks_for
from sync.policy.template_facts import product_name
from sync.policy.words import blocking_codes, check_subject, check_words, no_words
from sync.server.commands.base import Context, Refusal


def need_words(context: Context, command: QueueMessage, customer: Customer) -> None:
    """Refuse a message in a language that we have no template in for its cause, and one that the brand guide stops.

    Codes: `no_template` (language), `wording` (found: the codes of what has to change; never the words themselves).
    """
    language, playbook = customer.language, context.tools.playbook
    unspoken = no_words(language, command.cause)
    if unspoken is not None:
        raise Refusal(unspoken.code, **unspoken.params)
    products = context.records.get_many(Product, command.product_ids) if command.product_ids else {}
    items = [product_name(one, language) for one in products.values()]
    found = check_words(
        command.body,
        channel=command.channel,
        language=language,
        playbook=playbook,
        family_name=customer.family_name,
        items=items,
        speaker=speaks_for(command.cause),
    )
    if command.channel is Channel.EMAIL:
        found += check_subject(command.subject, language=language, playbook=playbook, items=items)
    stopping = {finding.code for finding in found} & blocking_codes(playbook, language, command.cause)
    if stopping:
        raise Refusal("wording", found=sorted(stopping))
