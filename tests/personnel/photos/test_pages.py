"""Photos in the browser: on the page of a member, and many at once."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from organization.scope import as_root
from personnel.models import Photo
from personnel.photos import keeping
from personnel.photos.reading.sentences import sentence
from tests.conftest import TOWN
from tests.factories import MemberFactory, id_number, serve
from tests.personnel.photos.pictures import opened, package, picture

PACKAGE = "/personnel/member/photos/"


def address(member, step=""):
    return f"/personnel/member/{member.pk}/photo/{step}"


def text(answer):
    return answer.content.decode()


def kept(member):
    with as_root("test"):
        return keeping.picture_of(member)


@pytest.fixture
def browser(visitor, clerk):
    return visitor(clerk)


def test_an_uploaded_photo_is_shown_on_the_page_and_served_by_its_address(member, browser, sent):
    answer = browser.post(address(member), {"photo": sent(picture("PNG", size=(900, 1200)))}, follow=True)
    assert answer.redirect_chain == [(reverse("admin:personnel_member_change", args=[member.pk]), 302)]
    assert f'src="{address(member)}?' in text(answer)
    shown = browser.get(address(member))
    assert opened(shown.content).size == (360, 480)
    assert shown["Content-Type"] == "image/jpeg"
    assert shown["Content-Disposition"].startswith("attachment")
    assert shown["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in shown["Cache-Control"]


def test_pressing_the_button_twice_changes_nothing_more(member, browser, sent):
    for _press in range(2):
        browser.post(address(member), {"photo": sent(picture())})
    assert Photo.objects.count() == 1


@pytest.mark.parametrize(
    "content", [b"", b"no picture", picture()[:300], package({"a.jpg": picture()}), picture("PNG", size=(50, 50))]
)
def test_what_is_no_picture_is_said_and_the_old_one_stays(member, browser, sent, content):
    browser.post(address(member), {"photo": sent(picture())})
    before = kept(member)
    answer = browser.post(address(member), {"photo": sent(content)}, follow=True)
    assert 'class="error"' in text(answer)
    assert kept(member) == before


def test_without_a_file_one_is_asked_for(member, browser):
    assert 'class="error"' in text(browser.post(address(member), follow=True))


def test_taking_away_is_asked_first(member, browser, sent):
    browser.post(address(member), {"photo": sent(picture())})
    assert browser.get(address(member, "remove/")).status_code == 200
    assert kept(member)
    browser.post(address(member, "remove/"))
    assert kept(member) is None
    assert browser.get(address(member)).status_code == 404
    assert browser.post(address(member, "remove/")).status_code == 302  # pressed twice


def test_the_history_of_the_file_tells_of_the_photo_without_the_picture(member, browser, sent):
    browser.post(address(member), {"photo": sent(picture())})
    browser.post(address(member), {"photo": sent(picture(colour="red"))})
    page = text(browser.get(reverse("admin:personnel_member_history", args=[member.pk])))
    assert keeping.fingerprint(kept(member)) in page
    assert len(page) < 60_000


def test_three_people_and_the_photo(member, visitor, officer, clerk, stranger, sent):
    visitor(clerk).post(address(member), {"photo": sent(picture())})
    answers = [visitor(each).get(address(member)).status_code for each in (officer, clerk, stranger)]
    assert answers == [200, 200, 404]
    before = kept(member)
    for step in ("", "remove/"):
        assert visitor(stranger).post(address(member, step), {"photo": sent(picture("PNG"))}).status_code == 404
    assert kept(member) == before


def test_an_anonymous_visitor_is_sent_to_the_door(member, client):
    assert client.get(address(member)).status_code == 302


@pytest.mark.parametrize("role", ["finance", "training", "governance", "sysadmin", "secadmin", "auditor"])
def test_roles_that_keep_no_files_see_no_photo(member, visitor, account, role, sent):
    browser = visitor(account(role))
    assert browser.get(address(member)).status_code == 403
    assert browser.post(address(member), {"photo": sent(picture())}).status_code == 403
    assert browser.get(PACKAGE).status_code == 403
    assert browser.post(PACKAGE, {"package": sent(package({"a.jpg": picture()}))}).status_code == 403


def test_a_force_of_others_is_seen_but_not_written(member, visitor, officer, sent):
    browser = visitor(officer)  # writes auxiliary police, patrol and guards
    assert browser.post(address(member), {"photo": sent(picture())}).status_code == 403
    page = text(browser.get(reverse("admin:personnel_member_change", args=[member.pk])))
    assert "photo-panel" in page
    assert 'type="file"' not in page


# --- many at once -----------------------------------------------------------------------------------------------------


def outcomes(answer):
    return {one.file: (one.kind, str(one.why)) for one in answer.context["outcomes"]}


def test_every_file_of_a_package_gets_its_answer(member, other, browser, sent):
    patrol = MemberFactory(name="治安员", id_number=id_number(300))
    with as_root("test"):
        serve(patrol, force="patrol")
        named, twice, had = (MemberFactory(name=name) for name in ("陈甲", "陈乙", "陈丙"))
        keeping.keep({had.pk: keeping_of(picture())})
    files = {
        f"{member.id_number}.jpg": picture(),
        f"{named.id_number}_陈甲.png": picture("PNG"),
        f"陈乙-{twice.id_number}.jpg": picture(),
        f"{twice.id_number}（二）.jpg": picture(colour="red"),
        f"{had.id_number.lower()}陈丙.jpg": picture(),
        f"{other.id_number}.jpg": picture(),
        f"{patrol.id_number}.jpg": picture(),
        "合影.jpg": picture(),
        "110101199003070000.jpg": picture(),
        f"旧/{member.id_number}.txt": b"no picture",
    }
    answer = browser.post(PACKAGE, {"package": sent(package(files), "照片.zip")})
    found = outcomes(answer)
    kinds = {name: kind for name, (kind, _why) in found.items()}
    names = [name.rpartition("/")[2] for name in files]
    assert [kinds[name] for name in names] == [
        "set", "set", "refused", "refused", "unchanged", "refused", "refused", "refused", "refused", "refused",
    ]  # fmt: skip
    # What is foreign is answered like what does not exist.
    assert found[names[5]] == found[names[8]]
    assert all(name in found[names[2]][1] for name in names[2:4])
    assert [number for _label, number in answer.context["counts"]] == [2, 0, 1, 7]
    assert Photo.objects.there().count() == 3
    assert "哨兵" not in text(answer)


def keeping_of(sent):
    from personnel.photos.reading import read

    return read(sent)[0].jpeg


def test_a_file_under_another_name_than_the_registers_is_not_taken(member, browser, sent):
    answer = browser.post(PACKAGE, {"package": sent(package({f"{member.id_number}_王别人.jpg": picture()}))})
    ((kind, why),) = outcomes(answer).values()
    assert kind == "refused"
    assert member.name in why
    assert not Photo.objects.exists()


@pytest.mark.parametrize("word", ["照片", "一寸", "免冠照", "IMG", "2"])
def test_a_word_that_is_no_name_does_not_matter(member, browser, sent, word):
    answer = browser.post(PACKAGE, {"package": sent(package({f"{member.id_number}_{word}.jpg": picture()}))})
    assert [kind for kind, _why in outcomes(answer).values()] == ["set"]


def test_the_same_package_again_changes_nothing(member, browser, sent):
    for kind in ("set", "unchanged"):
        answer = browser.post(PACKAGE, {"package": sent(package({f"{member.id_number}.jpg": picture()}))})
        assert [each for each, _why in outcomes(answer).values()] == [kind]


@pytest.mark.parametrize(
    "content",
    [b"", b"no zip", picture(), package({}), package({"a.jpg": b""})[:40]],
    ids=["nothing", "text", "picture", "empty", "torn"],
)
def test_what_is_no_package_is_said_in_the_form(member, browser, sent, content):
    answer = browser.post(PACKAGE, {"package": sent(content, "x.zip")})
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert not Photo.objects.exists()


def test_a_package_takes_as_many_queries_for_thirty_as_for_three(root, browser, sent):
    members = MemberFactory.create_batch(33)
    with as_root("test"):
        for each in members:
            serve(each)

    def queries(some):
        with CaptureQueriesContext(
            connection,
        ) as captured:
            browser.post(PACKAGE, {"package": sent(package({f"{each.id_number}.jpg": picture() for each in some}))})
        return len(captured)

    assert queries(members[:3]) == queries(members[3:])


def test_nothing_of_an_upload_is_left_on_the_disk(member, browser, sent, settings):
    before = set(settings.VAR_DIR.rglob("*"))
    browser.post(PACKAGE, {"package": sent(package({f"{member.id_number}.jpg": picture(size=(900, 900))}))})
    assert {path for path in settings.VAR_DIR.rglob("*") if path.suffix in {".zip", ".jpg"}} <= before


def test_the_list_of_people_leads_to_the_page_for_those_who_may(member, visitor, clerk, account):
    assert PACKAGE in text(visitor(clerk).get("/personnel/card/"))
    assert PACKAGE not in text(visitor(account("governance")).get("/personnel/card/"))
    assert visitor(account("staff", TOWN)).get(PACKAGE).status_code == 200


def test_a_picture_that_is_too_large_is_to_be_made_smaller_not_to_be_packed(member, browser, sent):
    answer = browser.post(address(member), {"photo": sent(picture() + b"\0" * (11 * 2**20))}, follow=True)
    (said,) = map(str, answer.context["messages"])
    assert said == str(sentence("picture_too_large", {"limit": 10}))
    assert kept(member) is None
