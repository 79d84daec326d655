"""Telling people what is kept of them: which text is in force, who of a list was not given it yet, giving it."""

from datetime import date

from django.db import connection

from organization.models import Account
from personnel.models import Member, NoticeGiven, NoticeText
from personnel.people import Selection

GIVES = "personnel.add_noticegiven"
GIVE = """
INSERT INTO personnel_noticegiven (member_id, unit_id, notice_id, given_on, given_by)
SELECT m.id, m.unit_id, %(notice)s, %(day)s, %(account)s FROM personnel_member m WHERE m.id = ANY (%(members)s)
ORDER BY m.id ON CONFLICT (member_id, notice_id) DO NOTHING
"""


def in_force(day: date) -> NoticeText | None:
    """The version that is given on that day."""
    return NoticeText.objects.filter(valid_from__lte=day).order_by("-valid_from").first()


def files(asked: Selection):
    """The people of a list whose files are in sight and not erased; others are told by the unit that keeps them."""
    return Member.objects.filter(pk__in=asked.people(), erased_on=None)


def without(asked: Selection, notice: NoticeText):
    """Those of a list who were not given this version."""
    return files(asked).exclude(pk__in=NoticeGiven.objects.filter(notice=notice).values("member"))


def give(asked: Selection, notice: NoticeText, day: date, account: Account) -> int:
    """Put on record that the people of the list were given it on that day; once each, however often it is pressed."""
    members = list(without(asked, notice).values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(GIVE, {"notice": notice.pk, "day": day, "account": account.pk, "members": members})
        return cursor.rowcount
