"""What runs with its owner's rights looks past the policies: whoever adds such a function names it in the docs."""

import pytest
from django.conf import settings
from django.db import connections

# The triggers that write the trail and the cards are described together.
DEFINERS = """
SELECT proname
FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef AND proname !~ '^(trail|keep_cards)_'
"""
pytestmark = pytest.mark.django_db(databases=["owner"])


def test_the_docs_name_every_function_that_looks_past_the_policies():
    told = (settings.BASE_DIR / "docs" / "security.md").read_text(encoding="utf-8")
    with connections["owner"].cursor() as cursor:
        cursor.execute(DEFINERS)
        found = {name for (name,) in cursor.fetchall()}
    assert {"rows_follow_member", "no_row_loses_its_member", "rows_move_with_their_member"} <= found
    assert {name for name in found if f"`{name}`" not in told} == set()
