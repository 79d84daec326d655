"""The scope of a transaction: a database role and a handful of settings, all local to the transaction."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, fields, replace

from django.db import connection, transaction

from organization import divisions, rights


@dataclass(frozen=True)
class Scope:
    """What the database is told: which role acts, over which range of unit codes, for whom and from where.

    `role` is one of gate, staff, whole, or none (the bare login, which may read nothing).
    """

    role: str = "none"
    unit_low: int | None = None
    unit_high: int | None = None
    actor: int | None = None
    username: str = ""
    duty: str = ""
    forces: tuple[str, ...] = ()
    origin: str = ""
    address: str = ""
    request: str = ""
    batch: str = ""

    def settings(self) -> list[tuple[str, str]]:
        """Pairs of setting and value; empty text means unset, and the policies read it so."""
        role = self.role if self.role == "none" else f"{connection.settings_dict['NAME']}_{self.role}"
        # Beneath a policy the planner takes a merge for cheap, since it counts on an early end: the rows that the
        # policy hides never end it, and a town's clerk waits for a walk through a province's index.
        values = [
            ("role", role),
            ("enable_mergejoin", "off" if self.role == "staff" else "on"),
            ("app.inherited", ""),
            ("app.inherited_here", ""),
        ]
        for field in fields(self)[1:]:
            value = getattr(self, field.name)
            text = ",".join(value) if isinstance(value, tuple) else "" if value is None else str(value)
            values.append((f"app.{field.name}", text.replace("\x00", "")))
        return values


POWERLESS = Scope()
GATE = Scope(role="gate")
_current: ContextVar[Scope] = ContextVar("scope", default=POWERLESS)


def current() -> Scope:
    """The scope of the running transaction; powerless outside any."""
    return _current.get()


# What the range inherited from closed units outside it; who inherited something takes the role of heirs. See
# `organization.inheritance`.
INHERIT = """
, set_config('app.inherited', inherited_units(%s, %s), true),
  set_config('app.inherited_here', inherited_units(%s, %s), true),
  set_config('role', CASE current_setting('app.inherited') WHEN '' THEN %s ELSE %s END, true)
"""


def _tell(scope: Scope) -> None:
    pairs = scope.settings()
    calls = ", ".join(["set_config(%s, %s, true)"] * len(pairs))
    values: list[str | int | None] = [text for pair in pairs for text in pair]
    heirs = ""
    if scope.role == "staff" and scope.unit_low is not None:
        name = connection.settings_dict["NAME"]
        heirs, low, high = INHERIT, scope.unit_low, scope.unit_high
        values += [low, high, low, low, f"{name}_staff", f"{name}_heir"]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {calls}{heirs}", values)


@contextmanager
def entered(scope: Scope) -> Iterator[Scope]:
    """Run the block in a transaction (or savepoint) under that scope; leaving restores the scope before it."""
    with transaction.atomic():
        before = _current.get()
        token = _current.set(scope)
        try:
            _tell(scope)
            yield scope
            # After an error the rollback to the savepoint restores role and settings by itself.
            if not connection.needs_rollback:
                _tell(before)
        finally:
            _current.reset(token)


def of_account(account, **origin) -> Scope:
    """The scope of an account: its unit's whole range; the `whole` role only where that is the root."""
    low, high = divisions.span(account.unit_id)
    return Scope(
        role="whole" if account.unit_id == account.unit.root_id else "staff",
        unit_low=low,
        unit_high=high,
        actor=account.pk,
        username=account.username,
        duty=account.role or "",
        forces=rights.FORCES_WRITTEN.get(account.role or "", ()),
        **origin,
    )


def as_account(account, **origin):
    """Context manager: act as that account, in a command, a job or a test."""
    return entered(of_account(account, **origin))


def as_root(
    origin: str = "",
    *,
    forces: tuple[str, ...] = ("auxiliary", "patrol", "joint_defence", "guard", "volunteer"),
    **more,
):
    """Context manager: the office itself acts, over everything, in a command such as set-up or the demo."""
    return entered(Scope(role="whole", forces=forces, origin=origin, **more))


@contextmanager
def gate() -> Iterator[Scope]:
    """Step back to the gate for a moment: sessions and second factors are its tables."""
    if current().role == "gate":
        yield current()
        return
    with entered(replace(current(), role="gate", unit_low=None, unit_high=None, duty="", forces=())) as scope:
        yield scope


def after_commit(callback: Callable[[], None]) -> None:
    """Run the callback after the commit, in a transaction of its own and under the scope of now."""
    scope = current()

    def run():
        with entered(scope):
            callback()

    transaction.on_commit(run)
