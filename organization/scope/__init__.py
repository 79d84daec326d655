"""Who is looking: one transaction, one scope, one actor. The policies read it; nothing above needs a filter."""

from organization.scope.scope import (
    GATE,
    Scope,
    after_commit,
    as_account,
    as_root,
    current,
    entered,
    gate,
    of_account,
)

__all__ = ["GATE", "Scope", "after_commit", "as_account", "as_root", "current", "entered", "gate", "of_account"]
