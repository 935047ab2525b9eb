"""What a scan or a typed text means: a membership code, a member number, a telephone number, or nothing yet."""

from collections.abc import Callable

import structlog

from sync.client.cache import Cache
from sync.client.codes import UsedCodes
from sync.client.types import Identification, IdentifyOutcome
from sync.clock import Clock
from sync.errors import BadInput, ClientelingError, NotFound
from sync.policy.barcode import number_in
from sync.policy.membership import (
    CodeVerdict,
    MembershipCode,
    check_code,
    looks_like_code,
    looks_like_piece,
    parse_code,
)

log = structlog.get_logger(__name__)

_LONGEST = 1000
_OUTCOMES = {
    CodeVerdict.OTHER_RETAILER: IdentifyOutcome.OTHER_RETAILER,
    CodeVerdict.EXPIRED: IdentifyOutcome.EXPIRED,
    CodeVerdict.TOO_EARLY: IdentifyOutcome.TOO_EARLY,
    CodeVerdict.FORGED: IdentifyOutcome.FORGED,
}

FetchByApp = Callable[[str, str], str]
"""Fetches the customer of an app id from the server for a member of staff and keeps her; returns her id. Raises what the server said."""


FetchByNumber = Callable[[str, str], str]
"""The same for a member number."""


class Identifier:
    """Answers every text with exactly one outcome, and never raises for what was scanned."""

    def __init__(
        self,
        cache: Cache,
        codes: UsedCodes,
        clock: Clock,
        fetch_by_app: FetchByApp,
        fetch_by_number: FetchByNumber,
    ) -> None:
        self._cache = cache
        self._codes = codes
        self._clock = clock
        self._fetch_by_app = fetch_by_app
        self._fetch_by_number = fetch_by_number

    def identify(self, text: str, staff_id: str = "") -> Identification:
        # what no keyboard or scanner can send (lone surrogates, NULs) is dropped rather than tripped over
        text = text[: _LONGEST + 1].encode("utf-8", "ignore").decode().replace("\x00", "").strip()
        if not text or len(text) > _LONGEST:
            return Identification(IdentifyOutcome.NOT_A_CODE)
        found = self._read(text, staff_id)
        if found.outcome is IdentifyOutcome.NOT_A_CODE and looks_like_piece(text):
            log.warning("code_not_read_whole", length=len(text))
            return Identification(IdentifyOutcome.NOT_WHOLE)
        return found

    def _read(self, text: str, staff_id: str) -> Identification:
        if not looks_like_code(text):
            retailer = self._cache.retailer()
            number = number_in(retailer.member_barcode, text) if retailer is not None else None
            return self._card(number, staff_id) if number is not None else self._typed(text)
        try:
            return self._code(parse_code(text), staff_id)
        except BadInput:
            return Identification(IdentifyOutcome.NOT_A_CODE)

    def _typed(self, text: str) -> Identification:
        found = self._cache.exact_customers(text)
        if len(found) == 1:
            return Identification(IdentifyOutcome.FOUND, found[0])
        return Identification(IdentifyOutcome.NOT_A_CODE)

    def _card(self, number: str, staff_id: str) -> Identification:
        """Answer for the bars of a member card. They are the same every day, so they prove nothing."""
        found = self._cache.exact_customers(number)
        if len(found) == 1:
            return Identification(IdentifyOutcome.FOUND, found[0], unverified=True)
        try:
            return Identification(IdentifyOutcome.FOUND, self._fetch_by_number(number, staff_id), unverified=True)
        except NotFound:
            return Identification(IdentifyOutcome.UNKNOWN)
        except ClientelingError as error:
            log.info("customer_of_card_not_fetched", why=error.code)
            return Identification(IdentifyOutcome.NOT_ON_TABLET)

    def _code(self, code: MembershipCode, staff_id: str) -> Identification:
        retailer = self._cache.retailer()
        if retailer is None:  # nothing has been synced yet: whose code it is cannot be told
            return Identification(IdentifyOutcome.NOT_ON_TABLET, by_code=True)
        now = self._clock()
        key = self._cache.membership_key(code.app_id)
        public_key = key.public_key if key is not None else None
        verdict = check_code(code, retailer=retailer.number, public_key=public_key, now=now)
        if verdict is CodeVerdict.UNKNOWN_APP:
            try:
                self._fetch_by_app(code.app_id, staff_id)
            except NotFound:
                return Identification(IdentifyOutcome.UNKNOWN, by_code=True)
            except ClientelingError as error:
                log.info("customer_of_code_not_fetched", why=error.code)
                return Identification(IdentifyOutcome.NOT_ON_TABLET, by_code=True)
            key = self._cache.membership_key(code.app_id)
            if key is None:
                return Identification(IdentifyOutcome.UNKNOWN, by_code=True)
            # by the moment of the scan: the time the server took is not the customer's
            verdict = check_code(code, retailer=retailer.number, public_key=key.public_key, now=now)
        if verdict is not CodeVerdict.VALID:
            return Identification(_OUTCOMES.get(verdict, IdentifyOutcome.UNKNOWN), by_code=True)
        assert key is not None
        if not self._codes.use(code.digest, now):
            return Identification(IdentifyOutcome.REPLAYED, by_code=True)
        return Identification(IdentifyOutcome.FOUND, key.customer_id, by_code=True, code_digest=code.digest)
