"""Large rosters are judged and written beside the site, by a worker that may die."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connections
from django.urls import reverse
from django.utils import timezone

from organization import jobs
from organization.models import Job
from organization.scope import as_account, gate
from personnel.models import Member, RosterImport, StagedRow
from personnel.roster import jobs as roster_jobs
from personnel.roster import staging
from personnel.roster.source import open_file
from tests.conftest import VILLAGE
from tests.personnel.roster.files import xlsx
from tests.personnel.roster.people import number, person, table

pytestmark = pytest.mark.django_db


@pytest.fixture
def large(clerk, monkeypatch):
    """Sends rows that count as many: large(rows) -> the roster, kept but not judged."""
    monkeypatch.setattr(roster_jobs, "ROWS_AT_ONCE", 3)

    def send(rows):
        source = open_file(xlsx({"花名册": table(rows)}), "roster.xlsx")
        with as_account(clerk):
            return roster_jobs.take_in(source, staging.terms_of(clerk, VILLAGE), clerk)

    return send


def standing(clerk, roster):
    with as_account(clerk):
        return RosterImport.objects.get(pk=roster.pk)


def test_a_large_roster_is_judged_by_the_worker(clerk, large):
    roster = large([person(n) for n in range(1, 7)])
    assert standing(clerk, roster).counts == {"rows": 6}
    assert roster_jobs.running(roster).kind == roster_jobs.JUDGE
    assert jobs.work_off() == 1
    assert standing(clerk, roster).counts["create"] == 6
    assert roster_jobs.running(roster) is None


def test_a_large_roster_is_imported_by_the_worker(clerk, large):
    roster = large([person(n) for n in range(1, 7)])
    jobs.work_off()
    with as_account(clerk):
        assert roster_jobs.import_or_ask(standing(clerk, roster), clerk, partial=False) is None
        assert Member.objects.count() == 0
    jobs.work_off()
    assert standing(clerk, roster).state == "imported"
    with as_account(clerk):
        assert Member.objects.count() == 6


@pytest.mark.parametrize("is_prepared", [True, False])
def test_once_all_lines_are_judged_the_job_says_that_it_saves(clerk, large, is_prepared):
    rows = [person(n) for n in range(1, 7)]
    roster = large(rows if is_prepared else [*rows, person(7, 身份证号="44019919900101000X")])
    total, told = roster.counts["rows"], []

    def tell(phase, done, of):
        told.append((phase, done, of))

    with as_account(clerk):
        assert roster_jobs.judge(clerk, roster.pk, {}, tell) == ""
        assert told[0] == ("正在读取", 0, total)
        assert told[-1] == ("正在整理结果", total, total)  # nothing is written yet
        told.clear()
        assert roster_jobs.import_staged_roster(clerk, roster.pk, {"partial": True}, tell) == ""
    assert told[0] == ("正在核对", 0, total)
    assert told[-1] == ("正在保存", total, total)
    assert standing(clerk, roster).counts["create"] == 6


def test_what_keeps_a_large_roster_out_is_said_by_its_job(clerk, large):
    roster = large([*(person(n) for n in range(1, 6)), person(6, 身份证号=number(6)[:17] + "0")])
    jobs.work_off()
    with as_account(clerk):
        roster_jobs.import_or_ask(standing(clerk, roster), clerk, partial=False)
    jobs.work_off()
    assert jobs.latest([roster_jobs.IMPORT], roster.pk).said
    told = standing(clerk, roster)
    assert (told.state, bool(told.failure), told.counts["reject"]) == ("waiting", True, 1)


def test_a_job_that_breaks_ends_and_says_so(clerk, large, monkeypatch):
    def broken(*given):
        raise RuntimeError("broken")

    monkeypatch.setitem(jobs.HANDLERS, roster_jobs.JUDGE, broken)
    roster = large([person(n) for n in range(1, 7)])
    assert jobs.work_off() == 1
    assert jobs.latest([roster_jobs.JUDGE], roster.pk).said
    assert jobs.work_off() == 0


def test_a_job_that_ended_its_worker_three_times_is_given_up_and_says_so(clerk, large):
    roster = large([person(n) for n in range(1, 7)])
    with gate():
        Job.objects.update(attempts=jobs.MOST_ATTEMPTS)
    assert jobs.work_off() == 1
    assert "三次" in jobs.latest([roster_jobs.JUDGE], roster.pk).said
    assert standing(clerk, roster).counts == {"rows": 6}
    assert jobs.work_off() == 0


def page_of(roster, step="change"):
    return reverse(f"admin:personnel_rosterimport_{step}", args=[roster.pk])


def test_the_page_of_a_roster_whose_judging_was_given_up_says_so_and_begins_it_again(clerk, large, visitor):
    roster, browser = large([person(n) for n in range(1, 7)]), visitor(clerk)
    with gate():
        Job.objects.update(attempts=jobs.MOST_ATTEMPTS)
    jobs.work_off()
    page = browser.get(page_of(roster))
    assert page.context["step"] == "judge"
    assert "三次" in page.content.decode()
    assert "确认导入" not in page.content.decode()
    assert browser.get(reverse("admin:index")).status_code == 200
    assert browser.post(page_of(roster, "import")).status_code == 302
    assert jobs.work_off() == 0
    browser.post(page_of(roster, "answer"), {"judge": "1"})
    assert jobs.work_off() == 1
    assert standing(clerk, roster).counts["create"] == 6
    assert browser.get(page_of(roster)).context["step"] == "import"


def test_a_roster_that_waits_for_a_worker_can_be_given_up_on_its_page(clerk, large, visitor):
    roster, browser = large([person(n) for n in range(1, 7)]), visitor(clerk)
    assert f'action="{page_of(roster, "drop")}"' in browser.get(page_of(roster)).content.decode()
    browser.post(page_of(roster, "drop"))
    with as_account(clerk):
        assert not staging.is_kept(roster)
    assert jobs.work_off() == 1
    assert standing(clerk, roster).state == "waiting"


@pytest.mark.parametrize("step", ["import", "answer", "skip"])
def test_what_is_pressed_while_a_roster_is_at_work_changes_nothing_and_says_to_wait(clerk, large, visitor, step):
    roster, browser = large([person(n) for n in range(1, 7)]), visitor(clerk)
    jobs.work_off()
    with as_account(clerk):
        roster_jobs.import_or_ask(standing(clerk, roster), clerk, partial=False)
    more = [0, 2] if step == "skip" else []
    address = reverse(f"admin:personnel_rosterimport_{step}", args=[roster.pk, *more])
    answer = browser.post(address, {"again": "1"}, follow=True)
    assert "正在处理" in " ".join(map(str, answer.context["messages"]))
    assert jobs.work_off() == 1
    told = standing(clerk, roster)
    assert (told.state, told.failed_at, told.counts["create"]) == ("imported", None, 6)


@pytest.mark.django_db(databases=["default", "owner"])
def test_a_job_that_another_worker_holds_is_left_to_it(clerk, large):
    large([person(n) for n in range(1, 7)])
    with gate():
        job = Job.objects.get()
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [jobs.LOCKS, job.pk])
        try:
            assert jobs.work_off() == 0
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [jobs.LOCKS, job.pk])
    assert jobs.work_off() == 1


def test_the_tick_leaves_what_was_staged_today(clerk, large):
    roster = large([person(n) for n in range(1, 7)])
    call_command("tick")
    with as_account(clerk):
        assert roster.staged.count() == 6


@pytest.mark.django_db(databases=["default", "owner"])
def test_the_gate_deletes_what_was_staged_a_day_ago_and_nothing_else():
    roster = RosterImport.objects.using("owner").create(
        unit_id=VILLAGE, account=1, account_name="陈试用", file_name="旧.xlsx", sha256="0" * 64, size=1
    )
    rows, now = StagedRow.objects.using("owner"), timezone.now()
    for line, hours in ((1, 25), (2, 23)):
        staged_at = now - timedelta(hours=hours)
        rows.create(roster=roster, unit_id=VILLAGE, actor=1, sheet=0, number=line, cells=b"-", staged_at=staged_at)
    with connections["owner"].cursor() as cursor:
        gate_role = f'"{connections["owner"].settings_dict["NAME"]}_gate"'
        cursor.execute(f"GRANT {gate_role} TO CURRENT_USER")
        cursor.execute(f"SET LOCAL ROLE {gate_role}")
        cursor.execute("DELETE FROM personnel_stagedrow")  # as `staging.clear_expired` does
        cursor.execute("RESET ROLE")
    assert list(rows.values_list("number", flat=True)) == [2]


@pytest.mark.parametrize("kind", [roster_jobs.JUDGE, roster_jobs.IMPORT])
def test_a_job_whose_lines_are_gone_writes_nothing_and_says_so(clerk, large, kind):
    roster = large([person(n) for n in range(1, 7)])
    jobs.work_off()
    with as_account(clerk):
        jobs.ask(kind, roster.pk)
        staging.put_away(standing(clerk, roster))
    jobs.work_off()
    with as_account(clerk):
        assert "不再保存" in roster_jobs.last(roster).said
        assert standing(clerk, roster).state == "waiting"
        assert not Member.objects.exists()
