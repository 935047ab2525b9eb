"""One customer's phone, apart from how it is shown: her code, her inboxes, what she answers."""

from datetime import UTC, datetime
from typing import Any

from sync.clock import Clock
from sync.errors import BadField, BadInput, NotFound
from sync.sandbox.codes import ShownCode, current_code
from sync.sandbox.line import LineStandIn
from sync.sandbox.people import People, Person
from sync.sandbox.shop_time import JAPAN
from sync.sandbox.smtp import MailSink
from sync.sandbox.store import Letter, Store

MAX_REPLY = 5_000
MAX_PICTURE = 12_000_000
"""More than the server keeps, so that one can see how it refuses."""
PICTURES = ("image/jpeg", "image/png", "image/gif", "image/webp")


class Phone:
    """The phones of all customers; every method names whose."""

    def __init__(
        self, seed: int, people: People, store: Store, line: LineStandIn, mail: MailSink, clock: Clock
    ) -> None:
        self._seed, self._people, self._store = seed, people, store
        self._line, self._mail, self._clock = line, mail, clock

    def owner(self, member_number: str) -> Person:
        """Return whose phone it is; raise NotFound for a number no customer has."""
        person = self._people.find(member_number)
        if person is None:
            raise NotFound(f"No customer has the member number {member_number[:40]!r}.", kind="customer")
        return person

    def code(self, person: Person, moment: int | None = None) -> ShownCode:
        """Return the code she shows now, or the one of a moment of the last minute, seconds since 1970."""
        now = self._clock()
        if moment is not None and 0 <= now.timestamp() - moment < 60:
            now = datetime.fromtimestamp(moment, UTC)
        return current_code(self._seed, self._people.brand().number, person.member_number, now)

    def inbox(self, person: Person) -> list[dict[str, Any]]:
        """Return what she received, oldest first, as `/phone/{customer}/inbox.json` promises it."""
        return [
            {
                "channel": letter.channel,
                "from": letter.sender,
                "reply_to": letter.reply_to,
                "subject": letter.subject,
                "text": letter.text,
                "links": list(letter.links),
                "received_at": letter.at.isoformat(),
            }
            for letter in self._store.letters(person.member_number)
            if not letter.outgoing
        ]

    def raw_mail(self, person: Person, n: int) -> bytes:
        """Return a mail as it came over the wire. `n` counts her received mails from 1, oldest first."""
        mails = [
            letter
            for letter in self._store.letters(person.member_number)
            if letter.channel == "email" and not letter.outgoing
        ]
        if not 1 <= n <= len(mails):
            raise NotFound(f"This customer has received {len(mails)} mails; there is no number {n}.", kind="mail")
        return mails[n - 1].raw or b""

    def has_line(self, person: Person) -> bool:
        """Say whether she made friends with the account on LINE."""
        return bool(self._line.friends.user_of(person))

    def state(self, person: Person) -> dict[str, Any]:
        """Return all that the page of a phone shows and refreshes."""
        code, now = self.code(person), self._clock()
        return {
            "now": _clock_text(now),
            "code": code.text,
            "seconds_left": code.seconds_left,
            "moment": code.moment,
            "blocked": self._line.blocked(self._line.friends.user_of(person)),
            "letters": [_shown(letter, now) for letter in self._store.letters(person.member_number)],
        }

    def reply(self, person: Person, channel: str, text: str, *, to: int | None = None, quote: bool = False) -> None:
        """Let her answer by LINE or mail.

        Raise BadField for another channel or no text, BadInput where she has nothing to answer by or to, Conflict while
        she blocks the account.
        """
        if not text.strip() or len(text) > MAX_REPLY:
            raise BadField(f"text is allowed from 1 to {MAX_REPLY} characters.", field="text")
        if channel == "app":
            raise BadInput("A push cannot be answered.", reason="push_one_way")
        if channel == "sms":
            raise BadInput("Text messages are one-way in Japan: they cannot be answered.", reason="sms_one_way")
        if channel == "line":
            self._line.say(person, text)
        elif channel == "email":
            self._mail.reply(person, text, to=to, quote=quote)
        else:
            raise BadField(f"channel is {channel[:20]!r}; allowed are line and email.", field="channel")

    def send_picture(self, person: Person, channel: str, picture: bytes, media_type: str) -> None:
        """Let her send a picture by LINE, or in answer to her newest mail. Raises what `reply` does."""
        if media_type not in PICTURES or not 0 < len(picture) <= MAX_PICTURE:
            raise BadField(f"A picture is one of {', '.join(PICTURES)}, up to {MAX_PICTURE} bytes.", field="picture")
        if channel == "line":
            self._line.send_picture(person, picture, media_type)
        elif channel == "email":
            self._mail.reply(person, "", picture=(picture, media_type))
        else:
            raise BadField(f"channel is {channel[:20]!r}; allowed are line and email.", field="channel")

    def sent_picture(self, person: Person, n: int) -> tuple[bytes, str]:
        """Return a picture that she sent, and its type."""
        letter = self._store.letter(person.member_number, n)
        if letter is None or not letter.raw or "media_type" not in letter.extra:
            raise NotFound("This customer sent no such picture.", kind="picture")
        return letter.raw, str(letter.extra["media_type"])

    def befriend(self, person: Person) -> None:
        self._line.befriend(person)

    def block(self, person: Person, blocked: bool) -> None:
        self._line.block(person, blocked)


def _shown(letter: Letter, now: datetime) -> dict[str, Any]:
    local = letter.at.astimezone(JAPAN)
    today = local.date() == now.astimezone(JAPAN).date()
    return {
        "n": letter.n,
        "channel": letter.channel,
        "outgoing": letter.outgoing,
        "from": letter.sender,
        "reply_to": letter.reply_to,
        "subject": letter.subject,
        "text": letter.text,
        "links": list(letter.links),
        "time": local.strftime("%H:%M") if today else f"{local.month}/{local.day} {local:%H:%M}",
        "picture": letter.extra.get("picture", ""),
        "sent_picture": "media_type" in letter.extra,
        "to": letter.extra.get("to", ""),
    }


def _clock_text(now: datetime) -> str:
    return now.astimezone(JAPAN).strftime("%H:%M")
