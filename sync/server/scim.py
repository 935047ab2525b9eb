"""Staff as SCIM 2.0 users (RFC 7643, RFC 7644): an identity provider makes them, changes them and takes them out.

What a user's attributes become:

    userName                       how the provider calls the person; unique, without regard to case
    nickName                       the name to work under; then `name` is the real one and stays on the server
    name.familyName, givenName     the name to work under where there is no nickName
    active                         false takes the person out at once
    roles[].value                  associate, stylist, manager, ...; the first one counts
    enterprise: employeeNumber     the retailer's own number of the person; without one, the userName
    enterprise: department         the code of the shop
    {EXTENSION}: startsOn, endsOn  first and last day of a contract; helps: codes of other shops; maySend

What is not told of somebody who is known (kana, stand-in, PIN) stays. Deleting a user takes the person out and forgets the
userName; what the person did stays theirs.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError

from sync.clock import Clock
from sync.ids import imported_id
from sync.model.shop import Role, Shop, Staff
from sync.server.database import reading, transaction
from sync.server.repository import accounts, audit
from sync.server.repository.accounts import Account
from sync.server.repository.records import Records

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
EXTENSION = "urn:clienteling:params:scim:schemas:extension:staff:1.0:User"
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
MOST = 200
"""Users in one answer."""
_FILTER = re.compile(r'\s*(userName|externalId|id)\s+eq\s+"((?:[^"\\]|\\.)*)"\s*', re.IGNORECASE)


class ScimError(Exception):
    """An error of RFC 7644, 3.12: status, its `scimType` where there is one, and words for whoever set the provider up."""

    def __init__(self, status: int, detail: str, scim_type: str = "") -> None:
        super().__init__(detail)
        self.status, self.detail, self.scim_type = status, detail, scim_type


class _In(BaseModel):
    model_config = ConfigDict(extra="ignore", populate_by_name=True)


class _Name(_In):
    family: str = Field(default="", alias="familyName", max_length=100)
    given: str = Field(default="", alias="givenName", max_length=100)

    @property
    def whole(self) -> str:
        return f"{self.family} {self.given}".strip()


class _Role(_In):
    value: str


class _Enterprise(_In):
    number: str = Field(default="", alias="employeeNumber", max_length=40)
    department: str = ""


class _Extension(_In):
    starts_on: date | None = Field(default=None, alias="startsOn")
    ends_on: date | None = Field(default=None, alias="endsOn")
    helps: tuple[str, ...] = ()
    may_send: bool | None = Field(default=None, alias="maySend")


class _User(_In):
    user_name: str = Field(alias="userName", min_length=1, max_length=254)
    external_id: str = Field(default="", alias="externalId", max_length=254)
    name: _Name = _Name()
    nick_name: str = Field(default="", alias="nickName", max_length=100)
    active: bool = True
    roles: tuple[_Role, ...] = ()
    enterprise: _Enterprise = Field(default=_Enterprise(), alias=ENTERPRISE)
    extension: _Extension = Field(default=_Extension(), alias=EXTENSION)


class Users:
    """The users of one retailer. Every method is one transaction and raises ScimError; `base` is the address of /Users."""

    def __init__(self, engine: Engine, clock: Clock, base: str) -> None:
        self._engine, self._clock, self._base = engine, clock, base

    def find(self, filter_: str, start: int, count: int) -> dict[str, Any]:
        """Return a page of users, `start` counted from 1; `filter_` may say `userName eq "..."` (or externalId, id)."""
        wanted = _filter(filter_)
        with reading(self._engine) as conn:
            found = [one for one in accounts.provisioned(conn) if wanted(one)]
            start, count = max(1, start), min(max(0, count), MOST)
            page = found[start - 1 : start - 1 + count]
            staff = Records(conn).get_many(Staff, [one.staff_id for one in page])
            shops = {shop.id: shop for shop in Records(conn).of_kind(Shop)}
            users = [self._shown(staff[one.staff_id], one, shops) for one in page if one.staff_id in staff]
        return {
            "schemas": [LIST], "totalResults": len(found), "startIndex": start, "itemsPerPage": len(users),
            "Resources": users,
        }  # fmt: skip

    def get(self, user_id: str) -> dict[str, Any]:
        with reading(self._engine) as conn:
            return self._user(conn, user_id)

    def create(self, body: Mapping[str, Any]) -> dict[str, Any]:
        user = _read(body)
        return self._write("scim_create", lambda conn: self._put(conn, user, None))

    def replace(self, user_id: str, body: Mapping[str, Any]) -> dict[str, Any]:
        user = _read(body)

        def work(conn: Connection) -> str:
            self._user(conn, user_id)
            return self._put(conn, user, user_id)

        return self._write("scim_replace", work)

    def patch(self, user_id: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Carry out a PatchOp (RFC 7644, 3.5.2) on attributes that are named without a filter."""

        def work(conn: Connection) -> str:
            shown = self._user(conn, user_id)
            for operation in _operations(body):
                _apply(shown, operation)
            return self._put(conn, _read(shown), user_id)

        return self._write("scim_patch", work)

    def delete(self, user_id: str) -> None:
        """Take the person out at once; the user is no longer known here."""
        with transaction(self._engine) as conn:
            self._user(conn, user_id)
            records, now = Records(conn, self._clock), self._clock()
            staff, account = records.get(Staff, user_id, lock=True), accounts.of_staff(conn, user_id)
            assert staff is not None
            assert account is not None
            records.put(staff.model_copy(update={"active": False}))
            accounts.keep(conn, account.model_copy(update={"user_name": None, "external_id": "", "updated_at": now}))
            audit.note(conn, now, "scim_delete", subject_id=user_id)

    def _write(self, what: str, work: Callable[[Connection], str]) -> dict[str, Any]:
        try:
            with transaction(self._engine) as conn:
                user_id = work(conn)
                audit.note(conn, self._clock(), what, subject_id=user_id)
                return self._user(conn, user_id)
        except IntegrityError as error:  # somebody else took the name in the same moment
            raise ScimError(409, "This userName, or this number, is somebody else's.", "uniqueness") from error

    def _put(self, conn: Connection, user: _User, user_id: str | None) -> str:
        records, now = Records(conn, self._clock), self._clock()
        code = user.enterprise.number or user.user_name
        if len(code) > 40:
            raise _invalid("Without an employeeNumber the userName must be at most 40 characters long.")
        staff_id = user_id or imported_id("staff", code)
        named = accounts.of_user(conn, user.user_name)
        account = accounts.of_staff(conn, staff_id)
        taken = named is not None and named.staff_id != staff_id
        if taken or (user_id is None and account is not None and account.user_name is not None):
            raise ScimError(409, "This userName, or this number, is somebody else's.", "uniqueness")
        before = records.get(Staff, staff_id, lock=True)
        records.put(_staff(user, before, staff_id, code, {shop.code: shop.id for shop in records.of_kind(Shop)}))
        kept = account or Account(staff_id=staff_id, created_at=now, updated_at=now)
        told = {
            "user_name": user.user_name,
            "external_id": user.external_id,
            "real_name": user.name.whole if user.nick_name else "",
            "updated_at": now,
        }
        accounts.keep(conn, kept.model_copy(update=told))
        return staff_id

    def _user(self, conn: Connection, user_id: str) -> dict[str, Any]:
        account = accounts.of_staff(conn, user_id)
        staff = Records(conn).get(Staff, user_id)
        if account is None or account.user_name is None or staff is None:
            raise ScimError(404, "There is no such user.")
        return self._shown(staff, account, {shop.id: shop for shop in Records(conn).of_kind(Shop)})

    def _shown(self, staff: Staff, account: Account, shops: Mapping[str, Shop]) -> dict[str, Any]:
        family, given = staff.family_name, staff.given_name
        nick = {}
        if account.real_name:
            nick = {"nickName": f"{family} {given}".strip()}
            family, _, given = account.real_name.partition(" ")
        codes = {shop.id: shop.code for shop in shops.values()}
        days = {"startsOn": staff.starts_on, "endsOn": staff.ends_on}
        return {
            "schemas": [USER, ENTERPRISE, EXTENSION],
            "id": staff.id,
            "userName": account.user_name,
            **({"externalId": account.external_id} if account.external_id else {}),
            "name": {"familyName": family, "givenName": given, "formatted": f"{family} {given}".strip()},
            **nick,
            "active": staff.active,
            "roles": [{"value": staff.role.value, "primary": True}],
            ENTERPRISE: {"employeeNumber": staff.code, "department": codes.get(staff.shop_id, "")},
            EXTENSION: {
                "helps": [codes[one] for one in staff.helps_shop_ids if one in codes],
                "maySend": staff.may_send,
                **{name: day.isoformat() for name, day in days.items() if day is not None},
            },
            "meta": {
                "resourceType": "User",
                "created": _moment(account.created_at),
                "lastModified": _moment(account.updated_at),
                "location": f"{self._base}/{staff.id}",
            },
        }


def _staff(user: _User, before: Staff | None, staff_id: str, code: str, shops: Mapping[str, str]) -> Staff:
    """Return the record that a user means, over what stands of the person."""
    family, given = (user.nick_name, "") if user.nick_name else (user.name.family, user.name.given)
    if not family:
        raise _invalid("A user needs a nickName or a name.familyName: it is the name that customers see.")
    shop = user.enterprise.department
    if shop not in shops and not (before is not None and not shop):
        raise _invalid("The department is not the code of a shop.")
    unknown = [one for one in user.extension.helps if one not in shops]
    if unknown:
        raise _invalid("One of helps is not the code of a shop.")
    role = before.role if before is not None else Role.ASSOCIATE
    if user.roles:
        try:
            role = Role(user.roles[0].value)
        except ValueError as error:
            raise _invalid(f"The role is none of {', '.join(Role)}.") from error
    told: dict[str, Any] = {
        "family_name": family,
        "given_name": given,
        "role": role,
        "shop_id": shops[shop] if shop else before.shop_id if before is not None else "",
        "helps_shop_ids": tuple(shops[one] for one in user.extension.helps),
        "active": user.active,
        "starts_on": user.extension.starts_on,
        "ends_on": user.extension.ends_on,
    }
    if user.extension.may_send is not None:
        told["may_send"] = user.extension.may_send
    if before is not None:
        return before.model_copy(update=told)
    return Staff(id=staff_id, code=code, **told)


def _read(body: Mapping[str, Any]) -> _User:
    try:
        return _User.model_validate({name: value for name, value in body.items() if value is not None})
    except ValidationError as error:
        wrong = ", ".join(sorted({".".join(str(part) for part in each["loc"]) for each in error.errors()}))
        raise _invalid(f"These attributes are missing or have values that are not allowed: {wrong}") from error


def _invalid(detail: str) -> ScimError:
    return ScimError(400, detail, "invalidValue")


def _filter(text: str) -> Callable[[Account], bool]:
    if not text:
        return lambda _: True
    found = _FILTER.fullmatch(text)
    if found is None:
        raise ScimError(400, 'Filters are userName, externalId or id, then eq and "a value".', "invalidFilter")
    name, value = found[1].casefold(), re.sub(r"\\(.)", r"\1", found[2])
    if name == "username":
        return lambda one: one.user_name is not None and one.user_name.casefold() == value.casefold()
    return lambda one: (one.external_id if name == "externalid" else one.staff_id) == value


def _operations(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    given = body.get("Operations")
    if not isinstance(given, list) or not given or not all(isinstance(one, dict) for one in given):
        raise ScimError(400, "A patch has a list of Operations.", "invalidSyntax")
    return given


def _apply(user: dict[str, Any], operation: Mapping[str, Any]) -> None:
    kind, path, value = str(operation.get("op", "")).casefold(), operation.get("path"), operation.get("value")
    if kind not in {"add", "replace", "remove"}:
        raise ScimError(400, "An operation is add, replace or remove.", "invalidSyntax")
    if path is None:
        if kind == "remove":
            raise ScimError(400, "What is removed needs a path.", "noTarget")
        if not isinstance(value, dict):
            raise ScimError(400, "Without a path the value is a group of attributes.", "invalidSyntax")
        for name, each in value.items():
            _set(user, _path(name), each)
    else:
        _set(user, _path(str(path)), None if kind == "remove" else value)


def _path(text: str) -> list[str]:
    """Return the names on the way to an attribute: `active`, `name.familyName`, `urn:...:User:department`."""
    for schema in (ENTERPRISE, EXTENSION, USER):
        if text == schema:
            return [schema]
        if text.startswith(f"{schema}:"):
            rest = text[len(schema) + 1 :].split(".")
            return rest if schema == USER else [schema, *rest]
    if not re.fullmatch(r"[A-Za-z]+(\.[A-Za-z]+)?", text):
        raise ScimError(400, "A path names an attribute, without a filter.", "invalidPath")
    return text.split(".")


_READ_ONLY = frozenset({"id", "meta", "schemas"})


def _set(user: dict[str, Any], path: list[str], value: Any) -> None:
    names = {name.casefold(): name for name in (*user, "nickName", "externalId")}
    first = names.get(path[0].casefold(), path[0])
    if first in _READ_ONLY:
        raise ScimError(400, f"{first} cannot be changed.", "mutability")
    if len(path) == 1:
        if isinstance(value, dict) and isinstance(user.get(first), dict):
            value = {**user[first], **value}
        user[first] = value
        return
    group = user.setdefault(first, {})
    if not isinstance(group, dict):
        raise ScimError(400, "The path leads into an attribute that has no parts.", "invalidPath")
    if value is None:
        group.pop(path[1], None)
    else:
        group[path[1]] = value


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
