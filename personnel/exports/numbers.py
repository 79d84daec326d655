"""Document numbers and phones on paper: plain for those who keep the file, masked for the rest."""

from collections.abc import Iterable

from organization import rights
from organization.keyring import sealer
from personnel.models import Member

PLAIN, MASKED = "plain", "masked"
FULL_RIGHT = "personnel.reveal_member"


def shown_to(role: str, *, full: bool = False) -> str:
    """How a role gets numbers: "plain" when it keeps files or, having the right to see them, asks for it."""
    if role in rights.PLAIN_NUMBER_ROLES or (full and may_ask_in_full(role)):
        return PLAIN
    return MASKED


def may_ask_in_full(role: str) -> bool:
    """Whether `full` means anything for the role: it sees numbers anyway, or may reveal them."""
    return role in rights.PLAIN_NUMBER_ROLES or FULL_RIGHT in rights.permissions(role)


def opened(column: str, members: Iterable[int], sealed: Iterable) -> list[str]:
    """The texts of a column of sealed values of these members; "" where there is none."""
    table, read = Member._meta.db_table, sealer().open
    return [
        read(value, table=table, column=column, row=member) if value else ""
        for member, value in zip(members, sealed, strict=True)
    ]


def masked_phone(phone: str) -> str:
    """The first three digits, as pages show it."""
    return phone[:3] + "*" * (len(phone) - 3)
