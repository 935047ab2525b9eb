"""Who she is: the header with consent, and the card about her sizes, likes and how close we are."""

from collections.abc import Sequence

import flet as ft

from clienteling.queries.profile import Profile as View
from clienteling.theme import S
from clienteling.ui.parts import card, chip, chips, complaint_chip, customer_header, freshness, rank_chip, soft
from clienteling.ui.parts.consent import consent_badge
from clienteling.words import Words
from sync.policy.slips import complaint_in_hand


def identity(_: Words, view: View, *, narrow: bool = False) -> ft.Control:
    """Name, kana, rank; since when, who looks after her, how she likes to be approached; consent by channel."""
    customer = view.facts.customer
    badges = [one for one in (rank_chip(_, customer, view.retailer.ranks),) if one is not None]
    if view.here is not None:
        badges.append(chip(_("In the shop since {at:time}", at=view.here.at), "good"))
    handled = complaint_chip(_, complaint_in_hand(view.facts.slips))
    badges += [handled] if handled is not None else []
    badges.append(chip(_.code("closeness", view.relationship.label), "primary"))
    said = []
    if customer.member_since:
        said.append(_("Member since {year}", year=str(customer.member_since.year)))
    said.append(_("No. {number}", number=customer.member_number))
    said.append(_("{n} points", n=customer.points))
    if customer.person_in_charge_id:
        said.append(_("Looked after by {staff:name}", staff=customer.person_in_charge_id))
    said.append(_.code("pace", customer.pace))
    return ft.Column(
        [
            customer_header(
                _,
                customer,
                badges=tuple(badges),
                detail=" · ".join(said),
                aside=_agreed(_, view),
                narrow=narrow,
            ),
            *([_visiting(_, view)] if view.fetched_at else []),
        ],
        spacing=S.GAP_SMALL,
    )


def _agreed(_: Words, view: View) -> tuple[ft.Control, ...]:
    """Consent by channel; where everything is stopped that alone, and not as a wish: staff may have entered it."""
    if view.stop is not None:
        return (chip(_("Every channel stopped"), "accent"),)
    return tuple(
        consent_badge(_, one.consent, one.channel, preferred=one.preferred)
        for one in view.channels
        if one.address or one.consent != "unasked"
    )


def _visiting(_: Words, view: View) -> ft.Control:
    return soft(_("From another shop; fetched {at:ago}", at=view.fetched_at))


def about_card(_: Words, view: View, *actions: ft.Control, contact: Sequence[ft.Control] = ()) -> ft.Control:
    """The same on a surface of its own."""
    return card(about(_, view, *actions, contact=contact), title=_("Likes and sizes"))


def about(_: Words, view: View, *actions: ft.Control, contact: Sequence[ft.Control] = ()) -> ft.Control:
    """Sizes, likes, dislikes, how to reach her, what she has lived through with us; `actions` stand below."""
    customer = view.facts.customer
    sizes = [chip(f"{_.code('size_of', part)} {size}") for part, size in customer.sizes.items()]
    likes = [chip(like, "good") for like in customer.likes]
    dislikes = [chip(_("dislikes {what}", what=dislike), "accent") for dislike in customer.dislikes]
    declined = [chip(_("no messages about {topic:topic}", topic=topic), "accent") for topic in customer.declined_topics]
    known = [*sizes, *likes, *dislikes, *declined]
    way = " → ".join(_.code("experience", code) for code in view.relationship.experiences)
    last = view.last_shop_visit
    lines: list[ft.Control] = [
        chips(*known) if known else soft(_("Nothing noted yet. Noting a size helps the next colleague.")),
        *contact,
        soft(f"{way} · {_.code('tone', view.relationship.tone)}"),
        *([soft(_("Last in a shop {at:datetime}", at=last))] if last else [soft(_("Not yet in a shop"))]),
        freshness(_, view.as_of, _("Profile")),
        ft.Column([ft.Row([one]) for one in actions], spacing=0),
    ]
    return ft.Column(lines, spacing=S.GAP_SMALL, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
