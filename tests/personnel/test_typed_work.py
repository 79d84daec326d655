"""Nothing typed is lost on pages of contracts, kit, scores and mergers: wrong entries, the way back, a second press."""

import re
import uuid

import pytest

from organization import drafts
from organization.scope import as_account, as_root
from personnel.models import Appeal, AssessmentCycle, Assignment, Contract, KitCampaign
from tests.conftest import TOWN
from tests.personnel.assessed import cycle, examiner, patrol, programme, propose, score
from tests.personnel.contracting import DAY, TODAY, body, contract, worker
from tests.personnel.kit_world import ISSUED, WORN, campaign, catalogue, issue, open_for, size

LIST = "/personnel/contract/"
TERMS = {"kind": "", "term": "1", "third": "leave"}
AT_ONCE = "没有重复保存"


def key_in(page):
    """The key under which what is typed on a page is kept, as its form carries it."""
    return re.search(r'name="_draft" value="([^"]+)"', page.content.decode())[1]


def ticked_in(page, name):
    boxes = re.findall(r"<input[^>]*type=\"checkbox\"[^>]*>", page.content.decode())
    return {re.search(r'value="(\d+)"', box)[1] for box in boxes if f'name="{name}"' in box and " checked" in box}


# --- many contracts ---------------------------------------------------------------------------------------------------


@pytest.fixture
def ending(db):
    employer = body()
    return [contract(worker(employer, name=f"哨兵{n}"), employer, last=TODAY + n * DAY) for n in range(3)]


def asked(page, ending, **more):
    """The form of a page of many contracts, all but the last person ticked."""
    offered = ",".join(str(line.key) for line in page.context["lines"])
    return {"_draft": key_in(page), "offered": offered, "key": [one.pk for one in ending[:2]], **TERMS} | more


@pytest.mark.parametrize("spoilt", [{"last_day": "2999-13-01"}, {"key": []}])
def test_a_refused_page_of_contracts_keeps_ticks_and_who_was_not_ticked(ending, clerk, visitor, spoilt):
    browser, address = visitor(clerk), f"{LIST}renew/"
    sent = asked(browser.get(address), ending, term="day") | spoilt
    again = browser.post(address, sent)
    assert [line.key for line in again.context["lines"]] == [one.pk for one in ending]
    assert ticked_in(again, "key") == {str(key) for key in sent["key"]}
    assert again.context["form"]["term"].value() == "day"


def test_the_way_back_from_a_preview_of_contracts_loses_nothing(ending, clerk, visitor):
    browser, address = visitor(clerk), f"{LIST}renew/"
    preview = browser.post(address, asked(browser.get(address), ending, term="2", preview="1"))
    again = browser.post(address, {"_draft": key_in(preview), "back": "1"})
    assert [line.key for line in again.context["lines"]] == [one.pk for one in ending]
    assert ticked_in(again, "key") == {str(one.pk) for one in ending[:2]}
    assert again.context["form"]["term"].value() == "2"


def test_a_preview_of_contracts_whose_session_has_ended_leaves_what_was_typed(ending, clerk, visitor):
    browser, address = visitor(clerk), f"{LIST}renew/"
    page = browser.get(address)
    browser.post(address, asked(page, ending, term="2", preview="1"))
    with as_account(clerk):
        kept = drafts.opened(uuid.UUID(key_in(page)))
        assert ["term", "2"] in kept
        assert [one.page for one in drafts.unsaved(address)] == [address]


def test_contracts_written_by_a_button_pressed_twice_are_told_to_be_written(ending, clerk, visitor):
    browser, address = visitor(clerk), f"{LIST}renew/"
    preview = browser.post(address, asked(browser.get(address), ending, preview="1"))
    context = preview.context
    sent = {"_draft": key_in(preview), "key": context["keys"], "seen": context["seen"], "carry_out": "1"}
    first = browser.post(address, sent | dict(context["sent"]))
    second = browser.post(address, sent | dict(context["sent"]), follow=True)
    assert second.redirect_chain == [(first["Location"], 302)]
    assert AT_ONCE in second.content.decode()
    with as_root("test"):
        assert Contract.objects.count() == 5
    assert browser.get("/drafts/", {"page": address}).json()["drafts"] == []


def test_a_day_of_signing_that_is_refused_keeps_who_was_not_ticked(ending, clerk, visitor):
    with as_root("test"):
        Contract.objects.update(signed_on=None)
    browser, address = visitor(clerk), f"{LIST}signed/"
    again = browser.post(address, asked(browser.get(address), ending, day="2999-01-01"))
    assert len(again.context["lines"]) == 3
    assert ticked_in(again, "key") == {str(one.pk) for one in ending[:2]}
    first = browser.post(address, asked(again, ending, day=f"{TODAY}"))
    second = browser.post(address, asked(again, ending, day=f"{TODAY}"), follow=True)
    assert second.redirect_chain == [(first["Location"], 302)]
    assert AT_ONCE in second.content.decode()


def test_what_was_chosen_in_the_list_is_asked_for_again_where_its_page_is(ending, clerk, visitor):
    chosen = {"action": "renew", "_selected_action": [ending[0].pk]}
    page = visitor(clerk).post(f"{LIST}?kind=fixed", chosen).content.decode()
    assert f'data-page="{LIST}renew/?kind=fixed"' in page
    assert "data-unsaved" not in page, "nothing was typed yet"


# --- scores -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def running(db):
    return cycle(starts_on=TODAY - 30 * DAY, ends_on=TODAY + 30 * DAY)


@pytest.fixture
def town(account):
    return account("staff", TOWN)


def test_a_score_that_somebody_else_entered_meanwhile_is_not_overwritten_unseen(running, town, officer, visitor):
    member = patrol(1)[0]
    examiner(running, town, TOWN)
    examiner(running, officer)
    browser, address = visitor(town), f"/personnel/assessmentcycle/{running.pk}/scores/"
    form = {"_draft": key_in(browser.get(address)), f"b-{member.pk}-0": "", f"s-{member.pk}-0": "70"}
    score(running, officer, {member: 88}, TODAY)
    refused = browser.post(address, form)
    text = refused.content.decode()
    assert refused.status_code == 200
    assert f'name="b-{member.pk}-0" value="88"' in text
    assert f'name="s-{member.pk}-0" value="70"' in text
    assert text.count('aria-invalid="true"') == 1
    assert browser.post(address, form | {f"b-{member.pk}-0": "88"}).status_code == 302
    with as_root("test"):
        assert member.assessments.get().scores[0] == 7000


def test_scores_saved_by_a_button_pressed_twice_are_told_to_be_saved(running, town, visitor):
    member = patrol(1)[0]
    examiner(running, town, TOWN)
    browser, address = visitor(town), f"/personnel/assessmentcycle/{running.pk}/scores/?left=1"
    form = {"_draft": key_in(browser.get(address)), f"b-{member.pk}-0": "", f"s-{member.pk}-0": "70"}
    assert browser.post(address, form).status_code == 302
    second = browser.post(address, form, follow=True)
    assert second.redirect_chain == [(address, 302)]
    assert AT_ONCE in second.content.decode()


def test_scores_that_are_wrong_stay_with_the_page_and_the_filter_of_the_list(running, town, visitor):
    member = patrol(1)[0]
    examiner(running, town, TOWN)
    browser, address = visitor(town), f"/personnel/assessmentcycle/{running.pk}/scores/?left=1"
    form = {"_draft": key_in(browser.get(address)), f"s-{member.pk}-0": "七十", f"s-{member.pk}-1": "71"}
    again = browser.post(address, form)
    assert key_in(again) == form["_draft"]
    for text in ("七十", "71"):
        assert f'value="{text}"' in again.content.decode()
    assert 'name="left" value="1" checked' in again.content.decode()


def test_a_list_of_scores_is_settled_when_it_is_saved_and_kept_while_it_is_wrong(running, town, visitor):
    member = patrol(1)[0]
    examiner(running, town, TOWN)
    browser, address = visitor(town), f"/personnel/assessmentcycle/{running.pk}/list/"
    head = "\t".join(["姓名", "身份证号码", *running.items])
    sent = {"_draft": key_in(browser.get(address))}
    wrong = browser.post(address, sent | {"pasted": f"{head}\n{member.name}\t{member.id_number}" + "\t800" * 5})
    assert key_in(wrong) == sent["_draft"]
    assert member.id_number in wrong.context["form"]["pasted"].value()
    sent |= {"pasted": f"{head}\n{member.name}\t{member.id_number}" + "\t80" * 5}
    assert browser.post(address, sent).status_code == 302
    assert AT_ONCE in browser.post(address, sent, follow=True).content.decode()


# --- appeals ----------------------------------------------------------------------------------------------------------


def closed(running, officer, member):
    """A result to which there are objections."""
    examiner(running, officer)
    score(running, officer, {member: 50}, TODAY)
    with as_root("test"):
        AssessmentCycle.objects.filter(pk=running.pk).update(closed_on=TODAY, closed_by=officer.pk)
        return member.assessments.get()


def test_an_appeal_recorded_and_decided_by_buttons_pressed_twice_is_one(running, town, officer, account, visitor):
    sheet = closed(running, officer, patrol(1)[0])
    browser, address = visitor(town), f"/personnel/appeal/add/?assessment={sheet.pk}"
    sent = {"_draft": key_in(browser.get(address)), "received_on": f"{TODAY}", "grounds": "漏计一次出勤"}
    assert browser.post(address, sent).status_code == 302
    assert AT_ONCE in browser.post(address, sent, follow=True).content.decode()
    with as_root("test"):
        appeal = Appeal.objects.get()
    decider, page = visitor(account("governance")), f"/personnel/appeal/{appeal.pk}/decide/"
    sent = {"_draft": key_in(decider.get(page)), "is_upheld": "no", "reason": "考勤记录无误"}
    sent |= {f"score{place}": "50" for place in range(5)}
    other = sent | {"_draft": str(uuid.uuid4())}  # of a second window
    assert decider.post(page, sent).status_code == 302
    assert AT_ONCE in decider.post(page, sent, follow=True).content.decode()
    assert "已经作出决定" in decider.post(page, other, follow=True).content.decode()


# --- steps of a merger ------------------------------------------------------------------------------------------------


@pytest.fixture
def proposed(db, officer):
    """A proposal in which two do not pass."""
    members, found = patrol(2), cycle()
    examiner(found, officer)
    score(found, officer, dict.fromkeys(members, 10))
    given = programme(found)
    propose(given, officer)
    return {"programme": given, "members": members, "page": f"/personnel/programme/{given.pk}/change/"}


def test_a_confirmation_that_is_refused_keeps_who_is_held_back(proposed, account, visitor):
    browser, address = visitor(account("governance")), proposed["page"].replace("/change/", "/confirm/")
    sent = {"_draft": key_in(browser.get(proposed["page"])), "hold": [proposed["members"][0].pk], "reason": " "}
    again = browser.post(address, sent)
    assert again.status_code == 200
    assert ticked_in(again, "hold") == {str(proposed["members"][0].pk)}
    assert f'data-page="{proposed["page"]}"' in again.content.decode()
    sent["reason"] = "考核不合格"
    assert browser.post(address, sent).status_code == 302
    assert AT_ONCE in browser.post(address, sent, follow=True).content.decode()


def test_whoever_comes_to_a_step_after_a_login_is_led_to_the_programme(proposed, officer, visitor):
    answer = visitor(officer).get(proposed["page"].replace("/change/", "/confirm/"))
    assert (answer.status_code, answer["Location"]) == (302, proposed["page"])


# --- kit --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def kit(db, officer):
    """A campaign with three recipients, who all have a size; its address."""
    of = catalogue()
    members = patrol(3)
    for member in members:
        size(of, member)
    given = campaign(of)
    open_for(given, officer)
    return of | {"members": members, "campaign": given, "address": f"/personnel/kitcampaign/{given.pk}"}


def batch(kit, page, members, **more):
    items = [kit[name].pk for name in ("badge", "belt")]
    given = {"items": items, "day": f"{ISSUED}", "member": [member.pk for member in members]}
    return {"_draft": key_in(page)} | given | more


@pytest.mark.parametrize("spoilt", [{"day": "2999-01-01", "carry_out": "1"}, {"day": "2014-13-01"}, {"items": []}])
def test_a_refused_issue_keeps_who_was_not_ticked(kit, officer, visitor, spoilt):
    browser, address = visitor(officer), f"{kit['address']}/recipients/?standing=all"
    again = browser.post(address, batch(kit, browser.get(address), kit["members"][:1]) | spoilt)
    assert again.status_code == 200
    assert ticked_in(again, "member") == {str(kit["members"][0].pk)}
    assert again.context["form"].errors
    assert again.context["standing"] == "all"


def test_the_way_back_from_a_preview_of_an_issue_keeps_ticks_items_and_day(kit, officer, visitor):
    browser, address = visitor(officer), f"{kit['address']}/recipients/?standing=all"
    preview = browser.post(address, batch(kit, browser.get(address), kit["members"][:2], preview="1"))
    again = browser.post(address, {"_draft": key_in(preview), "back": "1"})
    assert ticked_in(again, "member") == {str(member.pk) for member in kit["members"][:2]}
    assert ticked_in(again, "items") == {str(kit[name].pk) for name in ("badge", "belt")}
    assert f'value="{ISSUED}"' in again.content.decode()


def scanned(kit):
    return "\r\n".join([*(member.id_number for member in kit["members"]), "0000"])


@pytest.mark.parametrize("spoilt", [{"items": []}, {"codes": "1\n" * 1001}, {"codes": " "}])
def test_a_scanned_list_that_is_refused_stays_in_its_box(kit, officer, visitor, spoilt):
    browser, address = visitor(officer), f"{kit['address']}/scan/"
    sent = batch(kit, browser.get(address), [], codes=scanned(kit), preview="1") | spoilt
    again = browser.post(address, sent)
    assert again.status_code == 200
    assert again.context["codes"] == sent["codes"]


def test_a_scanned_list_comes_back_from_the_preview_and_from_a_campaign_closed_meanwhile(kit, officer, visitor):
    browser, address = visitor(officer), f"{kit['address']}/scan/"
    preview = browser.post(address, batch(kit, browser.get(address), [], codes=scanned(kit), preview="1"))
    assert kit["members"][0].id_number not in preview.content.decode()
    again = browser.post(address, {"_draft": key_in(preview), "back": "1"})
    assert again.context["codes"] == scanned(kit)
    with as_root("test"):
        KitCampaign.objects.update(closed_on=ISSUED)
    sent = batch(kit, again, [], people=preview.context["people"], carry_out="1")
    late = browser.post(address, sent)
    assert late.status_code == 200
    assert late.context["codes"] == scanned(kit)


def test_kit_issued_by_a_button_pressed_twice_is_told_to_be_issued(kit, officer, visitor):
    browser, address = visitor(officer), f"{kit['address']}/scan/"
    page = browser.get(address)
    preview = browser.post(address, batch(kit, page, [], codes=scanned(kit), preview="1"))
    sent = batch(kit, preview, [], people=preview.context["people"], carry_out="1")
    assert browser.post(address, sent).status_code == 302
    assert AT_ONCE in browser.post(address, sent, follow=True).content.decode()
    assert browser.get("/drafts/", {"page": address}).json()["drafts"] == []


def test_pasted_sizes_with_a_wrong_line_stay_in_their_box(kit, officer, visitor):
    browser, address = visitor(officer), f"{kit['address']}/sizes/"
    sent = {"_draft": key_in(browser.get(address)), "scale": kit["scale"].pk}
    sent["pasted"] = f"{kit['members'][0].id_number} 190\r\nnobody 170"
    again = browser.post(address, sent)
    assert again.status_code == 200
    assert again.context["pasted"] == sent["pasted"]
    with as_root("test"):
        assert kit["members"][0].kit_sizes.get().size == "190"


def test_kit_that_comes_back_keeps_its_list_when_the_day_is_refused_and_on_the_way_back(kit, officer, visitor):
    issue(kit["campaign"], officer, kit["members"][:2])
    with as_root("test"):
        Assignment.objects.update(ended_on="2014-07-20", ending="resigned")
    browser, address = visitor(officer), "/personnel/kitissue/returns/"
    given = {"_draft": key_in(browser.get(address)), "day": "", "ending": "lost"}
    given |= {"codes": kit["members"][0].id_number, "member": [kit["members"][1].pk]}
    again = browser.post(address, given)
    assert given["codes"] in again.content.decode()
    assert ticked_in(again, "member") == {str(kit["members"][1].pk)}
    given["day"] = f"{WORN}"
    preview = browser.post(address, given | {"preview": "1"})
    again = browser.post(address, {"_draft": given["_draft"], "back": "1"})
    assert given["codes"] in again.content.decode()
    sent = dict(preview.context["sent"]) | {"_draft": given["_draft"], "people": preview.context["people"]}
    assert browser.post(address, sent | {"carry_out": "1"}).status_code == 302
    assert AT_ONCE in browser.post(address, sent | {"carry_out": "1"}, follow=True).content.decode()


def test_a_campaign_opened_by_a_button_pressed_twice_is_told_to_be_opened(db, officer, visitor):
    patrol(1)
    address = f"/personnel/kitcampaign/{campaign(catalogue()).pk}"
    browser = visitor(officer)
    sent = {"_draft": key_in(browser.get(f"{address}/change/"))}
    for _press in range(2):
        answer = browser.post(f"{address}/open/", sent, follow=True)
    assert AT_ONCE in answer.content.decode()
    assert browser.get(f"{address}/open/")["Location"] == f"{address}/change/"


# --- two windows at one row -------------------------------------------------------------------------------------------


def test_a_row_that_was_saved_meanwhile_is_not_overwritten_unseen(kit, officer, visitor):
    browser, address = visitor(officer), f"/personnel/kititem/{kit['belt'].pk}/change/"
    form = {"kind": kit["belt"].kind, "scheme": "", "scale": "", "retired_on": ""}
    first, second = (browser.get(address) for _window in range(2))
    sent = [form | {"_draft": key_in(page), "_seen": page.context["version"]} for page in (first, second)]
    assert browser.post(address, sent[0] | {"name": "宽皮带"}).status_code == 302
    refused = browser.post(address, sent[1] | {"name": "窄皮带"})
    assert refused.status_code == 200
    assert "宽皮带" in "".join(map(str, refused.context["errors"]))
    assert 'value="窄皮带"' in refused.content.decode()
    knowing = sent[1] | {"name": "窄皮带", "_seen": refused.context["version"]}
    assert browser.post(address, knowing).status_code == 302
    with as_root("test"):
        kit["belt"].refresh_from_db()
        assert kit["belt"].name == "窄皮带"


@pytest.mark.parametrize("which", ["contract", "programme", "cycle", "campaign"])
def test_forms_that_several_offices_have_open_say_which_version_they_show(which, db, request, officer, clerk, visitor):
    if which == "contract":
        browser, address = visitor(clerk), f"{LIST}{request.getfixturevalue('ending')[0].pk}/change/"
    elif which == "campaign":
        browser, address = visitor(officer), f"{request.getfixturevalue('kit')['address']}/change/?terms=1"
    elif which == "cycle":
        browser, address = visitor(officer), f"/personnel/assessmentcycle/{cycle().pk}/change/"
    else:
        browser, address = visitor(officer), f"/personnel/programme/{programme(cycle()).pk}/change/?terms=1"
    page = browser.get(address)
    assert page.context["version"] > 0
    assert f'name="_seen" value="{page.context["version"]}"' in page.content.decode()
