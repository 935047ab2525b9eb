"""Every way to a customer's records leaves a trace: screens that show one of them say so here, however they were reached."""

import flet as ft

from clienteling.actions.identify import How, record_view
from clienteling.context import use_session, use_tablet


def use_view(customer_id: str | None, how: How = "link") -> None:
    """Hook: put on record that these records are on the screen; None while they are being read, or are not here.

    What opened her (a scan, a search, ...) has mostly said so already; then nothing is added, and neither is it when one
    goes on from her profile to a note or a message. What is left are addresses: typed, kept, or gone back to.
    """
    tablet, session = use_tablet(), use_session()

    async def record() -> None:
        if customer_id is not None and tablet.viewed != (session.staff_id, customer_id):
            # A task of its own: this one ends with the screen.
            tablet.run(record_view, tablet, customer_id, how)

    ft.use_effect(record, [customer_id, session.staff_id])
