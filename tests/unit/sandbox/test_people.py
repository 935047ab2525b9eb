"""Who is reached under which address."""

import json
import os

import pytest

from sync.sandbox.links import links_in
from sync.sandbox.people import Brand, People, normal_phone
from sync.sandbox.supervisor import senders_of
from tests.unit.sandbox.outside import Outside


@pytest.mark.parametrize("text", ["090-1111-2222", "+81 90 1111 2222", "(090)1111-2222", "+819011112222"])
def test_japanese_numbers_meet_in_one_form(text: str) -> None:
    """However a number is written, it is the same telephone."""
    assert normal_phone(text) == "+819011112222"


def test_people_are_found_by_every_address(outside: Outside) -> None:
    """LINE id, shared telephone, first and further mail address, in any letter case."""
    people = outside.world.people
    assert [one.member_number for one in people.by_line("U" + "a" * 32)] == ["100001"]
    assert [one.member_number for one in people.by_phone("+819011112222")] == ["100001", "100003"]
    assert [one.member_number for one in people.by_email("MIDORI@EXAMPLE.COM")] == ["100001"]
    assert [one.member_number for one in people.by_email("m.sasaki@work.example")] == ["100001"]
    assert people.by_email("") == people.by_phone("") == people.by_line("") == []


def test_files_made_later_are_seen(outside: Outside) -> None:
    """The retailer may be made while the world already runs."""
    path = outside.data / "retailer" / "addresses.json"
    path.write_text(json.dumps([{"member_number": "7", "name": "新"}]))
    os.utime(path, (1, 1))
    assert outside.world.people.find("7") is not None


def test_nobody_before_the_files_are_there(outside: Outside) -> None:
    """Without files there are no customers, and no failure."""
    people = People(outside.data / "nothing")
    assert (people.count(), people.worth_trying(), people.find("1")) == (0, [], None)
    assert people.brand().number == 1


@pytest.mark.parametrize(
    ("name", "sender"), [("KAZAMI", "KAZAMI"), ("かざみ", None), ("A Brand Too Long", None), ("7", None)]
)
def test_brand_writes_in_its_own_name_where_it_can(name: str, sender: str | None) -> None:
    """A text's sender has up to 11 Latin characters; a brand that does not fit keeps the demo's own."""
    senders = senders_of(Brand(1, name, name, "kazami.example.jp"))
    assert senders.get("twilio_from") == sender
    assert senders["mail_from"] == "shop@kazami.example.jp"


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("詳しくはhttps://a.example/x。", ("https://a.example/x",)),
        ("（https://a.example/x?y=1&z=2）と「http://b.example」", ("https://a.example/x?y=1&z=2", "http://b.example")),
        ("See https://a.example/x. Or https://a.example/x!", ("https://a.example/x",)),
        ("ftp://a.example や a.example", ()),
    ],
)
def test_links_end_where_the_sentence_does(text: str, links: tuple[str, ...]) -> None:
    """Japanese and Latin punctuation after a link is not part of it; each link counts once."""
    assert links_in(text) == links
