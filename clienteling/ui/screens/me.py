"""Who is signed in: how she likes the screen, and signing out."""

import flet as ft

from clienteling.actions.session import set_language, sign_out
from clienteling.actions.taste import SIDES, change
from clienteling.context import call, use_session, use_tablet, use_words
from clienteling.i18n import LANGUAGE_NAMES, LANGUAGES
from clienteling.theme import MODES, S, T
from clienteling.ui.component import component
from clienteling.ui.parts import avatar, button, card, heading, soft
from clienteling.ui.parts.choice import choices
from clienteling.ui.shell import frame


@component
def Me(**_more: str) -> ft.Control:
    tablet, session, _ = use_tablet(), use_session(), use_words()
    staff = tablet.staff
    name = tablet.pulse.directory.staff_name(staff, session.language) if staff else ""
    detail = _.code("role", staff.role) if staff else ""
    looks = [(one, _.code("look", one)) for one in MODES]
    sides = [(one, _.code("side", one)) for one in SIDES]
    languages = [(one, LANGUAGE_NAMES[one]) for one in LANGUAGES]
    person: list[ft.Control] = [
        avatar(name, size=56, strong=True),
        ft.Column([heading(name, size=T.TITLE), soft(detail)], spacing=0, tight=True, expand=True),
    ]
    leave = button(_("Sign out"), call(sign_out, tablet), icon=ft.Icons.LOGOUT)
    who = (
        card(ft.Row(person, spacing=S.GAP), ft.Row([leave]))
        if session.width < S.NARROW_BELOW
        else card(ft.Row([*person, leave], spacing=S.GAP))
    )
    return frame(
        _("You at this tablet"),
        ft.Column(
            [
                who,
                card(
                    choices(looks, [session.look], lambda one: tablet.run(change, tablet, look=one)),
                    title=_("Brightness"),
                ),
                card(
                    soft(_("The menu lies under that thumb.")),
                    choices(sides, [session.side], lambda one: tablet.run(change, tablet, side=one)),
                    title=_("Reach"),
                ),
                card(
                    choices(languages, [session.language], lambda one: set_language(tablet, one)),
                    title=_("Language"),
                ),
                card(
                    ft.Row([button(_("Practice"), call(tablet.go, "/practice"), icon=ft.Icons.SCHOOL_OUTLINED)]),
                    title=_("Practise with invented customers"),
                ),
                soft(
                    _(
                        "This tablet remembers brightness and reach for you. The language is for everybody until it is changed."
                    )
                ),
            ],
            spacing=S.GAP,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
        back="/",
        scroll=True,
    )
