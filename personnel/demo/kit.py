"""The kit of the demo: two schemes, what each force has to wear, and last year's new uniforms, most of them issued."""

from datetime import date, timedelta

from organization.office import OWNER
from personnel.demo.places import DISTRICT
from personnel.models import KitCampaign, KitIssue, KitItem, KitRecipient, KitScheme, KitSetEntry, KitSize

NEW_ITEMS, EVERYDAY = ("制服", "臂章", "胸章", "帽徽"), ("皮带", "腰包")
FORCES = ("auxiliary", "patrol")
WRITTEN = (KitScheme, KitItem, KitSetEntry, KitCampaign, KitRecipient, KitSize, KitIssue)

# Which of a hundred lots a person draws, for each purpose another: the same seed and people, the same lots.
LOTS = (
    "CREATE FUNCTION pg_temp.lot(member bigint, purpose integer) RETURNS integer LANGUAGE sql IMMUTABLE AS $$ SELECT"
    " (hashint8extended(member, purpose) & 1023)::integer * 100 / 1024 $$"
)
# All at once: row by row their triggers take as long as the whole kit.
DOSSIERS = """
INSERT INTO personnel_dossier (member_id, unit_id)
SELECT m.id, m.unit_id FROM personnel_member m
WHERE m.id IN (SELECT a.member_id FROM personnel_assignment a WHERE a.force = ANY (%(forces)s)
               UNION SELECT a.member_id FROM personnel_assignment a
               WHERE a.force = 'joint_defence' AND a.ended_on IS NULL)
ON CONFLICT DO NOTHING
"""
RECIPIENTS = """
INSERT INTO personnel_kitrecipient (campaign_id, member_id, unit_id, force)
SELECT DISTINCT ON (a.member_id) %(campaign)s, a.member_id, m.unit_id, a.force
FROM personnel_assignment a JOIN personnel_member m ON m.id = a.member_id
WHERE a.force = ANY (%(forces)s) AND a.started_on <= %(issued)s AND (a.ended_on IS NULL OR a.ended_on > %(issued)s)
ORDER BY a.member_id, a.share DESC, a.id
"""
SIZES = """
INSERT INTO personnel_kitsize (member_id, unit_id, scale_id, size)
SELECT r.member_id, r.unit_id, s.id,
       s.sizes[CASE WHEN lot < 2 THEN 1 WHEN lot < 9 THEN 2 WHEN lot < 29 THEN 3 WHEN lot < 60 THEN 4
                    WHEN lot < 84 THEN 5 WHEN lot < 95 THEN 6 WHEN lot < 99 THEN 7 ELSE 8 END]
FROM (SELECT r.*, pg_temp.lot(r.member_id, %(seed)s) AS lot FROM personnel_kitrecipient r) r
CROSS JOIN personnel_kitscale s
WHERE pg_temp.lot(r.member_id, %(seed)s + 1) < 97
"""
# Nearly everybody has everything, some lack an item, some the uniform for want of a size; who left has handed back, but
# for a few.
ISSUES = """
INSERT INTO personnel_kitissue (member_id, unit_id, item_id, campaign_id, size, count, issued_on, returned_on, ending)
SELECT r.member_id, r.unit_id, i.id, r.campaign_id, COALESCE(z.size, ''), 1, p.day,
       CASE WHEN p.is_back THEN GREATEST(p.day, gone.ended_on) END, CASE WHEN p.is_back THEN 'returned' ELSE '' END
FROM personnel_kitrecipient r
JOIN personnel_kitsetentry e ON e.force = r.force AND e.valid_until IS NULL
JOIN personnel_kititem i ON i.id = e.item_id
LEFT JOIN personnel_kitsize z ON z.member_id = r.member_id AND z.scale_id = i.scale_id
LEFT JOIN (SELECT a.member_id, max(a.ended_on) AS ended_on FROM personnel_assignment a
           GROUP BY 1 HAVING bool_and(a.ended_on IS NOT NULL)) gone ON gone.member_id = r.member_id
CROSS JOIN LATERAL (
  SELECT %(issued)s::date + pg_temp.lot(r.member_id, %(seed)s + 2) %% 20 AS day,
         gone.ended_on IS NOT NULL AND pg_temp.lot(r.member_id, %(seed)s + 3) < 90 AS is_back) p
WHERE (i.scale_id IS NULL OR z.id IS NOT NULL) AND pg_temp.lot(r.member_id, %(seed)s + 4) < 96
  AND pg_temp.lot(r.member_id * 8 + i.id, %(seed)s + 5) < 99
"""
# A few still have the old uniform; most of the villages' own squads have their vest.
OTHERS = """
INSERT INTO personnel_kitissue (member_id, unit_id, item_id, size, count, issued_on, ending)
SELECT z.member_id, z.unit_id, %(old)s, z.size, 1, GREATEST(%(begun)s, min(a.started_on)), ''
FROM personnel_kitsize z JOIN personnel_assignment a ON a.member_id = z.member_id AND a.force = ANY (%(forces)s)
WHERE pg_temp.lot(z.member_id, %(seed)s + 6) < 3
GROUP BY z.member_id, z.unit_id, z.size
UNION ALL
SELECT a.member_id, m.unit_id, %(vest)s, '', 1, GREATEST(%(begun)s, min(a.started_on)), ''
FROM personnel_assignment a JOIN personnel_member m ON m.id = a.member_id
WHERE a.force = 'joint_defence' AND a.ended_on IS NULL AND pg_temp.lot(a.unit_id, %(seed)s + 7) < 92
  AND pg_temp.lot(a.member_id, %(seed)s + 8) < 90
GROUP BY a.member_id, m.unit_id
"""


def worn_on(day: date) -> date:
    """The day from which the new scheme is worn: 6 August of the year before."""
    return date(day.year - 1, 8, 6)


def load_kit(cursor, day: date, seed: int) -> None:
    """Write it, on the owner's connection; people and services are there already."""
    worn, begun = worn_on(day), date(day.year - 9, 1, 1)
    issued = worn - timedelta(22)
    old, vest, campaign = _catalogue(worn, begun, issued)
    asked = {
        "campaign": campaign.pk, "forces": list(FORCES), "issued": issued, "begun": begun, "seed": seed * 16,
        "old": old.pk, "vest": vest.pk,
    }  # fmt: skip
    cursor.execute(LOTS)
    cursor.execute(DOSSIERS, asked)
    cursor.execute(RECIPIENTS, asked)
    cursor.execute(SIZES, asked)
    cursor.execute(ISSUES, asked)
    cursor.execute(OTHERS, asked)


def _catalogue(worn: date, begun: date, issued: date) -> tuple[KitItem, KitItem, KitCampaign]:
    """Schemes, items, sets and the campaign; of these the old uniform, the vest and the campaign."""
    new, old = KitScheme.objects.using(OWNER).bulk_create(
        [KitScheme(name=f"{worn.year}式"), KitScheme(name=f"{begun.year}式")]
    )
    items = KitItem.objects.using(OWNER)
    items.filter(name__in=NEW_ITEMS).update(scheme=new)
    known = {item.name: item for item in items.all()}
    former, vest = items.bulk_create([
        KitItem(name="制服", kind="uniform", scheme=old, scale_id=known["制服"].scale_id, retired_on=worn),
        KitItem(name="联防背心", kind="uniform"),
    ])  # fmt: skip
    entries = [KitSetEntry(force="joint_defence", item=vest, valid_from=begun)]
    for force in FORCES:
        entries.append(KitSetEntry(force=force, item=former, valid_from=begun, valid_until=worn))
        entries += [KitSetEntry(force=force, item=known[name], valid_from=worn) for name in NEW_ITEMS]
        entries += [KitSetEntry(force=force, item=known[name], valid_from=begun) for name in EVERYDAY]
    KitSetEntry.objects.using(OWNER).bulk_create(entries)
    campaign = KitCampaign.objects.using(OWNER).create(
        unit_id=DISTRICT, name=f"{worn.year}年统一换装", forces=list(FORCES), scheme=new, issue_on=issued,
        in_use_on=worn, opened_on=issued,
    )  # fmt: skip
    return former, vest, campaign
