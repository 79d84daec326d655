"""What an account learns by asking cleverly: through filters, forms that fail, and histories."""

import pytest
from django.urls import reverse

from organization.models import Unit
from organization.scope import as_account
from personnel.concurrency import changes_since
from personnel.models import Member
from tests.conftest import DISTRICT, OTHER_VILLAGE, TOWN, VILLAGE
from tests.factories import MemberFactory, id_number, serve
from tests.personnel.test_entry import ADD, SERVICE, entered, formset, problems


@pytest.mark.parametrize(
    ("role", "place", "path"),
    [
        ("staff", TOWN, "organization/account/?password__startswith=pbkdf2"),
        ("sysadmin", DISTRICT, "organization/account/?password__gte=a"),
        ("secadmin", DISTRICT, "organization/account/?password__regex=^p"),
        ("sysadmin", DISTRICT, "organization/unit/?members__isnull=0"),
        ("sysadmin", DISTRICT, "organization/unit/?members=1"),
        ("auditor", DISTRICT, "organization/unit/?assignments__isnull=0"),
        ("finance", DISTRICT, "organization/unit/?accounts=1"),
        ("finance", DISTRICT, "personnel/bankaccount/?number__startswith=6"),
        ("hr", DISTRICT, "personnel/kititem/?scheme__name__startswith=a"),
        ("hr", DISTRICT, "personnel/kititem/?scheme__id__gte=1"),
    ],
)
def test_no_column_and_no_other_table_can_be_asked_through_a_filter(account, visitor, role, place, path):
    assert visitor(account(role, place, username="asker")).get(f"/{path}").status_code == 400


@pytest.mark.parametrize(
    ("role", "path"),
    [
        ("sysadmin", "organization/account/?role__exact=clerk&is_active__exact=1"),
        ("secadmin", "organization/account/?role__isnull=True"),
        ("secadmin", "organization/account/?issued_at__isnull=False&issued_used_at__isnull=True"),
        ("auditor", "organization/trailentry/?table=personnel_member&action__exact=U&inside=440199001000"),
        ("auditor", "organization/securityevent/?kind__exact=refused&account=x"),
        ("hr", "organization/employer/?nature__exact=school&filing=missing&self_recruiting__exact=1"),
        ("hr", "organization/post/?held=vacant&title__exact=chief"),
        ("hr", "personnel/appointment/?post__title__exact=chief&standing=running"),
        ("hr", "personnel/kititem/?scheme__id__exact=1&kind__exact=clothing"),
        ("hr", "personnel/kitissue/?campaign__id__exact=1"),
        ("hr", "personnel/kitsize/?scale__id__exact=1"),
        ("hr", "personnel/placement/?programme__id__exact=1"),
        ("hr", "personnel/assessment/?cycle__id__exact=1"),
        ("hr", "personnel/card/?unit=440199001000&sex=male&education=unknown&on=2014-07-01&ids=1,2"),
    ],
)
def test_the_filters_of_the_pages_themselves_go_on_working(account, visitor, role, path):
    assert visitor(account(role)).get(f"/{path}").status_code == 200


def test_a_new_person_has_one_service(visitor, clerk):
    """With two that contradict each other the database refuses the save, and a number is asked for without a trace."""
    twice = entered() | formset("assignments", SERVICE, SERVICE)
    none = entered() | formset("assignments")
    for sent in (twice, none):
        answer = visitor(clerk).post(ADD, sent)
        assert answer.status_code == 200
        assert "refusal" not in dir(answer.wsgi_request)
    with as_account(clerk):
        assert not Member.objects.exists()


def test_a_person_elsewhere_makes_no_difference_to_two_services_at_once(root, visitor, clerk):
    MemberFactory(unit_id=OTHER_VILLAGE, unit=None, id_number=id_number(3))
    browser = visitor(clerk)
    twice = formset("assignments", SERVICE, SERVICE)
    told = {problems(browser.post(ADD, entered(id_number=id_number(n)) | twice)) for n in (3, 5)}
    assert len(told) == 1


def history(visitor, reader, member):
    page = visitor(reader).get(reverse("admin:personnel_member_history", args=[member.pk]))
    return page, [(told.entry.table, told.entry.action, told.entry.actor_name) for told in page.context["entries"]]


@pytest.fixture
def newcomer(root, stranger):
    """A person whose file came from another town, where they served and still serve half their time."""
    member = MemberFactory(unit_id=OTHER_VILLAGE, unit=None)
    serve(member, since="2012-01-01", share=50, post="外村巡逻岗")
    with as_account(stranger):
        Member.objects.filter(pk=member.pk).update(remark="外村所记")
    Member.objects.filter(pk=member.pk).update(unit=VILLAGE)
    serve(member, since="2013-01-01", share=50, share_from=50, unit=Unit.objects.get(code=VILLAGE))
    return member


def test_the_history_of_a_file_leaves_out_services_in_other_units(newcomer, clerk, visitor):
    page, entries = history(visitor, clerk, newcomer)
    assert [kind for kind, *_ in entries].count("personnel_assignment") == 1
    assert "外村巡逻岗" not in page.content.decode()


def test_the_history_of_a_file_does_not_name_accounts_of_other_units(newcomer, clerk, stranger, visitor):
    page, entries = history(visitor, clerk, newcomer)
    assert "外村所记" in page.content.decode()
    assert stranger.username not in page.content.decode()
    assert "其他单位" in page.content.decode() or "another unit" in page.content.decode()
    assert None in [name for _, _, name in entries]


def test_those_above_a_unit_are_named_in_its_histories(root, clerk, officer, account, visitor):
    member = MemberFactory()
    staff = account("staff", TOWN, username="townstaff", name="何镇明")
    for who in (clerk, staff, officer):
        with as_account(who):
            Member.objects.filter(pk=member.pk).update(remark=who.username)
    for reader in (clerk, staff, officer):
        with as_account(reader):
            names = [entry.actor_name for entry in changes_since(member.pk, 0)]
        assert [name.split("(")[-1] for name in names[1:]] == ["clerk)", "townstaff)", "officer)"]
