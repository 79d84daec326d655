"""A scheme with its items, a force that has to wear them, a campaign: what tests of kit begin with."""

from datetime import date

from django.db import transaction

from organization.scope import as_account, as_root
from personnel.kit import campaigns, issuing
from personnel.models import KitCampaign, KitItem, KitScheme, KitSetEntry, KitSize
from tests.conftest import DISTRICT

ISSUED, WORN = date(2014, 7, 15), date(2014, 8, 6)


def catalogue(force="patrol"):
    """A uniform and a badge of a new scheme and a belt of none, mandatory for a force; and an old uniform."""
    with as_root("test"):
        new, old = KitScheme.objects.create(name="新式"), KitScheme.objects.create(name="旧式")
        uniform = KitItem.objects.get(name="制服")
        made = {
            "uniform": KitItem.objects.create(name="外套", kind="uniform", scheme=new, scale=uniform.scale),
            "badge": KitItem.objects.create(name="新臂章", kind="insignia", scheme=new),
            "belt": KitItem.objects.get(name="皮带"),
            "old": KitItem.objects.create(name="旧外套", kind="uniform", scheme=old, scale=uniform.scale),
        }
        for name in ("uniform", "badge", "belt"):
            KitSetEntry.objects.create(force=force, item=made[name], count=1, valid_from=WORN)
        return made | {"scheme": new, "scale": uniform.scale}


def campaign(of, **fields):
    given = {"name": "换装", "forces": ["patrol"], "scheme": of["scheme"], "issue_on": ISSUED, "in_use_on": WORN}
    with as_root("test"):
        return KitCampaign.objects.create(**{"unit_id": DISTRICT, **given, **fields})


def size(of, member, text="170"):
    with as_root("test"):
        return KitSize.objects.create(member=member, scale=of["scale"], size=text)


def open_for(of_campaign, account, today=ISSUED):
    with as_account(account), transaction.atomic():
        return campaigns.open_campaign(of_campaign, account, today)


def issue(of_campaign, account, members, items=None, *, told="", day=ISSUED, today=ISSUED):
    """Issue all items, or some, to members."""
    with as_account(account), transaction.atomic():
        keys = [item.pk for item in items or issuing.items_of(of_campaign)]
        people = {member.pk: told for member in members}
        return issuing.issue(of_campaign, people, keys, account, issued_on=day, today=today)
