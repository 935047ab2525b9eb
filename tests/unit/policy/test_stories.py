"""Each signal over written stories: what is proposed and how staff read it, in Japanese and in English, or silence."""

import importlib
import pkgutil
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from clienteling.formats import Frame
from clienteling.words import word
from sync.policy.signals import SIGNALS
from tests.unit.policy import stories
from tests.unit.policy.build import GINZA
from tests.unit.policy.stories.story import Story

TOLD = {
    name: importlib.import_module(f"{stories.__name__}.{name}")
    for _, name, _ in pkgutil.iter_modules(stories.__path__)
    if name != "story"
}
NAMES = {"ja": {GINZA: "銀座本店", "gold": "ゴールド"}, "en": {GINZA: "Ginza", "gold": "ゴールド"}}


def _name(names: dict[str, str], code: str) -> str:
    return names.get(code, "—")


def each() -> Iterator[Any]:
    for name, told in TOLD.items():
        for number, story in enumerate(told.STORIES, 1):
            yield pytest.param(told.SIGNAL, story, id=f"{name}-{number}-{story.en}")


@pytest.mark.parametrize(("signal", "story"), list(each()))
def test_the_story_ends_as_told(signal: Any, story: Story) -> None:
    """The signal proposes what the story says, on its day and in its words, or is silent where the story is."""
    found = signal(story.facts, now=story.now, zone=story.zone, playbook=story.playbook)
    if story.heard is None:
        assert found is None
        return
    assert found is not None
    said = {
        language: word(found.evidence, language, Frame(story.zone, story.now, partial(_name, names)))
        for language, names in NAMES.items()
    }
    assert said == {"ja": story.heard.ja, "en": story.heard.en}
    assert story.heard.params.items() <= found.evidence.params.items()
    assert found.template == (story.heard.template or found.cause.value)
    assert found.due_at < found.stale_after
    assert story.now < found.stale_after or found.cause.value == "reply"
    if story.heard.due:
        assert found.due_at.astimezone(story.zone).date().isoformat() == story.heard.due


def test_every_signal_is_told_of() -> None:
    """At least three stories each, one that ends in a proposal and one in silence, with a title in both languages."""
    assert {told.SIGNAL for told in TOLD.values()} == set(SIGNALS)
    for name, told in TOLD.items():
        assert len(told.STORIES) >= 3, name
        assert {story.heard is None for story in told.STORIES} == {True, False}, name
        assert all(story.ja and story.en for story in told.STORIES)
        assert len({story.ja for story in told.STORIES}) == len(told.STORIES), name
