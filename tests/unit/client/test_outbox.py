"""Commands on their way: kept first, shown at once, sent once, answered, settled."""

from sync.client import SyncStatus
from sync.errors import BadField, Offline
from sync.model.commands import CancelMessage, CloseFollowUp
from sync.model.customer import Interaction
from sync.model.outreach import FollowUp, FollowUpState, Message, MessageState
from sync.protocol import PushRequest
from tests.unit.client.build import World, history, message, note


def _notes(world: World) -> list[str]:
    return [one.text for one in world.client.cache.customer_range("customer-1") if isinstance(one, Interaction)]


def _message(world: World) -> Message:
    found = world.client.cache.record("message", "message-1")
    assert isinstance(found, Message)
    return found


def _follow_up(world: World) -> FollowUp:
    found = world.client.cache.record("follow_up", "follow-up-1")
    assert isinstance(found, FollowUp)
    return found


def test_a_note_is_shown_at_once_and_waits_while_offline(synced: World) -> None:
    """Without a network a command shows its effect and is counted as waiting."""
    synced.server.down = True
    synced.client.submit(note(), "staff-1")
    report = synced.client.sync_once()
    assert isinstance(report.error, Offline)
    assert _notes(synced) == ["紺がお好き"]
    status = synced.client.status()
    assert (status.online, status.waiting, status.held) == (False, 1, 0)


def test_it_arrives_once_when_the_network_is_back(synced: World) -> None:
    """What waited is sent in the order it was given, numbered without gaps, and its effect is the server's then."""
    synced.server.down = True
    for number in range(1, 4):
        synced.client.submit(note(number, f"メモ{number}"), "staff-1")
        synced.client.sync_once()
    synced.server.down = False
    assert synced.client.sync_once().pushed == 3
    assert [(one.seq, one.command.interaction_id) for one in synced.server.commands] == [  # type: ignore[union-attr]
        (1, "note-1"),
        (2, "note-2"),
        (3, "note-3"),
    ]
    assert _notes(synced) == ["メモ1", "メモ2", "メモ3"]
    assert synced.client.status().waiting == 0


def test_a_lost_answer_doubles_nothing(synced: World) -> None:
    """The server took a command but its answer never came: the same id goes again, and it is there once."""
    synced.server.lose_answers = 1
    synced.client.submit(note(), "staff-1")
    assert isinstance(synced.client.sync_once().error, Offline)
    assert synced.client.status().waiting == 1
    assert _notes(synced) == ["紺がお好き"]
    assert synced.client.sync_once().error is None
    assert len(synced.server.commands) == 1
    assert synced.server.calls.count("push") == 2
    assert _notes(synced) == ["紺がお好き"]


def test_a_held_command_is_recalled(synced: World) -> None:
    """Within the hold a message may be undone: it never reaches the server, and its effect is gone."""
    command_id = synced.client.submit(message(follow_up_id="follow-up-1"), "staff-1", hold_seconds=10)
    synced.client.sync_once()
    assert _message(synced).state is MessageState.QUEUED
    assert _follow_up(synced).state is FollowUpState.SCHEDULED
    assert synced.client.status().held == 1
    assert synced.client.recall(command_id)
    assert synced.client.cache.record("message", "message-1") is None
    assert _follow_up(synced).state is FollowUpState.OPEN
    synced.clock.advance(seconds=11)
    synced.client.sync_once()
    assert synced.server.commands == []
    assert not synced.client.recall(command_id)


def test_after_the_hold_it_goes_and_cannot_be_recalled(synced: World) -> None:
    """A hold ends after its seconds; once released to the server a command is out of reach."""
    command_id = synced.client.submit(message(), "staff-1", hold_seconds=10)
    synced.clock.advance(seconds=9.9)
    synced.client.sync_once()
    assert synced.server.commands == []
    synced.clock.advance(seconds=0.2)
    synced.client.sync_once()
    assert len(synced.server.commands) == 1
    assert not synced.client.recall(command_id)
    assert _message(synced).state is MessageState.SENT


def test_released_but_unanswered_cannot_be_recalled(synced: World) -> None:
    """A command that may have reached the server is not taken back, though no answer came."""
    synced.server.lose_answers = 1
    command_id = synced.client.submit(message(), "staff-1", hold_seconds=10)
    synced.clock.advance(seconds=11)
    synced.client.sync_once()
    assert not synced.client.recall(command_id)
    assert synced.client.status().waiting == 1


def test_a_command_without_hold_is_not_recalled(synced: World) -> None:
    """Undo exists only for what was held."""
    assert not synced.client.recall(synced.client.submit(note(), "staff-1"))


def test_held_commands_do_not_keep_others_back(synced: World) -> None:
    """A note given after a held message goes at once; numbers follow the order of release."""
    synced.client.submit(message(), "staff-1", hold_seconds=10)
    synced.client.submit(note(), "staff-1")
    synced.client.sync_once()
    synced.clock.advance(seconds=11)
    synced.client.sync_once()
    assert [(one.seq, one.command.type) for one in synced.server.commands] == [
        (1, "log_interaction"),
        (2, "queue_message"),
    ]


def test_what_changes_a_held_command_waits_for_it(synced: World) -> None:
    """Cancelling a message within its hold goes after the message: before it, the server would know of nothing to cancel."""
    synced.client.submit(message(), "staff-1", hold_seconds=10)
    synced.client.submit(CancelMessage(message_id="message-1", customer_id="customer-1"), "staff-1")
    other = CloseFollowUp(follow_up_id="follow-up-2", customer_id="customer-2", outcome="done")
    synced.client.submit(other, "staff-1")
    assert _message(synced).state is MessageState.CANCELLED
    synced.client.sync_once()
    assert [one.command.type for one in synced.server.commands] == ["close_follow_up"]
    synced.clock.advance(seconds=11)
    synced.client.sync_once()
    assert [one.command.type for one in synced.server.commands[1:]] == ["queue_message", "cancel_message"]


def test_a_hold_does_not_outlast_a_clock_set_back(synced: World) -> None:
    """A device's clock that jumps back by hours does not keep a message for hours."""
    synced.client.submit(message(), "staff-1", hold_seconds=10)
    synced.clock.advance(hours=-5)
    synced.client.sync_once()  # the server's answer tells the earlier time; the hold is then over
    synced.client.sync_once()
    assert len(synced.server.commands) == 1


def test_a_refusal_undoes_the_effect_and_stays_visible(synced: World) -> None:
    """A refused command does not block those behind it; staff see it until they dismiss it, also after a restart."""
    synced.server.refuse = {"queue_message": "no_consent"}
    command_id = synced.client.submit(message(follow_up_id="follow-up-1"), "staff-1")
    synced.client.submit(note(), "staff-1")
    report = synced.client.sync_once()
    assert (report.pushed, report.refused) == (2, 1)
    assert synced.client.cache.record("message", "message-1") is None
    assert _follow_up(synced).state is FollowUpState.OPEN
    assert _notes(synced) == ["紺がお好き"]
    status: SyncStatus = synced.reopen().status()
    (refused,) = status.refused
    assert (refused.command_id, refused.customer_id, refused.type) == (command_id, "customer-1", "queue_message")
    assert refused.reason is not None
    assert refused.reason.code == "no_consent"
    synced.client.dismiss_refused(command_id)
    assert synced.client.status().refused == ()


def test_one_bad_command_does_not_stop_the_batch(synced: World) -> None:
    """Where the server cannot take a batch for one command's sake, that one is refused and the others arrive."""

    def fail(request: PushRequest) -> BadField | None:
        bad = [one for one in request.commands if one.command.type == "queue_message"]
        return BadField(field="body") if bad else None

    synced.server.fail_push = fail
    for number in range(1, 6):
        synced.client.submit(note(number), "staff-1")
    synced.client.submit(message(), "staff-1")
    for number in range(6, 11):
        synced.client.submit(note(number), "staff-1")
    report = synced.client.sync_once()
    assert report.error is None
    assert len(synced.server.commands) == 10
    (refused,) = synced.client.status().refused
    assert (refused.type, refused.reason.code if refused.reason else "") == ("queue_message", "bad_field")


def test_an_effect_stands_until_the_feed_brings_it(synced: World) -> None:
    """Between the server's yes and its own record in the feed the note does not vanish from the screen."""
    synced.server.hold_feed = True
    synced.client.submit(note(), "staff-1")
    synced.client.sync_once()
    assert synced.client.status().waiting == 0
    assert _notes(synced) == ["紺がお好き"]
    assert [one.text for one in synced.reopen().cache.records("interaction") if isinstance(one, Interaction)] == [
        "紺がお好き"
    ]
    synced.server.release_feed()
    synced.client.sync_once()
    assert _notes(synced) == ["紺がお好き"]
    assert synced.client.cache.overlay.customers() == set()


def test_an_accepted_effect_the_server_never_shows_fades(synced: World) -> None:
    """Where the server decided otherwise, its records win after ten minutes."""
    synced.server.hold_feed = True
    synced.client.submit(note(), "staff-1")
    synced.client.sync_once()
    synced.clock.advance(minutes=11)
    synced.client.sync_once()
    assert _notes(synced) == []


def test_the_servers_record_is_not_covered_by_an_unanswered_effect(synced: World) -> None:
    """The answer was lost, but the feed already shows the message as sent: sent it is."""
    synced.client.submit(message(), "staff-1")
    synced.server.lose_answers = 1
    synced.client.sync_once()
    assert _message(synced).state is MessageState.QUEUED
    synced.server.fail_push = lambda _: None
    synced.client.sync_once()
    assert _message(synced).state is MessageState.SENT


def test_who_may_only_draft_waits_for_approval(synced: World) -> None:
    """A message of somebody who may not send shows as waiting for a manager."""
    synced.server.down = True
    synced.client.submit(message(follow_up_id="follow-up-1"), "staff-3")
    assert _message(synced).state is MessageState.AWAITING_APPROVAL
    assert _follow_up(synced).state is FollowUpState.AWAITING_APPROVAL


def test_effects_build_on_each_other(synced: World) -> None:
    """Offline, a manager's step follows from the draft before it, and cancelling frees the follow-up."""
    from sync.model.commands import ApproveMessage, CancelMessage, ReturnMessage

    synced.server.down = True
    step = {"message_id": "message-1", "customer_id": "customer-1"}
    synced.client.submit(message(follow_up_id="follow-up-1"), "staff-3")
    synced.client.submit(ApproveMessage(**step), "staff-2")
    assert (_message(synced).state, _message(synced).approved_by) == (MessageState.QUEUED, "staff-2")
    assert _follow_up(synced).state is FollowUpState.SCHEDULED
    synced.client.submit(CancelMessage(**step), "staff-2")
    assert _message(synced).state is MessageState.CANCELLED
    assert (_follow_up(synced).state, _follow_up(synced).message_id) == (FollowUpState.OPEN, None)
    synced.client.submit(ReturnMessage(**step, comment="敬称を"), "staff-2")  # too late: nothing waits any more
    assert _message(synced).state is MessageState.CANCELLED


def test_200_commands_go_in_batches(synced: World) -> None:
    """A long time offline is sent in batches until nothing waits."""
    for number in range(250):
        synced.client.submit(note(number), "staff-1")
    assert synced.client.sync_once().pushed == 250
    assert synced.server.calls.count("push") == 3
    assert len(_notes(synced)) == 250


def test_a_long_backlog_does_not_keep_others_work_waiting(synced: World) -> None:
    """A thousand commands go in one round, then what others did comes in; the rest follows with the next round, at once."""
    for number in range(1050):
        synced.client.submit(note(number, "メモ", f"customer-{number % 99}"), "staff-1")
    synced.server.put(history(2)[0].model_copy(update={"points": 77}))
    report = synced.client.sync_once()
    assert (report.error, report.pushed, report.again_soon) == (None, 1000, True)
    assert synced.client.cache.record("customer", "customer-2") is not None
    report = synced.client.sync_once()
    assert (report.error, report.pushed, report.again_soon) == (None, 50, False)
