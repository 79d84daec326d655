"""Forms of a roster: what is sent, and the cells of one line."""

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organization import rights
from organization.models import Unit
from personnel.exports.marked import text_of
from personnel.models import Force
from personnel.roster import staged_lines, staging
from personnel.roster.preview import Preview
from personnel.roster.reading.sentences import EMPTY
from personnel.roster.shapes import column_letter
from personnel.roster.source import open_file, open_pasted

JUDGED_AT_ONCE = 2 * 2**20  # bytes of some 20,000 rows; what is larger is judged beside the site, cleaned there


class PastedField(forms.CharField):
    """Cells as the clipboard has them; a character without a meaning among them is left out and no reason to refuse."""

    def to_python(self, value):
        return super().to_python(value.replace("\0", "") if isinstance(value, str) else value)


class UploadForm(forms.Form):
    """A file or pasted cells, for a unit and a force."""

    file = forms.FileField(
        label=_("File"),
        required=False,
        help_text=_("Excel (.xlsx, .xls) or csv, up to 40 MB."),
        error_messages={"empty": EMPTY},
    )
    pasted = PastedField(
        label=_("or paste cells"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6, "cols": 60, "wrap": "off"}),
        help_text=_("Mark the cells in WPS or Excel together with their headings, copy them and paste them here."),
    )
    unit_code = forms.ChoiceField(label=_("Unit"))
    force = forms.ChoiceField(label=_("Force"))
    is_whole = forms.BooleanField(
        label=_("This is the whole roster"),
        required=False,
        help_text=_("People of the register who are missing in it are then listed; nobody is removed."),
    )

    def __init__(self, *args, account, size=0, **kwargs):
        super().__init__(*args, **kwargs)
        self.account, self.size = account, size
        forces = rights.FORCES_WRITTEN.get(account.role, ())
        self.fields["force"].choices = [(value, label) for value, label in Force.choices if value in forces]
        units = Unit.objects.below(account.unit_id).open_on(timezone.localdate())
        self.fields["unit_code"].choices = [(str(code), name) for code, name in units.values_list("code", "name")]
        self.fields["unit_code"].initial = str(account.unit_id)
        if len(self.fields["unit_code"].choices) > 1:
            self.fields["unit_code"].help_text = _(
                "If the list is of several villages, leave your own unit here: each row goes where its village column,"
                " or the name of its sheet, says."
            )

    @property
    def unit(self):
        return int(self.cleaned_data["unit_code"])

    def clean_file(self):
        file = self.cleaned_data["file"]
        if (file.size if file else self.size) > settings.ROSTER_MAX_BYTES:
            raise forms.ValidationError(_("The file is larger than 40 MB; please split it."))
        return file

    def clean(self):
        cleaned = super().clean()
        has_cells = bool((cleaned.get("pasted") or "").strip())
        if not self.errors and not cleaned.get("file") and not has_cells:
            raise forms.ValidationError(_("Choose a file, or paste cells."))
        if cleaned.get("file") and has_cells:
            raise forms.ValidationError(_("There are both a file and pasted cells: send one after the other."))
        return cleaned

    def source(self, terms):
        """What was sent, read. Raises FileRefused."""
        if file := self.cleaned_data["file"]:
            early = terms if file.size <= JUDGED_AT_ONCE else None
            return open_file(file.read(), file.name, early)
        return open_pasted(self.cleaned_data["pasted"], str(_("Pasted cells")))


class CellsForm(forms.Form):
    """The cells of a staged line, as text."""

    def __init__(self, *args, roster, line, **kwargs):
        super().__init__(*args, **kwargs)
        self.line = line
        merged = Preview(roster, [line], is_waiting=True).merged
        self.cells = staged_lines.open_cells(line)
        sheet = roster.sheets[line.sheet]
        said: dict[str, list[tuple[str, str]]] = {}
        for kind, column, _code, message, *_rest in line.findings:
            said.setdefault(column, []).append((kind, message))
        self.of_the_row = [message for _kind, message in said.get("", [])]
        for index, header, _field in sheet["columns"]:
            letter = column_letter(index)
            findings = said.get(letter, [])
            field = self.fields[f"c{index}"] = forms.CharField(
                label=f"{letter} {header}",
                required=False,
                initial=text_of(self.cells[index]) if index < len(self.cells) else "",
                help_text=" ".join(message for _kind, message in findings),
            )
            if above := merged.get((line.sheet, line.number, index)):
                field.widget.attrs["placeholder"] = above
            field.is_wrong = any(kind != "Notice" for kind, _message in findings)
        if first := next((field for field in self.fields.values() if field.is_wrong), None):
            first.widget.attrs["autofocus"] = True

    def save(self):
        """Keep what was typed; a cell that reads as before keeps what it was (a number, a day)."""
        for name in self.changed_data:
            index = int(name[1:])
            self.cells += [None] * (index + 1 - len(self.cells))
            self.cells[index] = self.cleaned_data[name] or None
        staging.correct(self.line, self.cells)
