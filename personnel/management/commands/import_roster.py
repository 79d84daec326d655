"""`manage.py import_roster FILE --as USER`: judge a roster, and with --commit write it, as one line of JSON."""

import json
from collections.abc import Sequence
from pathlib import Path

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organization.models import Unit
from organization.refusal import Refusal, StrOrPromise
from organization.scope import as_account
from organization.scripted import PROBLEMS, CommandRefused, ScriptedCommand
from personnel.models import Force, RosterImport
from personnel.roster import direct, examination, staging
from personnel.roster.committing import NotCommitted
from personnel.roster.examination import Examined
from personnel.roster.shapes import FileRefused, Finding, Notice
from personnel.roster.source import Source, open_file

NEEDED = "personnel.import_member"
_UNREADABLE: dict[type[OSError], StrOrPromise] = {
    FileNotFoundError: gettext_lazy("there is no such file."),
    IsADirectoryError: gettext_lazy("this is a folder and no file."),
    PermissionError: gettext_lazy("you have no permission to read it."),
}


class Command(ScriptedCommand):
    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.description = _("Read a roster (xlsx, xls, csv), say what is wrong with it, and import it.")
        parser.add_argument("file", type=Path, help=_("the roster"))
        parser.add_argument("--unit", help=_("code of the unit whose roster it is; the account's own if left out"))
        parser.add_argument("--force", help=_("one force: %(forces)s") % {"forces": ", ".join(Force.values)})
        parser.add_argument("--answers", type=Path, help=_("answers to questions: a JSON file {id: choice}"))
        parser.add_argument("--whole", action="store_true", help=_("it is the whole roster: say who is missing in it"))
        parser.add_argument(
            "--accept-partial", action="store_true", help=_("import the good rows and leave the others")
        )
        parser.add_argument("--commit", action="store_true", help=_("write; without it nothing is changed"))

    def answer(self, *, username, file, unit, force, answers, whole, accept_partial, commit, **options):
        account = self.account(username, NEEDED, _("This account's role imports no rosters."))
        with as_account(account, origin="import_roster"):
            asked = self.unit(unit, account)
            source = self.source(file)
            given = self.answers(answers)
            terms = staging.terms_of(account, asked.code, self.force(force), is_whole=whole, answers=given)
            known = self.known(source, asked)
            if not commit:
                examined = examination.examine(source, terms)
                return table(examined, known=known), code_of(examined)
            try:
                examined, roster = direct.bring_in(source, terms, account, partial=accept_partial)
            except NotCommitted as refusal:
                examined = refusal.examined or examination.examine(source, terms)
                return table(examined, known=known, refusal=refusal), PROBLEMS
            except Refusal as refusal:
                return {"error": {"code": refusal.code, "message": str(refusal)}}, PROBLEMS
        return table(examined, roster, known=known), code_of(examined)

    def refusal_key(self, refusal):
        return "refused" if isinstance(refusal, FileRefused) else "error"

    @staticmethod
    def known(source: Source, unit: Unit) -> list[Notice]:
        """That this very file was imported before, if it was."""
        found = []
        for earlier in RosterImport.objects.known(source.sha256, unit)[:1]:
            at = f"{timezone.localtime(earlier.committed_at):%Y-%m-%d %H:%M}"
            message = _("This very file was imported already, at %(at)s by %(by)s.")
            found.append(Notice("", None, "", "known_file", message % {"at": at, "by": earlier.account_name}))
        return found

    def source(self, path: Path) -> Source:
        try:
            return open_file(path.read_bytes(), path.name)
        except OSError as error:
            reason = next((said for kind, said in _UNREADABLE.items() if isinstance(error, kind)), error.strerror)
            message = _("The file %(path)s cannot be read: %(reason)s")
            raise CommandRefused("file_unreadable", message, path=path, reason=reason) from None

    def answers(self, path: Path | None) -> dict[str, str]:
        if path is None:
            return {}
        try:
            given = json.loads(path.read_text(encoding="utf-8"))
            return {str(key): str(choice) for key, choice in given.items()}
        except (OSError, ValueError, AttributeError):
            raise CommandRefused("answers_unreadable", _("The answers are no JSON object {id: choice}.")) from None

    def force(self, text: str | None) -> str:
        if text is not None and text not in Force.values:
            forces = ", ".join(Force.values)
            raise CommandRefused("force_not_found", _("There is no such force; there are: %(forces)s"), forces=forces)
        return text or ""


def table(
    examined: Examined,
    roster: RosterImport | None = None,
    *,
    known: Sequence[Finding] = (),
    refusal: NotCommitted | None = None,
) -> dict:
    """What scripts are told: every row is in exactly one of create, change, unchanged, reject, skip, ask."""
    problems = [told(one) for one in examined.problems]
    if refusal and refusal.code == "nothing_good":
        problems.append({"sheet": "", "row": None, "column": "", "code": refusal.code, "message": str(refusal)})
    if refusal:
        problems += [
            {"sheet": sheet, "row": row, "column": "", "code": refusal.code, "message": str(refusal)}
            for sheet, row in refusal.rows
        ]
    return {
        "sha256": examined.source.sha256,
        "sheets": [
            {key: sheet[key] for key in ("name", "header_row", "rows", "skipped")} for sheet in examined.sheets()
        ],
        **examined.plan.counts,
        "questions": [staging.asked(one) for one in examined.questions],
        "problems": problems,
        "notices": [told(one) for one in (*known, *examined.notices)],
        "leavers": [{"member": member, "name": name} for member, name in examined.plan.leavers],
        "committed": roster is not None,
        "batch": roster.pk if roster else None,
    }


def told(finding: Finding) -> dict:
    return {
        "sheet": finding.sheet,
        "row": finding.row,
        "column": finding.column,
        "code": finding.code,
        "message": str(finding.message),
    }


def code_of(examined: Examined) -> int:
    counts = examined.plan.counts
    return PROBLEMS if counts["reject"] or counts["ask"] or examined.questions or examined.problems else 0
