"""Kit: sizes of their scale, campaigns and recipients, issuing to many once, taking back, what is short."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.utils import InternalError
from hypothesis import given
from hypothesis import strategies as st

from organization.belonging import reach
from organization.models import TrailEntry
from organization.refusal import fill
from organization.scope import as_account, as_root
from personnel import figures
from personnel.kit import campaigns, issuing, recipients, returning, scanning, shortages, sizes
from personnel.kit.terms import KitRefused
from personnel.models import Assignment, KitIssue, KitItem, KitRecipient, KitScale, KitSetEntry, KitSize, Member
from tests.conftest import DISTRICT, OTHER_TOWN, TOWN
from tests.personnel.assessed import patrol
from tests.personnel.kit_world import ISSUED, WORN, campaign, catalogue, issue, open_for, size


@pytest.fixture
def world(db, officer):
    """Five of the patrol in two towns; four have a size; the campaign is open."""
    of = catalogue()
    members = [*patrol(3), *patrol(2, OTHER_TOWN)]
    for member in members[:4]:
        size(of, member)
    given = campaign(of)
    assert open_for(given, officer) == 5
    return of | {"members": members, "campaign": given}


def held(member, **conditions):
    with as_root("test"):
        found = KitIssue.objects.filter(member=member, returned_on=None, **conditions)
        return list(found.select_related("item__scheme").order_by("item"))


# --- what cannot be --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", ["kitsize", "kitissue"])
def test_a_size_is_one_of_its_scale(world, model):
    member = world["members"][4]
    fields = {"member": member, "size": "999", "unit_id": member.unit_id}
    row = {
        "kitsize": KitSize(scale=world["scale"], **fields),
        "kitissue": KitIssue(item=world["uniform"], issued_on=ISSUED, **fields),
    }[model]
    with as_root("test"), pytest.raises(IntegrityError, match="size is one of its scale"), transaction.atomic():
        row.save()


def test_what_is_made_in_one_size_has_none_and_what_is_made_in_sizes_has_one(world):
    member = world["members"][0]
    with as_root("test"):
        for item, text in ((world["badge"], "170"), (world["uniform"], "")):
            with pytest.raises(IntegrityError, match="size is one of its scale"), transaction.atomic():
                KitIssue.objects.create(member=member, item=item, size=text, issued_on=ISSUED)


def test_nobody_is_issued_an_item_twice_in_a_campaign_unless_it_came_back(world):
    member = world["members"][0]
    fields = {"member": member, "item": world["badge"], "campaign": world["campaign"], "issued_on": ISSUED}
    with as_root("test"):
        first = KitIssue.objects.create(**fields)
        with pytest.raises(IntegrityError, match="once_a_campaign_unless_it_came_back"), transaction.atomic():
            KitIssue.objects.create(**fields)
        KitIssue.objects.filter(pk=first.pk).update(returned_on=WORN, ending="replaced")
        KitIssue.objects.create(**fields)


def test_kit_of_a_campaign_goes_to_its_recipients(world):
    outsider = patrol(1, since="2014-07-16")[0]
    fields = {"item": world["badge"], "campaign": world["campaign"], "issued_on": ISSUED}
    with as_root("test"), pytest.raises(IntegrityError, match="goes to its recipients"), transaction.atomic():
        KitIssue.objects.create(member=outsider, **fields)


@pytest.mark.parametrize(
    ("days", "is_refused"), [((WORN, None), True), ((date(2013, 1, 1), WORN), False), ((date(2013, 1, 1), None), True)]
)
def test_a_force_has_one_number_of_an_item_a_day(world, days, is_refused):
    def write():
        with as_root("test"), transaction.atomic():
            KitSetEntry.objects.create(
                force="patrol", item=world["belt"], count=2, valid_from=days[0], valid_until=days[1]
            )

    if is_refused:
        with pytest.raises(IntegrityError, match="kit_set_names_an_item_once_a_day"):
            write()
    else:
        write()


def test_another_force_has_its_own_number(world):
    with as_root("test"):
        KitSetEntry.objects.create(force="guard", item=world["belt"], count=2, valid_from=WORN)


@pytest.mark.parametrize("change", [{"issue_on": date(2014, 7, 1)}, {"forces": ["guard"]}, {"opened_on": None}])
def test_the_terms_of_an_open_campaign_stay(world, change):
    with as_root("test"), pytest.raises((IntegrityError, InternalError), match="never changes"), transaction.atomic():
        type(world["campaign"]).objects.filter(pk=world["campaign"].pk).update(**change)


def test_a_size_in_use_stays_in_its_scale_and_an_issued_item_in_its_scheme(world, officer):
    issue(world["campaign"], officer, world["members"][:1])
    with as_root("test"):
        scale, uniform = world["scale"], world["uniform"]
        scale.sizes = ["160"]
        with pytest.raises(IntegrityError, match="size in use"), transaction.atomic():
            scale.save()
        uniform.scheme = None
        with pytest.raises(IntegrityError, match="keeps scheme and scale"), transaction.atomic():
            uniform.save()


# --- campaigns -------------------------------------------------------------------------------------------------------


def test_recipients_are_those_who_serve_on_the_first_day(db, officer):
    of = catalogue()
    there, later, gone = patrol(1), patrol(1, since="2014-07-16"), patrol(1, until="2014-07-15")
    given = campaign(of)
    assert open_for(given, officer) == 1
    with as_root("test"):
        assert list(KitRecipient.objects.values_list("member", flat=True)) == [there[0].pk]
    with as_account(officer), transaction.atomic():
        assert campaigns.add_newcomers(given, officer, WORN) == 1
    with as_root("test"):
        found = set(KitRecipient.objects.values_list("member", flat=True))
    assert (later[0].pk in found, gone[0].pk in found) == (True, False)


def test_a_campaign_opens_once_and_only_with_something_to_issue(world, officer):
    with pytest.raises(KitRefused) as refused:
        open_for(world["campaign"], officer)
    assert refused.value.code == "opened_already"
    empty = campaign(world, name="没有清单", forces=["guard"])
    with pytest.raises(KitRefused) as refused:
        open_for(empty, officer)
    assert refused.value.code == "nothing_mandatory"


def test_a_closed_campaign_issues_nothing(world, officer):
    with as_account(officer), transaction.atomic():
        campaigns.close(world["campaign"], officer, ISSUED)
    with pytest.raises(KitRefused) as refused:
        issue(world["campaign"], officer, world["members"])
    assert refused.value.code == "closed"


def test_progress_counts_recipients_who_serve_by_town(world, officer):
    issue(world["campaign"], officer, world["members"][:1])
    issue(world["campaign"], officer, world["members"][1:2], [world["badge"]])
    leave(world["members"][2])
    with as_account(officer):
        found = campaigns.progress(world["campaign"], WORN)
    told = [(one.town, one.people, one.complete, one.none, one.without_size) for one in found]
    assert told == [(TOWN, 2, 1, 0, 0), (OTHER_TOWN, 2, 0, 2, 1)]


def leave(member, day="2014-07-20"):
    with as_root("test"):
        Assignment.objects.filter(member=member).update(ended_on=day, ending="resigned")


# --- issuing ---------------------------------------------------------------------------------------------------------


def test_issuing_gives_each_what_is_mandatory_in_the_size_on_record(world, officer):
    done = issue(world["campaign"], officer, world["members"])
    assert (done.people, done.pieces) == (5, 14)
    assert [(row.name, row.why) for row in done.refused] == [
        (world["members"][4].name, str(fill(issuing.WITHOUT_SIZE, {"items": "外套"})))
    ]
    assert [(one.item, one.size) for one in held(world["members"][0])] == [
        (world["belt"], ""), (world["uniform"], "170"), (world["badge"], ""),
    ]  # fmt: skip


def test_pressed_twice_it_is_issued_once_and_who_has_it_is_named(world, officer):
    issue(world["campaign"], officer, world["members"][:2])
    again = issue(world["campaign"], officer, world["members"][:2])
    assert (again.people, again.pieces) == (0, 0)
    assert {row.why for row in again.refused} == {str(issuing.HAS_IT)}
    with as_root("test"):
        assert KitIssue.objects.count() == 6


def test_a_size_told_at_the_counter_counts_and_is_remembered(world, officer):
    issue(world["campaign"], officer, world["members"][4:], told="185")
    assert [one.size for one in held(world["members"][4], item=world["uniform"])] == ["185"]
    issue(world["campaign"], officer, world["members"][:1], told="180")
    with as_root("test"):
        assert KitSize.objects.get(member=world["members"][4]).size == "185"
        assert KitSize.objects.get(member=world["members"][0]).size == "170", "what is on record stays"


@pytest.mark.parametrize(("told", "why"), [("999", "999"), ("", issuing.HAS_IT)])
def test_refused_rows_say_why(world, officer, told, why):
    if not told:
        issue(world["campaign"], officer, world["members"][:1])
    done = issue(world["campaign"], officer, world["members"][:1], told=told)
    assert str(why) in done.refused[0].why


def test_who_left_is_no_recipient_or_is_kept_elsewhere_gets_nothing(world, officer, account):
    leave(world["members"][0])
    outsider = patrol(1, since="2014-07-16")[0]
    done = issue(world["campaign"], officer, [world["members"][0], outsider], today=WORN)
    assert [row.why for row in done.refused] == [str(issuing.LEFT), str(issuing.NO_RECIPIENT)]
    staff = account("staff", TOWN)
    foreign = issue(world["campaign"], staff, world["members"][3:4])
    assert [row.why for row in foreign.refused] == [str(issuing.ELSEWHERE)]
    assert world["members"][3].name not in [row.name for row in foreign.refused]


@pytest.mark.parametrize(("day", "code"), [(ISSUED - timedelta(1), "before_issue"), (WORN + timedelta(1), "in_future")])
def test_kit_is_issued_on_a_day_of_the_campaign_that_has_come(world, officer, day, code):
    with pytest.raises(KitRefused) as refused:
        issue(world["campaign"], officer, world["members"][:1], day=day, today=WORN)
    assert refused.value.code == code
    assert held(world["members"][0]) == []


def test_the_trail_names_one_batch_for_all_that_was_issued_at_once(world, officer, account):
    issue(world["campaign"], officer, world["members"][:3])
    with as_account(account("auditor")):
        entries = TrailEntry.objects.filter(table="personnel_kitissue")
        assert len({entry.batch for entry in entries}) == 1
        assert (entries.count(), {entry.actor for entry in entries}) == (9, {officer.pk})


def test_a_clerk_issues_nothing(world, account):
    clerk = account("clerk", TOWN + 1)
    with pytest.raises(KitRefused) as refused:
        issue(world["campaign"], clerk, world["members"][:1])
    assert refused.value.code == "not_yours"


@pytest.mark.parametrize("count", [3, 30])
def test_issuing_asks_as_many_questions_for_thirty_as_for_three(db, officer, count, django_assert_num_queries):
    of = catalogue()
    members = patrol(count)
    for member in members:
        size(of, member)
    given = campaign(of)
    open_for(given, officer)
    with as_account(officer), transaction.atomic(), django_assert_num_queries(13):
        issuing.issue(
            given, {member.pk: "" for member in members}, [of["belt"].pk, of["uniform"].pk], officer,
            issued_on=ISSUED, today=ISSUED,
        )  # fmt: skip


# --- lists of codes --------------------------------------------------------------------------------------------------


def test_a_size_told_does_not_matter_to_who_lacks_only_what_has_none(world, officer):
    issue(world["campaign"], officer, world["members"][:1], [world["uniform"]])
    done = issue(world["campaign"], officer, world["members"][:1], told="185")
    assert (done.pieces, done.refused) == (2, [])


def test_a_list_names_people_by_document_and_by_service_number(world, officer):
    first, second = world["members"][:2]
    with as_root("test"):
        Assignment.objects.filter(member=second).update(badge="穗0042")
    text = f"{first.id_number}\r\n\n穗0042\t185\n{first.id_number.lower()}\n440199199001011234\n"
    with as_account(officer):
        listed = scanning.read(text, ISSUED)
    assert listed.people == {first.pk: "", second.pk: "185"}
    assert [(line.number, line.shown, why) for line, why in listed.refused] == [
        (4, "440199************", scanning.TWICE),
        (5, "440199************", scanning.UNKNOWN),
    ]


def test_two_people_of_one_service_number_are_not_guessed(world, officer):
    with as_root("test"):
        Assignment.objects.filter(member__in=world["members"][:2]).update(badge="0042")
    with as_account(officer):
        listed = scanning.read("0042", ISSUED)
    assert listed.people == {}
    assert listed.refused[0][1] == scanning.SEVERAL


def test_a_list_finds_nobody_of_another_town(world, account):
    with as_account(account("staff", TOWN)):
        listed = scanning.read(world["members"][3].id_number, ISSUED)
    assert listed.people == {}


def test_a_list_has_at_most_a_thousand_lines(world):
    with pytest.raises(KitRefused):
        scanning.lines("1\n" * 1001)


# --- sizes -----------------------------------------------------------------------------------------------------------


def test_sizes_are_written_and_changed_for_many_and_refused_by_name(world, account):
    clerk = account("staff", TOWN)
    first, second, third = world["members"][:3]
    given = {first.pk: "185", second.pk: "170", third.pk: "7", world["members"][3].pk: "170"}
    with as_account(clerk), transaction.atomic():
        entered = sizes.enter(world["scale"], given, clerk)
    assert entered.written == 1, "one is new, one as it was, one no size, one of another town"
    assert third.name in [name for name, _why in entered.refused]
    with as_root("test"):
        assert KitSize.objects.get(member=first).size == "185"


def test_a_size_chosen_where_none_stood_is_not_written_over_one_that_came_meanwhile(world, account):
    clerk, member = account("staff", TOWN), world["members"][0]
    with as_account(clerk), transaction.atomic():
        sizes.enter(world["scale"], {member.pk: "170"}, clerk)
        late = sizes.enter(world["scale"], {member.pk: "185"}, clerk, is_first=True)
        same = sizes.enter(world["scale"], {member.pk: "170"}, clerk, is_first=True)
        listed = sizes.enter(world["scale"], {member.pk: "185"}, clerk)
    assert (late.written, [name for name, _why in late.refused]) == (0, [member.name])
    assert "170" in str(late.refused[0][1])
    assert (same.written, same.refused) == (0, [])
    assert listed.changed == [(member.name, "170", "185")]


def test_who_has_no_size_is_found(world, officer):
    with as_account(officer):
        found = recipients.recipients(world["campaign"], ISSUED, DISTRICT, "size")
    assert [one.member for one in found] == [world["members"][4].pk]


# --- what is short ---------------------------------------------------------------------------------------------------


def test_shortages_are_wanted_less_given_by_item_size_and_town(world, officer):
    issue(world["campaign"], officer, world["members"][:2])
    with as_account(officer):
        found = shortages.shortages(world["campaign"], ISSUED, DISTRICT)
    told = {(one.item.name, one.size, one.town): one.missing for one in found if one.missing}
    assert told == {
        ("皮带", "", TOWN): 1, ("皮带", "", OTHER_TOWN): 2, ("外套", "170", TOWN): 1, ("外套", "170", OTHER_TOWN): 1,
        ("外套", "", OTHER_TOWN): 1, ("新臂章", "", TOWN): 1, ("新臂章", "", OTHER_TOWN): 2,
    }  # fmt: skip


def test_who_still_wears_the_old_lacks_the_new_or_holds_the_old_after_the_day(world, officer):
    complete, holds_old, lacks = world["members"][:3]
    with as_root("test"):
        for member in (holds_old, lacks):
            KitIssue.objects.create(member=member, item=world["old"], size="170", issued_on=date(2013, 1, 1))
    issue(world["campaign"], officer, [complete, holds_old])
    with as_account(officer):
        assert shortages.still_old(world["campaign"], WORN - timedelta(1), TOWN) == []
        found = {one.member: one for one in shortages.still_old(world["campaign"], WORN, TOWN)}
    assert found.keys() == {holds_old.pk, lacks.pk}
    assert (found[holds_old.pk].lacks, found[holds_old.pk].old) == ([], [world["old"]])
    assert len(found[lacks.pk].lacks) == 3


def test_units_without_uniform_set_count_people_against_what_is_mandatory_that_day(world, officer):
    issue(world["campaign"], officer, world["members"][:1])
    with as_account(officer):
        assert shortages.by_unit(ISSUED, DISTRICT) == [], "nothing is mandatory yet"
        assert shortages.by_unit(WORN, DISTRICT) == [(TOWN, 3, 1, 2), (OTHER_TOWN, 2, 0, 2)]
        found = shortages.without(WORN, OTHER_TOWN)
    assert [one.member for one in found] == [member.pk for member in world["members"][3:]]


def figures_of(who, day, unit=DISTRICT, force=None):
    with as_account(who):
        return figures.kit(day, reach(unit), force)


def test_the_figures_of_kit_count_people_pieces_and_who_is_still_in_the_old_scheme(world, officer, account):
    complete, partly, *_others = world["members"]
    issue(world["campaign"], officer, [complete])
    issue(world["campaign"], officer, [partly], [world["badge"]])
    assert figures_of(officer, ISSUED)["required"] == 0, "nothing is mandatory yet"
    told = {"required": 5, "complete": 1, "pieces": 15, "pieces_issued": 4, "still_old": 4, "rate": 0.2}
    assert figures_of(officer, WORN) == told
    assert (
        figures_of(officer, WORN, OTHER_TOWN)["required"] == figures_of(account("staff", OTHER_TOWN), WORN)["required"]
    )
    assert figures_of(officer, WORN, force="patrol") == told
    assert figures_of(officer, WORN, force="guard") == dict.fromkeys(told, 0)


def test_a_past_day_shows_the_kit_that_was_in_hand_then(world, officer):
    member, later = world["members"][0], WORN + timedelta(30)
    issue(world["campaign"], officer, [member])
    with as_root("test"):
        KitIssue.objects.filter(member=member).update(returned_on=later, ending="lost")
    for day, complete in ((WORN, 1), (later - timedelta(1), 1), (later, 0)):
        told = figures_of(officer, day, TOWN)
        assert (told["complete"], told["still_old"]) == (complete, 3 - complete)
        with as_account(officer):
            assert len(shortages.still_old(world["campaign"], day, TOWN)) == told["still_old"]
            progress = campaigns.total(campaigns.progress(world["campaign"], day))
        assert progress.complete == complete


# --- taking back -----------------------------------------------------------------------------------------------------


def test_who_left_hands_back_in_one_go_and_only_once(world, officer):
    issue(world["campaign"], officer, world["members"][:3])
    for member in world["members"][:2]:
        leave(member)
    with as_account(officer):
        issues = returning.of_leavers(WORN)
        assert returning.leavers(WORN) == 2
        keys = [member.pk for member in world["members"][:3]]
        given = {"day": WORN, "ending": "returned", "today": WORN}
        pieces, refused = returning.take_back(keys, issues, officer, **given)
        assert (pieces, [row.member for row in refused]) == (6, keys[2:])
        again, _refused = returning.take_back(keys, issues, officer, **given)
        assert (again, returning.leavers(WORN)) == (0, 0)


def test_kit_is_not_handed_back_before_it_was_issued(world, officer):
    issue(world["campaign"], officer, world["members"][:1], day=ISSUED + timedelta(4), today=WORN)
    leave(world["members"][0])
    with as_account(officer):
        pieces, refused = returning.take_back(
            [world["members"][0].pk], returning.of_leavers(WORN), officer, day=ISSUED, ending="returned", today=WORN
        )
    assert pieces == 0
    assert refused[0].why == returning.YOUNGER


def test_kit_follows_its_person_to_another_town(world, officer, account):
    issue(world["campaign"], officer, world["members"][:1])
    with as_root("test"):
        Member.objects.filter(pk=world["members"][0].pk).update(unit_id=OTHER_TOWN)
    for unit, pieces in ((TOWN, 0), (OTHER_TOWN, 3)):
        with as_account(account("staff", unit)):
            assert KitIssue.objects.count() == pieces
            assert KitRecipient.objects.filter(member=world["members"][0]).exists() == bool(pieces)


# --- whatever is typed -----------------------------------------------------------------------------------------------


@given(st.text(max_size=300))
def test_any_text_is_read_as_lines_that_each_have_a_code(text):
    found = scanning.lines(text)
    assert all(line.code for line in found)
    assert [line.number for line in found] == sorted({line.number for line in found})


@given(st.lists(st.sampled_from(["155", "160", "170", "185", ""]), max_size=12))
def test_sizes_stand_in_the_order_of_their_scale_and_unknown_ones_last(texts):
    item = KitItem(scale=KitScale(sizes=["155", "160", "170", "185"]))
    ordered = sorted(texts, key=lambda text: shortages.place(item, text))
    assert ordered == [*sorted(text for text in texts if text), *(text for text in texts if not text)]
