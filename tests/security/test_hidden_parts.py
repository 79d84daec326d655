"""What lies outside the reader's unit, or is not theirs to write, survives their saving the file."""

import pytest

from organization.models import Employer, Unit
from organization.scope import as_root
from personnel.models import Assignment, Member
from tests.conftest import OTHER_VILLAGE, TOWN, VILLAGE
from tests.factories import EmployerFactory, MemberFactory, serve


def sent_back(browser, member, **changes):
    """Save the file as the page shows it, with some fields changed; the names of fields are those of the form."""
    address = f"/personnel/member/{member.pk}/change/"
    page = browser.get(address)
    data = {}
    formsets = [each.formset for each in page.context["inline_admin_formsets"]]
    forms = [page.context["adminform"].form]
    for formset in formsets:
        forms += [formset.management_form, *formset.forms]
    for form in forms:
        for bound in form:
            if not bound.field.disabled:
                value = bound.value()
                data[bound.html_name] = "" if value is None else value
    return page, browser.post(address, data | changes)


@pytest.fixture
def staff(account):
    return account("staff", TOWN)


@pytest.fixture
def guard(root):
    """A guard in the town whose employer, a company, has its premises in another."""
    company = EmployerFactory(name="外镇安保公司", unit=Unit.objects.get(code=OTHER_VILLAGE))
    member = MemberFactory(unit=Unit.objects.get(code=TOWN))
    serve(member, force="guard", unit=Unit.objects.get(code=VILLAGE), employer=company)
    return member


def test_an_employer_in_another_town_stays_when_the_file_is_saved(guard, staff, visitor):
    page, answer = sent_back(visitor(staff), guard, specialty="散打", **{"assignments-0-post": "门岗"})
    assert answer.status_code == 302
    with as_root("test"):
        service = Assignment.objects.get()
        assert (service.employer.name, service.post) == ("外镇安保公司", "门岗")
        assert Member.objects.get().specialty == "散打"
    assert "外镇安保公司" not in page.content.decode()


def test_an_employer_in_another_town_cannot_be_put_in(guard, staff, visitor):
    with as_root("test"):
        ours = EmployerFactory(unit=Unit.objects.get(code=VILLAGE))
        Assignment.objects.update(employer=ours)
        hidden = Employer.objects.get(name="外镇安保公司")
    _page, answer = sent_back(visitor(staff), guard, **{"assignments-0-employer": hidden.pk})
    assert answer.status_code == 200
    with as_root("test"):
        assert Assignment.objects.get().employer == ours


def test_a_past_service_in_another_offices_force_does_not_stand_in_the_way(root, officer, visitor):
    member = MemberFactory()
    past = serve(member, since="2012-01-01", until="2013-01-01")
    serve(member, since="2013-01-01", force="auxiliary", category="operational")
    browser = visitor(officer)
    number = next(
        n
        for n, form in enumerate(
            browser.get(f"/personnel/member/{member.pk}/change/").context["inline_admin_formsets"][0].formset.forms
        )
        if form.instance.pk == past.pk
    )
    forged = {f"assignments-{number}-post": "改动", f"assignments-{number}-force": "auxiliary"}
    _page, answer = sent_back(browser, member, specialty="散打", **forged)
    assert answer.status_code == 302
    with as_root("test"):
        assert Member.objects.get().specialty == "散打"
        past.refresh_from_db()
        assert (past.force, past.post) == ("joint_defence", "")
