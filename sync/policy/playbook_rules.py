"""The parts of the playbook by which signals, restraint and the stage of a relationship are judged."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Days = Annotated[int, Field(ge=0, le=3650)]

Experience = Literal["knew", "visited", "first_bought", "consulted", "replied", "repeated", "recommended", "regular"]
"""What a customer may have lived through with us, in the order of the way."""


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Returned(Part):
    away_days: int = Field(ge=1, le=3650)
    history_days: int = Field(ge=1, le=100)
    """On how many days she must have been with us before."""
    fresh_days: int = Field(ge=1, le=60)
    """How long after she came or booked the welcome still is one."""


class Lapsed(Part):
    history_days: int = Field(ge=3, le=100)
    rhythm_factor: float = Field(gt=1, le=20)
    """Lapsed when away longer than this many of her own usual gaps ..."""
    least_days: Days
    """... and at least so long ..."""
    most_days: Days
    """... and not so long that a letter would come from strangers."""
    fresh_days: int = Field(ge=1, le=365)


class After(Part):
    days: Days
    """How many days after."""
    by_category: dict[str, Days] = {}
    fresh_days: int = Field(ge=1, le=60)


class WebUp(Part):
    days: int = Field(ge=1, le=30)
    before_days: int = Field(ge=1, le=90)
    least_views: int = Field(ge=1, le=1000)
    factor: float = Field(gt=1, le=100)
    no_visit_days: Days
    fresh_days: int = Field(ge=1, le=30)


class YearlyDay(Part):
    ahead_days: Days
    fresh_days: int = Field(ge=0, le=14)


class Reply(Part):
    due_hours: int = Field(ge=0, le=72)


class AppointmentAhead(Part):
    ahead_hours: int = Field(ge=1, le=336)


class WantedInStock(Part):
    days: int = Field(ge=1, le=30)
    """How far back a look or a wish counts; no tablet knows of older ones."""
    least_views: int = Field(ge=2, le=100)
    """How often she must have looked at what is not on her wish list."""


class CartLeft(Part):
    hours: int = Field(ge=1, le=168)
    fresh_days: int = Field(ge=1, le=30)


class Rank(Part):
    days: int = Field(ge=30, le=1830)
    """For how many days a purchase counts."""
    currency: str = Field(default="JPY", pattern=r"^[A-Z]{3}$")
    spend: dict[str, Annotated[int, Field(ge=0)]]
    """By rank code, from how much (minor units) it holds. Name the lowest too, with 0."""
    near_share: float = Field(gt=0, le=0.5)
    """About to be reached when not more than this share of what it takes is missing."""
    ahead_days: Days
    """How many days ahead a rank that will be lost is spoken of."""
    fresh_days: int = Field(ge=1, le=365)
    quiet_days: Days
    """How long after one word about ranks there is no other."""


class PointsExpire(Part):
    ahead_days: Days
    least_points: int = Field(ge=1)


_MonthDay = Annotated[str, Field(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")]


class Care(Part):
    """A stretch of the year in which things of some categories are cared for. MM-DD, the last day included."""

    from_: _MonthDay = Field(alias="from")
    until: _MonthDay
    categories: tuple[str, ...] = Field(min_length=1)
    owned_days: int = Field(ge=1, le=3650)
    """How long after buying it she is taken to own it still."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.from_ > self.until:
            raise ValueError("`from` must not lie after `until`; cut a season at the turn of the year into two")
        return self


class DueAgain(Part):
    fresh_days: int = Field(ge=1, le=365)
    replace_days: dict[str, Annotated[int, Field(ge=1, le=3650)]] = {}
    """By category, after how many days such a thing has had its time."""
    care: tuple[Care, ...] = ()


class Signals(Part):
    returned: Returned
    lapsed: Lapsed
    after_visit: After
    after_purchase: After
    after_appointment: After
    first_purchase: After
    web_up: WebUp
    birthday: YearlyDay
    anniversary: YearlyDay
    reply: Reply
    appointment: AppointmentAhead
    wanted_in_stock: WantedInStock
    cart_left: CartLeft
    points_expire: PointsExpire
    due_again: DueAgain
    rank: Rank | None = None
    """Without a section nothing is said of ranks."""

    @property
    def browsing_days(self) -> int:
        """How far back any signal looks at what she did online."""
        web_up = self.web_up.days + self.web_up.before_days
        return max(web_up, self.wanted_in_stock.days, self.cart_left.fresh_days) + 1


class Restraint(Part):
    """Further reasons to leave her alone: notes of staff with one of these tags."""

    return_tags: tuple[str, ...] = ()
    """She is bringing something back, and it is not settled."""
    returned_tags: tuple[str, ...] = ()
    """It is settled."""
    bereavement_tags: tuple[str, ...] = ()
    bereavement_days: Days
    """For so long nobody congratulates her."""


class Weights(Part):
    """By how much each thing brings her nearer (or, below 0, moves her away)."""

    order: float
    visit: float
    booking: float
    reply: float
    look: float
    note: float
    recommended: float
    happy: float
    undecided: float
    uneasy: float
    displeased: float


class Branch(Part):
    """A named place on the way. The first whose conditions all hold is hers."""

    name: str = Field(pattern=r"^[a-z_]+$")
    closeness: float = Field(default=0, ge=0, le=1)
    """At least so close now ..."""
    once: float = Field(default=0, ge=0, le=1)
    """... at least so close at some time ..."""
    any_of: tuple[Experience, ...] = ()
    """... and with one of these experiences."""
    tone: Literal["formal", "polite", "warm"] = "polite"
    gap_days: Days = 0
    """Fewest days between two approaches of our own accord."""


class Stage(Part):
    half_life_days: int = Field(ge=1, le=3650)
    """After so long a move counts half."""
    scale: float = Field(gt=0, le=1000)
    """The sum of decayed weights at which closeness is about 0.63."""
    regular_days: int = Field(ge=2, le=100)
    """On how many days she must have bought to be a regular."""
    recommended_tags: tuple[str, ...] = ()
    consulted_tags: tuple[str, ...] = ()
    weights: Weights
    branches: tuple[Branch, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _somewhere(self) -> Self:
        last = self.branches[-1]
        if last.closeness or last.once or last.any_of:
            raise ValueError("the last branch must have no conditions, so that everybody is somewhere")
        return self
