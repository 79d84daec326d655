"""The pages of kit, before the office, the town of the people, and a stranger; kit in mergers of forces and files."""

import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from organization.scope import as_account, as_root
from personnel.corrections import withdrawal
from personnel.corrections.comparing import compare
from personnel.corrections.merging import merge
from personnel.corrections.unmerging import unmerge
from personnel.kit import tasks
from personnel.merger import unification
from personnel.merger.kit_load import kit_load
from personnel.merger.terms import MergerRefused
from personnel.models import (
    Assignment,
    FileMerge,
    KitCampaign,
    KitIssue,
    KitRecipient,
    KitScale,
    KitSize,
    Member,
    MergerTask,
)
from tests.conftest import OTHER_TOWN, OTHER_VILLAGE, TOWN, VILLAGE
from tests.factories import MemberFactory, serve
from tests.personnel.assessed import (
    TODAY,
    carry_out,
    confirm,
    cycle,
    examiner,
    patrol,
    programme,
    propose,
    revert,
    score,
)
from tests.personnel.kit_world import ISSUED, WORN, campaign, catalogue, issue, open_for, size

PAGES = ("change", "recipients", "sizes", "shortages", "old")


@pytest.fixture
def world(db, officer):
    of = catalogue()
    members = [*patrol(2), *patrol(1, OTHER_TOWN)]
    for member in members[:2]:
        size(of, member)
    given = campaign(of)
    open_for(given, officer)
    return of | {"members": members, "campaign": given, "address": f"/personnel/kitcampaign/{given.pk}"}


def batch(world, members, **more):
    items = [world[name].pk for name in ("uniform", "badge", "belt")]
    return {"items": items, "day": ISSUED.isoformat(), "member": [member.pk for member in members]} | more


def issued():
    with as_root("test"):
        return KitIssue.objects.count()


# --- three people ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
def test_each_sees_the_people_of_the_own_range(world, account, visitor, officer, page):
    own, foreign = world["members"][0].name, world["members"][2].name
    address = f"{world['address']}/{page}/?standing=all"
    seen = {
        "office": visitor(officer).get(address).content.decode(),
        "town": visitor(account("staff", TOWN)).get(address).content.decode(),
        "stranger": visitor(account("clerk", OTHER_VILLAGE)).get(address).content.decode(),
    }
    assert foreign not in seen["town"]
    assert own not in seen["stranger"]
    assert foreign not in seen["stranger"], "the town keeps the file"
    if page in ("recipients", "old"):
        assert own in seen["office"] and foreign in seen["office"] and own in seen["town"]  # noqa: PT018


@pytest.mark.parametrize("page", ["gaps", "shortages", "returns"])
def test_lists_of_all_kit_keep_to_the_range_as_well(world, officer, account, visitor, page):
    issue(world["campaign"], officer, world["members"][:1])
    with as_root("test"):
        Assignment.objects.filter(member=world["members"][0]).update(ended_on="2014-07-20", ending="resigned")
    own, foreign = world["members"][:2], world["members"][2]
    town = visitor(account("staff", TOWN)).get(f"/personnel/kitissue/{page}/").content.decode()
    stranger = visitor(account("staff", OTHER_TOWN)).get(f"/personnel/kitissue/{page}/").content.decode()
    assert foreign.name not in town
    assert not any(member.name in stranger for member in own)


@pytest.mark.parametrize("step", ["open", "newcomers", "close"])
def test_a_town_runs_no_campaign(world, account, visitor, step):
    answer = visitor(account("staff", TOWN)).post(f"{world['address']}/{step}/")
    assert answer.status_code == 403
    with as_root("test"):
        assert KitCampaign.objects.get().closed_on is None


@pytest.mark.parametrize("export", ["shortages-export", "old-export"])
def test_a_list_is_taken_out_by_those_who_may_export(world, officer, account, visitor, export):
    address = f"{world['address']}/{export}/"
    assert visitor(account("clerk", VILLAGE)).post(address).status_code == 403
    assert visitor(officer).get(address).status_code == 405
    answer = visitor(officer).post(address)
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert "新臂章" in text


def test_the_catalogue_is_read_by_a_town_and_written_by_the_office(world, officer, account, visitor):
    town, office = visitor(account("staff", TOWN)), visitor(officer)
    with as_root("test"):
        entry = world["belt"].entries.get().pk
    for model, key in (
        ("kitscheme", world["scheme"].pk), ("kitscale", world["scale"].pk), ("kititem", world["belt"].pk),
        ("kitsetentry", entry),
    ):  # fmt: skip
        address = f"/personnel/{model}/{key}/change/"
        assert 'name="_save"' not in town.get(address).content.decode()
        assert 'name="_save"' in office.get(address).content.decode()
    form = {"name": "号型", "sizes": "155，160、165 170"}
    shorter = {"name": "短", "sizes": "155, 160"}
    assert office.post(f"/personnel/kitscale/{world['scale'].pk}/change/", shorter).status_code == 200, "170 is in use"
    assert office.post("/personnel/kitscale/add/", form).status_code == 302
    with as_root("test"):
        assert KitScale.objects.get(name="号型").sizes == ["155", "160", "165", "170"]


def test_an_open_campaign_is_put_off_but_not_pointed_at_other_people(world, officer, visitor):
    form = {"name": "推迟换装", "in_use_on": "2014-09-01", "issue_on": "2013-01-01", "forces": ["guard"]}
    assert visitor(officer).post(f"{world['address']}/change/?terms=1", form).status_code == 302
    with as_root("test"):
        found = KitCampaign.objects.get()
    assert (found.name, found.in_use_on.month) == ("推迟换装", 9)
    assert (found.issue_on, found.forces) == (ISSUED, ["patrol"])


# --- issuing on the pages --------------------------------------------------------------------------------------------


def test_a_list_is_previewed_then_issued_and_a_second_press_issues_nothing(world, officer, visitor):
    browser, address = visitor(officer), f"{world['address']}/recipients/?standing=missing"
    preview = browser.post(address, batch(world, world["members"], preview="1"))
    assert (len(preview.context["rows"]), len(preview.context["refused"])) == (3, 1)
    assert issued() == 0
    sent = batch(world, [], carry_out="1", people=preview.context["people"])
    for _press in range(2):
        assert browser.post(address, sent).status_code == 302
        assert issued() == 8


def test_scanned_lines_are_issued_and_lines_that_name_nobody_are_named(world, account, visitor):
    staff = account("staff", TOWN)
    browser, address = visitor(staff), f"{world['address']}/scan/"
    codes = "\n".join(member.id_number for member in world["members"]) + "\n0000\n"
    preview = browser.post(address, batch(world, [], codes=codes, preview="1"))
    assert len(preview.context["rows"]) == 2
    assert [line.number for line, _why in preview.context["lines"]] == [3, 4]
    assert world["members"][2].id_number not in preview.content.decode()
    browser.post(address, batch(world, [], carry_out="1", people=preview.context["people"]))
    assert issued() == 6


@pytest.mark.parametrize(
    "spoilt", [{"day": "2999-01-01"}, {"day": "never"}, {"items": []}, {"items": ["987654321"]}, {"people": ""}]
)
def test_a_spoilt_form_issues_nothing_and_is_no_fault(world, officer, visitor, spoilt):
    member = world["members"][0]
    for page in ("recipients", "scan"):
        sent = batch(world, [member], carry_out="1", people=f"{member.pk}:") | spoilt
        assert visitor(officer).post(f"{world['address']}/{page}/", sent).status_code in (200, 302)
    assert issued() == 0


def test_sizes_are_chosen_or_pasted(world, officer, visitor):
    browser, address = visitor(officer), f"{world['address']}/sizes/"
    member, scale = world["members"][2], world["scale"].pk
    assert len(browser.get(address).context["rows"]) == 1
    browser.post(address, {f"size-{member.pk}-{scale}": "165"})
    browser.post(address, {"scale": scale, "pasted": f"{world['members'][0].id_number}\t190\nnobody 170"})
    with as_root("test"):
        found = dict(KitSize.objects.values_list("member", "size"))
    assert (found[member.pk], found[world["members"][0].pk]) == ("165", "190")
    assert browser.get(address).context["rows"] == []


def test_kit_of_leavers_is_previewed_and_taken_back(world, officer, visitor):
    issue(world["campaign"], officer, world["members"][:2])
    with as_root("test"):
        Assignment.objects.filter(member=world["members"][0]).update(ended_on="2014-07-20", ending="resigned")
    browser, address = visitor(officer), "/personnel/kitissue/returns/"
    given = {"day": WORN.isoformat(), "ending": "returned"}
    preview = browser.post(address, given | {"codes": world["members"][0].id_number, "preview": "1"})
    assert len(preview.context["rows"]) == 1
    browser.post(address, given | {"people": preview.context["people"], "carry_out": "1"})
    with as_root("test"):
        assert KitIssue.objects.filter(returned_on=WORN).count() == 3
    assert browser.get(address).context["rows"] == []


def test_the_shortage_page_adds_up(world, officer, visitor):
    issue(world["campaign"], officer, world["members"][:1])
    shown = visitor(officer).get(f"{world['address']}/shortages/").context
    assert (shown["wanted"], shown["given"]) == (9, 3)
    assert sum(line["missing"] for line in shown["lines"]) == 6
    assert all(sum(line["cells"]) == line["missing"] for line in shown["lines"])


def test_the_file_shows_what_is_held_what_is_missing_and_the_sizes(world, officer, visitor):
    issue(world["campaign"], officer, world["members"][:1], [world["badge"]])
    kit = visitor(officer).get(f"/personnel/member/{world['members'][0].pk}/change/").context["kit"]
    assert [str(one.item) for one in kit["held"]] == ["新臂章（新式）"]
    assert kit["lacks"] == ["皮带", "外套（新式）"]
    assert [one.size for one in kit["sizes"]] == ["170"]


def test_one_thing_is_issued_to_one_person_in_the_file(world, officer, visitor):
    browser, member = visitor(officer), world["members"][0]
    form = {"member": member.pk, "item": world["uniform"].pk, "size": "7", "count": "1", "issued_on": "2014-07-20"}
    refused = browser.post(f"/personnel/kitissue/add/?member={member.pk}", form)
    assert "size" in refused.context["adminform"].form.errors
    assert browser.post(f"/personnel/kitissue/add/?member={member.pk}", form | {"size": "175"}).status_code == 302
    assert issued() == 1


def test_the_workbench_names_kit_that_waits(world, officer, account, visitor):
    page = visitor(officer).get("/").content.decode()
    assert f"{world['address']}/old/" in page
    assert f"{world['address']}/old/" in visitor(account("staff", TOWN)).get("/").content.decode()
    assert f"{world['address']}/old/" not in visitor(account("clerk", VILLAGE)).get("/").content.decode()


@pytest.mark.parametrize("page", [*PAGES, "scan"])
def test_pages_ask_as_many_questions_of_many_as_of_few(world, officer, visitor, page):
    browser, address = visitor(officer), f"{world['address']}/{page}/?standing=all"
    browser.get(address)
    counts = []
    for _time in range(2):
        with CaptureQueriesContext(connection) as asked:
            browser.get(address)
        counts.append(len(asked))
        with as_root("test"):
            for member in patrol(10):
                KitRecipient.objects.create(member=member, campaign=world["campaign"], force="patrol")
    assert counts[0] == counts[1]


def test_every_number_by_town_opens_the_people_it_counts(world, officer, visitor):
    issue(world["campaign"], officer, world["members"][:1])
    issue(world["campaign"], officer, world["members"][1:2], [world["badge"]])
    browser = visitor(officer)
    shown = browser.get(f"{world['address']}/change/")
    for _name, town in shown.context["towns"]:
        numbers = {"all": town.people, "complete": town.complete, "missing": town.missing, "none": town.none,
                   "size": town.without_size}  # fmt: skip
        for standing, people in numbers.items():
            link = f"{world['address']}/recipients/?standing={standing}&unit={town.town}"
            assert link.replace("&", "&amp;") in shown.content.decode()
            assert browser.get(link).context["count"] == people


# --- a merger of forces ----------------------------------------------------------------------------------------------


@pytest.fixture
def merger(db, officer, account):
    """Two of the patrol absorbed into the auxiliary police, which has to wear kit; sizes of the first are known."""
    of = catalogue("auxiliary")
    members = patrol(2)
    size(of, members[0])
    found = cycle()
    examiner(found, officer)
    score(found, officer, dict.fromkeys(members, 90))
    with as_root("test"):
        type(of["belt"].entries.get()).objects.update(valid_from=TODAY)
    return of | {"members": members, "programme": programme(found), "second": account("governance")}


def carried(merger, officer):
    propose(merger["programme"], officer)
    confirm(merger["programme"], merger["second"])
    carry_out(merger["programme"], officer)
    given = campaign(merger, forces=["auxiliary"], issue_on=TODAY, in_use_on=WORN)
    open_for(given, officer, TODAY)
    return given


def kit_tasks():
    with as_root("test"):
        return dict(MergerTask.objects.filter(kind="kit").values_list("member", "done_on"))


def met(merger, officer):
    with as_account(officer):
        return unification.completion(merger["programme"], ISSUED)[0]["insignia"]


def test_the_simulation_tells_the_kit_by_size_at_each_mark(merger, officer):
    with as_account(officer):
        found = kit_load(merger["programme"], [6000, 9500], TODAY)
    told = {(load.item.name, load.size, load.is_unknown): load.pieces for load in found}
    assert told == {
        ("皮带", "", False): [2, 0], ("外套", "170", False): [1, 0], ("外套", "", True): [1, 0],
        ("新臂章", "", False): [2, 0],
    }  # fmt: skip


def test_the_command_tells_the_kit_of_each_mark(merger, officer, capsys):
    call_command("merger", "simulate", str(merger["programme"].pk), "--as", officer.username, "--pass-mark", "60", "95",
                 "--json")  # fmt: skip
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert [mark["absorbed"] for mark in told["marks"]] == [2, 0]
    assert {(one["item"], one["size"]): one["pieces"] for one in told["kit"]} == {
        ("皮带", ""): [2, 0], ("外套（新式）", "170"): [1, 0], ("外套（新式）", None): [1, 0],
        ("新臂章（新式）", ""): [2, 0],
    }  # fmt: skip


def test_every_number_of_kit_on_the_dashboard_opens_the_people_it_is_about(merger, officer, account, visitor):
    given = carried(merger, officer)
    issue(given, officer, merger["members"][:1], day=TODAY, today=TODAY)
    day = {"on": WORN.isoformat()}
    for who, people in ((officer, 2), (account("staff", TOWN), 2), (account("staff", OTHER_TOWN), 0)):
        browser = visitor(who)
        table = browser.get("/dashboards/merger/", day).context["tables"][-1]
        if not people:
            assert all(row["label"] != "东塘街道" for row in table["rows"])
            continue
        for row in (*table["rows"], table["total"]):
            whole, rate, old = row["cells"][:3]
            assert (whole["value"], rate["value"], old["value"]) == ("1 / 2", "50.0%", "1")
            for cell in (whole, old):
                listed = browser.get(cell["url"])
                assert [one["label"] for one in listed.context["table"]["rows"]] == [merger["members"][1].name]


def test_kit_that_is_issued_completes_the_task_of_the_merger_and_its_indicator(merger, officer):
    given = carried(merger, officer)
    first, second = merger["members"]
    assert (met(merger, officer), set(kit_tasks().values())) == (0, {None})
    issue(given, officer, [first, second])
    assert kit_tasks() == {first.pk: ISSUED, second.pk: None}, "the second lacks a size"
    assert met(merger, officer) == 1
    issue(given, officer, [second], told="180")
    assert (kit_tasks()[second.pk], met(merger, officer)) == (ISSUED, 2)


def test_part_of_the_kit_completes_nothing(merger, officer):
    given = carried(merger, officer)
    issue(given, officer, merger["members"][:1], [merger["belt"], merger["badge"]])
    assert set(kit_tasks().values()) == {None}


def test_a_task_is_left_to_people_where_nothing_is_mandatory(merger, officer):
    carried(merger, officer)
    with as_root("test"):
        type(merger["belt"].entries.get()).objects.update(valid_from=TODAY, valid_until=TODAY + timedelta(1))
        assert tasks.mark_done([member.pk for member in merger["members"]], ISSUED) == 0


def test_a_merger_is_not_taken_back_once_kit_was_issued(merger, officer):
    given = carried(merger, officer)
    issue(given, officer, merger["members"][:1], [merger["badge"]])
    with pytest.raises(MergerRefused) as refused:
        revert(merger["programme"], officer)
    assert [one["member"] for one in refused.value.people] == [merger["members"][0].pk]


def test_kit_issued_before_the_merger_does_not_stand_in_its_way(merger, officer):
    with as_root("test"):
        KitIssue.objects.create(
            member=merger["members"][0], item=merger["old"], size="170", issued_on=TODAY - timedelta(300)
        )
    carried(merger, officer)
    revert(merger["programme"], officer)


# --- files that are merged or withdrawn ------------------------------------------------------------------------------


@pytest.fixture
def files(world, officer, account):
    """Two files of one person in a town; the second was issued kit."""
    with as_root("test"):
        survivor = world["members"][0]
        absorbed = MemberFactory(unit_id=TOWN, name=survivor.name, birth_date=survivor.birth_date)
        serve(absorbed, since="2005-01-01", until="2006-01-01", force="patrol")
        KitRecipient.objects.create(member=absorbed, campaign=world["campaign"], force="patrol")
        KitSize.objects.create(member=absorbed, scale=world["scale"], size="190")
        KitIssue.objects.create(member=absorbed, item=world["badge"], campaign=world["campaign"], issued_on=ISSUED)
    return survivor, absorbed


def test_kit_goes_to_the_file_that_stays_and_back(files, officer):
    survivor, absorbed = files
    with as_account(officer), transaction.atomic():
        merge(survivor.pk, absorbed.pk, officer, reason="同一人", taken=[])
        assert KitIssue.objects.get().member_id == survivor.pk
        assert KitSize.objects.get(member=survivor).size == "170", "its own size stays"
        assert KitRecipient.objects.filter(member__in=[survivor, absorbed]).count() == 1
    with as_account(officer), transaction.atomic():
        assert unmerge(FileMerge.objects.get(), officer) == []
        assert KitIssue.objects.get().member_id == absorbed.pk
        assert KitSize.objects.get(member=absorbed).size == "190"
        assert KitRecipient.objects.filter(member=absorbed).exists()


def test_what_both_files_were_issued_in_one_campaign_stands_in_the_way(files, world, officer):
    survivor, absorbed = files
    issue(world["campaign"], officer, [survivor], [world["badge"]])
    with as_account(officer):
        assert any("新臂章" in str(why) for why in compare(survivor, absorbed, officer).refusals)


def test_a_file_with_issued_kit_is_not_withdrawn_but_sizes_go_along_and_come_back(files, officer):
    _survivor, absorbed = files
    with as_account(officer):
        with pytest.raises(withdrawal.NotWithdrawable) as refused:
            withdrawal.withdraw(absorbed, "误录", officer)
        assert refused.value.code == "something_hangs"
    with as_root("test"), transaction.atomic():
        other = MemberFactory(unit_id=TOWN)
        serve(other, force="patrol")
        KitSize.objects.create(member=other, scale=KitSize.objects.select_related("scale").first().scale, size="155")
    with as_account(officer):
        kept = withdrawal.withdraw(other, "误录", officer)
        assert not KitSize.objects.filter(member_id=other.pk).exists()
        withdrawal.bring_back(kept, officer)
        assert KitSize.objects.get(member=Member.objects.get(pk=other.pk)).size == "155"
