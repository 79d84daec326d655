"""What was sent while somebody ended the session is not saved behind an answer that says it was not understood."""

from organization.accounts.sessions import end_sessions_of
from organization.scope import as_account
from personnel.admin.members import MemberAdmin
from personnel.models import Member
from tests.personnel.test_entry import ADD, entered


def test_a_save_whose_session_ends_meanwhile_leaves_nothing(visitor, clerk, monkeypatch):
    def ended_in_between(self, request, obj, form, change):
        end_sessions_of(clerk)  # as the security administrator, a hand-over or a logout in another tab does
        obj.save()

    browser = visitor(clerk)
    monkeypatch.setattr(MemberAdmin, "save_model", ended_in_between)
    answer = browser.post(ADD, entered())
    assert answer.status_code == 400
    with as_account(clerk):
        assert not Member.objects.exists()
