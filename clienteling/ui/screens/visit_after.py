"""After the goodbye: what to come back to, planned in one tap or let go."""

import flet as ft

from clienteling.actions import visit as actions
from clienteling.context import Tablet, call
from clienteling.queries.visit import VisitView
from clienteling.ui.parts import button, card, chip, soft, text
from clienteling.words import Words
from sync.model.outreach import FollowUp, FollowUpState


def after_visit(_: Words, tablet: Tablet, view: VisitView) -> list[ft.Control]:
    """Return the card, or nothing where the visit calls for nothing."""
    visit, after = view.visit, view.after
    assert visit is not None
    parts: list[ft.Control] = []
    if after.standing is not None:
        parts = _standing(_, after.standing)
    elif after.held is not None:
        parts = [soft(_("Nothing is proposed: {why}", why=_.reason(after.held)))]
    elif after.proposal is not None:
        found = after.proposal
        when = _("On {day:date} by {channel}", day=found.due_at, channel=_.code("channel", found.channel or ""))
        yes = call(tablet.run, actions.plan_follow_up, tablet, visit, found, True)
        no = call(tablet.run, actions.plan_follow_up, tablet, visit, found, False)
        parts = [
            text(_.code("cause", found.cause), bold=True),
            soft(_.reason(found.evidence)),
            soft(when),
            ft.Row(
                [button(_("Plan it"), yes, kind="filled"), button(_("Not this time"), no)],
                wrap=True,
                spacing=8,
                run_spacing=8,
            ),
        ]
    return [card(*parts, title=_("Getting back in touch"))] if parts else []


def _standing(_: Words, one: FollowUp) -> list[ft.Control]:
    if one.state is FollowUpState.DISMISSED:
        return [ft.Row([chip(_("Let go"))])]
    planned = _("Planned for {day:date}", day=one.due_at)
    return [text(_.code("cause", one.cause), bold=True), ft.Row([chip(planned, "good")], wrap=True)]
