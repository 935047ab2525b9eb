"""What is left on the disk of the tablet's browser once it was used: nobody."""

from pathlib import Path

from playwright.sync_api import Browser

from tests.browser import FLAGS, obtain
from tests.journeys.demo import Demo
from tests.journeys.tablet import Tablet
from tests.security.searching import found

LANGUAGE = "ja"


def test_the_browsers_profile_names_nobody(chromium: Browser, demo: Demo, language: str, tmp_path: Path) -> None:
    """A browser that keeps its profile, cache and storage shows several customers; then none of its files holds a name, kana,
    number or address of theirs, while it does hold what it was told to keep."""
    people = demo.people()[:6]
    profile = tmp_path / "profile"
    context = chromium.browser_type.launch_persistent_context(
        profile, executable_path=obtain(), args=FLAGS, viewport={"width": 1180, "height": 820}, locale="ja-JP"
    )
    try:
        tablet = Tablet(context.new_page(), demo.tablet)
        tablet.open()
        tablet.speak(language)
        tablet.sign_in("髙橋(美)")
        for person in people:
            tablet.open_member(person["member_number"], person["name"])
            tablet.sees(person["kana"])
        tablet.sign_out()
        tablet.page.evaluate("localStorage.setItem('kept', 'kept-by-the-browser')")
    finally:
        context.close()
    words = {str(person.get(part) or "") for person in people for part in ("name", "kana", "phone", "email")}
    words |= {word.replace(" ", "") for word in words}
    assert len(words - {""}) >= 4 * len(people)
    assert found(profile, ["kept-by-the-browser"]), "the search finds what the browser keeps"
    assert found(profile, sorted(words - {""})) == set()
