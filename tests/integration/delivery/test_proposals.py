"""Follow-ups from signals, run over everybody."""

from datetime import datetime, timedelta

from sqlalchemy import Engine

from sync.model.catalogue import Money, Product, StockLevel, Variant
from sync.model.customer import (
    BrowseEvent,
    Channel,
    Consent,
    ConsentPurpose,
    ConsentState,
    Customer,
    Interaction,
    Order,
    OrderLine,
    Visit,
    WebActivity,
)
from sync.model.holds import Hold, HoldState, HoldWay
from sync.model.outreach import Cause, Direction, FollowUp, FollowUpState, MessageState
from sync.model.shop import Shop, ShopKind, Staff
from sync.policy.playbook import load_playbook
from sync.server import feed
from sync.server.database import reading
from sync.server.proposals import propose_all, propose_for, touched_since
from sync.server.repository.delivery import Delivery
from sync.server.repository.shelves import later, tills, tills_between
from tests.integration.delivery.house import CUSTOMER, NOON, SHOP, STAFF, MovableClock, all_of, message, put

PLAYBOOK = load_playbook()
HERS = message(
    Channel.LINE,
    Cause.REPLY,
    id="hers",
    direction=Direction.IN,
    state=MessageState.RECEIVED,
    at=NOON - timedelta(hours=2),
    body="在庫はありますか？",
)

HELD = Hold(
    id="h1",
    variant_id="p1-m",
    shop_id=SHOP.id,
    for_shop_id=SHOP.id,
    way=HoldWay.KEEP,
    state=HoldState.HELD,
    by=STAFF.id,
    at=NOON,
    until=NOON + timedelta(days=3),
    state_at=NOON,
)


def follow_ups(engine: Engine, cause: Cause | None = None) -> list[FollowUp]:
    found = [f for f in all_of(engine, FollowUp) if isinstance(f, FollowUp)]
    return [f for f in found if cause is None or f.cause is cause]


def somebody_buys(at: datetime) -> tuple[Customer, Order]:
    """Another customer's purchase in the same shop: its tills have reported up to then."""
    other = CUSTOMER.model_copy(
        update={"id": "other", "member_number": "2", "line_user_id": "", "email": "", "phone": ""}
    )
    line = OrderLine(variant_id="v", sku="s", name="…", category="knit", price=Money(amount=9000))
    bought = Order(
        id=f"order-{at:%H%M}", customer_id=other.id, number="N", shop_id=SHOP.id, at=at, lines=(line,), total=line.price
    )
    return other, bought


def test_a_question_of_hers_becomes_a_follow_up(store: Delivery, engine: Engine, clock: MovableClock) -> None:
    """It lies with the person she wrote to, with its evidence, and is made once however often the rules run."""
    put(engine, clock, HERS)
    first = propose_all(engine, clock, PLAYBOOK)
    [reply] = follow_ups(engine, Cause.REPLY)
    assert (reply.assignee_id, reply.shop_id, reply.state) == (STAFF.id, SHOP.id, FollowUpState.OPEN)
    assert reply.evidence.params["message_id"] == "hers"
    assert (first.customers, first.opened) == (1, 1)
    again = propose_all(engine, clock, PLAYBOOK, batch=1)
    assert (again.opened, again.updated, again.dismissed) == (0, 0, 0)


def test_what_staff_closed_stays_closed(store: Delivery, engine: Engine, clock: MovableClock) -> None:
    """A done or dismissed follow-up is not opened again for the same episode, and one under way is left alone."""
    put(engine, clock, HERS)
    propose_all(engine, clock, PLAYBOOK)
    for state in (FollowUpState.DONE, FollowUpState.DISMISSED, FollowUpState.SCHEDULED, FollowUpState.RETURNED):
        [reply] = follow_ups(engine)
        put(engine, clock, reply.model_copy(update={"state": state}))
        propose_all(engine, clock, PLAYBOOK)
        assert [f.state for f in follow_ups(engine)] == [state]


def test_an_answered_question_is_dismissed(store: Delivery, engine: Engine, clock: MovableClock) -> None:
    """Once somebody wrote to her, the reason is gone, and so is the follow-up."""
    put(engine, clock, HERS)
    propose_all(engine, clock, PLAYBOOK)
    put(engine, clock, message(Channel.LINE, Cause.REPLY, at=NOON, state=MessageState.SENT, sent_at=NOON))
    assert propose_all(engine, clock, PLAYBOOK).dismissed == 1
    assert [f.state for f in follow_ups(engine)] == [FollowUpState.DISMISSED]


def test_a_stale_follow_up_is_dismissed(store: Delivery, engine: Engine, clock: MovableClock) -> None:
    """After its time a follow-up goes from the queue by itself."""
    put(engine, clock, HERS)
    propose_all(engine, clock, PLAYBOOK)
    clock.pass_by(days=4)
    propose_all(engine, clock, PLAYBOOK)
    [late] = follow_ups(engine)
    assert (late.state, late.closed and late.closed.params["why"]) == (FollowUpState.DISMISSED, "late")


def test_a_complaint_holds_back_without_closing(store: Delivery, engine: Engine, clock: MovableClock) -> None:
    """While a complaint is open nothing new is proposed of our own accord; what is open already stays in its place."""
    visit = Visit(id="v1", customer_id=CUSTOMER.id, shop_id=SHOP.id, at=NOON - timedelta(days=1))
    put(engine, clock, visit, *somebody_buys(NOON))
    clock.pass_by(days=1)
    propose_all(engine, clock, PLAYBOOK)
    before = follow_ups(engine)
    assert before
    complaint = Interaction(
        id="i1",
        customer_id=CUSTOMER.id,
        shop_id=SHOP.id,
        staff_id=STAFF.id,
        at=clock.now,
        tags=PLAYBOOK.contact.complaint_tags[:1],
    )
    put(engine, clock, complaint, visit.model_copy(update={"id": "v2", "at": clock.now - timedelta(hours=1)}))
    propose_all(engine, clock, PLAYBOOK)
    assert follow_ups(engine) == before


def test_who_left_gets_no_follow_ups(store: Delivery, engine: Engine, clock: MovableClock) -> None:
    """It then lies with the shop, in nobody's name; and never in the queue of the web shop, where nobody stands."""
    web = Shop(id="shop-web", code="web", name="Web", brand="エルム", controller="x", shop_kind=ShopKind.WEB)
    elsewhere = Staff(id=STAFF.id, code="t1", family_name="髙橋", given_name="美咲", shop_id=SHOP.id, active=False)
    put(engine, clock, web, elsewhere, HERS.model_copy(update={"shop_id": web.id}))
    propose_all(engine, clock, PLAYBOOK)
    [reply] = follow_ups(engine)
    assert (reply.assignee_id, reply.shop_id) == (None, SHOP.id)


def test_staff_keep_what_they_gave_each_other(store: Delivery, engine: Engine, clock: MovableClock) -> None:
    """New evidence updates an open follow-up and leaves its assignee as staff set it."""
    put(engine, clock, HERS)
    propose_all(engine, clock, PLAYBOOK)
    [reply] = follow_ups(engine)
    put(engine, clock, reply.model_copy(update={"assignee_id": "somebody"}))
    put(engine, clock, HERS.model_copy(update={"id": "again", "at": NOON - timedelta(hours=1)}))
    assert propose_all(engine, clock, PLAYBOOK).updated == 1
    [reply] = follow_ups(engine)
    assert (reply.assignee_id, reply.evidence.params["unanswered"]) == ("somebody", 2)


def test_the_feed_tells_who_was_touched(store: Delivery, engine: Engine, clock: MovableClock) -> None:
    """A customer whose records changed is looked at soon; follow-ups themselves do not count."""
    feed.sequence(engine)
    with reading(engine) as conn:
        cursor = feed.whole_head(conn)
    put(engine, clock, HERS)
    feed.sequence(engine)
    with reading(engine) as conn:
        touched, cursor = touched_since(conn, cursor)
    assert touched == {CUSTOMER.id}
    propose_for(engine, clock, PLAYBOOK, sorted(touched))
    assert len(follow_ups(engine)) == 1
    feed.sequence(engine)
    with reading(engine) as conn:
        assert touched_since(conn, cursor)[0] == set()


def test_what_was_not_bought_waits_for_the_tills(store: Delivery, engine: Engine, clock: MovableClock) -> None:
    """While the shop's tills have not reported past her visit nobody thanks her for it: she may have bought."""
    visit = Visit(id="v1", customer_id=CUSTOMER.id, shop_id=SHOP.id, at=NOON - timedelta(days=1))
    put(engine, clock, visit, *somebody_buys(NOON - timedelta(days=1, hours=1)))
    propose_all(engine, clock, PLAYBOOK)
    assert follow_ups(engine, Cause.AFTER_VISIT) == []
    put(engine, clock, *somebody_buys(NOON - timedelta(hours=20)))
    propose_all(engine, clock, PLAYBOOK)
    assert len(follow_ups(engine, Cause.AFTER_VISIT)) == 1


def test_the_tills_are_followed_by_the_feed(store: Delivery, engine: Engine, clock: MovableClock) -> None:
    """What the feed tells of new orders is as good as reading all of them."""
    put(engine, clock, CUSTOMER, *somebody_buys(NOON - timedelta(hours=3)))
    feed.sequence(engine)
    with reading(engine) as conn:
        known, place = tills(conn, NOON), feed.whole_head(conn)
    put(engine, clock, *somebody_buys(NOON - timedelta(hours=1)), *somebody_buys(NOON - timedelta(hours=2)))
    feed.sequence(engine)
    with reading(engine) as conn:
        more = tills_between(conn, place, feed.whole_head(conn), NOON)
        assert later(known, more) == tills(conn, NOON) == {SHOP.id: NOON - timedelta(hours=1)}


def test_what_she_wants_is_found_on_the_shelf(store: Delivery, engine: Engine, clock: MovableClock) -> None:
    """What is on her wish list becomes a follow-up once it lies in her shop, with her consent; and goes when it is sold."""
    product = Product(id="p1", code="p1", name="ウールコート", category="coat")
    variant = Variant(id="p1-m", product_id="p1", sku="p1-m", price=Money(amount=98000))
    wish = WebActivity(
        id="w1",
        customer_id=CUSTOMER.id,
        at=NOON - timedelta(days=3),
        event=BrowseEvent.PRODUCT_ADDED_TO_WISHLIST,
        product_id="p1",
        variant_id="p1-m",
    )
    agreed = Consent(
        id="c1",
        customer_id=CUSTOMER.id,
        purpose=ConsentPurpose.ONLINE_HISTORY,
        state=ConsentState.GRANTED,
        at=NOON - timedelta(days=90),
        source="import",
    )
    ours = message(Channel.LINE, Cause.AFTER_VISIT, id="m1", at=NOON - timedelta(days=60), state=MessageState.SENT)
    put(engine, clock, product, variant, wish, agreed, ours.model_copy(update={"sent_at": ours.at}))
    put(engine, clock, CUSTOMER.model_copy(update={"home_shop_id": SHOP.id}), *somebody_buys(NOON - timedelta(days=1)))
    propose_all(engine, clock, PLAYBOOK)
    assert follow_ups(engine, Cause.WANTED_IN_STOCK) == []
    level = StockLevel(id="s1", variant_id="p1-m", shop_id=SHOP.id, quantity=1, at=NOON)
    put(engine, clock, level)
    propose_all(engine, clock, PLAYBOOK)
    [found] = follow_ups(engine, Cause.WANTED_IN_STOCK)
    assert found.evidence.params["last_one"] is True
    put(engine, clock, level.model_copy(update={"quantity": 0}))
    propose_all(engine, clock, PLAYBOOK)
    [closed] = follow_ups(engine, Cause.WANTED_IN_STOCK)
    assert (closed.state, closed.closed and closed.closed.params["why"]) == (FollowUpState.DISMISSED, "gone")
    clock.pass_by(hours=5)
    put(engine, clock, level.model_copy(update={"since": clock.now, "at": clock.now}))
    for _again in range(2):
        propose_all(engine, clock, PLAYBOOK)
        states = {f.id: f.state for f in follow_ups(engine, Cause.WANTED_IN_STOCK)}
        assert states.pop(closed.id) is FollowUpState.DISMISSED
        assert list(states.values()) == [FollowUpState.OPEN], "come back, it is another episode, and one only"
    put(engine, clock, level.model_copy(update={"quantity": 2, "since": clock.now, "at": clock.now}), HELD)
    propose_all(engine, clock, PLAYBOOK)
    [still] = [f for f in follow_ups(engine, Cause.WANTED_IN_STOCK) if f.state is FollowUpState.OPEN]
    assert still.evidence.params["last_one"] is True, "of two, one is held for somebody"
    put(engine, clock, HELD.model_copy(update={"id": "h2"}))
    propose_all(engine, clock, PLAYBOOK)
    assert not [f for f in follow_ups(engine, Cause.WANTED_IN_STOCK) if f.state is FollowUpState.OPEN], "none is free"


def test_points_are_talk_for_the_shop(store: Delivery, engine: Engine, clock: MovableClock) -> None:
    """What is campaign lies with the shop, in nobody's name, although somebody looks after her."""
    points = {"points": 900, "points_expire_on": NOON.date() + timedelta(days=5), "home_shop_id": SHOP.id}
    put(engine, clock, HERS, CUSTOMER.model_copy(update={**points, "person_in_charge_id": STAFF.id}))
    propose_all(engine, clock, PLAYBOOK)
    [reply], [expire] = follow_ups(engine, Cause.REPLY), follow_ups(engine, Cause.POINTS_EXPIRE)
    assert (reply.assignee_id, expire.assignee_id, expire.shop_id) == (STAFF.id, None, SHOP.id)
    assert (reply.strength, expire.strength) == (1.0, 0.5), "by which the queue is in order"


def test_points_that_nobody_may_write_of_any_more(store: Delivery, engine: Engine, clock: MovableClock) -> None:
    """Where she takes back her consent to campaigns, the open follow-up ends and says why, and none opens again."""
    points = {"points": 900, "points_expire_on": NOON.date() + timedelta(days=5), "home_shop_id": SHOP.id}
    put(engine, clock, CUSTOMER.model_copy(update=points))
    propose_all(engine, clock, PLAYBOOK)
    assert [f.state for f in follow_ups(engine)] == [FollowUpState.OPEN]
    refused = Consent(
        id="c-refused",
        customer_id=CUSTOMER.id,
        purpose=ConsentPurpose.CAMPAIGN,
        state=ConsentState.REFUSED,
        at=NOON,
        source="staff",
    )
    put(engine, clock, refused)
    for more in ({}, {"points_expire_on": NOON.date() + timedelta(days=6)}):
        put(engine, clock, CUSTOMER.model_copy(update={**points, **more}))
        propose_all(engine, clock, PLAYBOOK)
        [expire] = follow_ups(engine)
        assert (expire.state, expire.closed and expire.closed.params["why"]) == (FollowUpState.DISMISSED, "unreachable")


def test_who_is_back_is_told_to_whom_she_knows_best(store: Delivery, engine: Engine, clock: MovableClock) -> None:
    """In the shop to which she came, to the person in charge; where there is none any more, to whoever met her most; and
    in that person's own shop, where that is another."""
    away = Staff(id="staff-away", code="y1", family_name="林", given_name="玲", shop_id="shop-yokohama")
    yokohama = SHOP.model_copy(update={"id": "shop-yokohama", "code": "yokohama"})
    met = [
        Visit(id=f"v{days}", customer_id=CUSTOMER.id, shop_id=shop, staff_id=staff, at=NOON - timedelta(days=days))
        for days, shop, staff in ((500, SHOP.id, STAFF.id), (400, yokohama.id, away.id), (300, yokohama.id, away.id))
    ]
    came = Visit(id="now", customer_id=CUSTOMER.id, shop_id=SHOP.id, at=NOON - timedelta(hours=1))
    put(engine, clock, yokohama, away, *met, came, CUSTOMER.model_copy(update={"home_shop_id": yokohama.id}))
    propose_all(engine, clock, PLAYBOOK)
    [back] = follow_ups(engine, Cause.RETURNED)
    assert (back.assignee_id, back.shop_id) == (STAFF.id, SHOP.id)
    late = {
        "id": "late",
        "member_number": "3",
        "line_user_id": "",
        "email": "",
        "phone": "",
        "person_in_charge_id": None,
    }
    theirs = [one.model_copy(update={"id": f"late-{one.id}", "customer_id": "late"}) for one in (*met, came)]
    put(engine, clock, CUSTOMER.model_copy(update=late), *theirs)
    propose_all(engine, clock, PLAYBOOK)
    [other] = [one for one in follow_ups(engine, Cause.RETURNED) if one.customer_id == "late"]
    assert (other.assignee_id, other.shop_id) == (away.id, yokohama.id)
