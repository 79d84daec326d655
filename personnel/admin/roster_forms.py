"""Forms of a roster: what is sent, and the cells of one line."""

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organization import rights
from organization.models import Unit
from personnel.models import Force
from personnel.roster import examination, staging
from personnel.roster.preview import text_of


class UploadForm(forms.Form):
    """A file or pasted cells, for a unit and a force."""

    file = forms.FileField(label=_("File"), required=False, help_text=_("Excel (.xlsx, .xls) or csv, up to 40 MB."))
    pasted = forms.CharField(
        label=_("or pasted cells"),
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

    def __init__(self, *args, account, **kwargs):
        super().__init__(*args, **kwargs)
        self.account = account
        forces = rights.FORCES_WRITTEN.get(account.role, ())
        self.fields["force"].choices = [(value, label) for value, label in Force.choices if value in forces]
        units = Unit.objects.below(account.unit_id).open_on(timezone.localdate())
        self.fields["unit_code"].choices = [(str(code), name) for code, name in units.values_list("code", "name")]
        self.fields["unit_code"].initial = str(account.unit_id)

    @property
    def unit(self):
        return int(self.cleaned_data["unit_code"])

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file and file.size > settings.ROSTER_MAX_BYTES:
            raise forms.ValidationError(_("The file is larger than 40 MB; please split it."))
        return file

    def clean(self):
        cleaned = super().clean()
        if not self.errors and not cleaned.get("file") and not (cleaned.get("pasted") or "").strip():
            raise forms.ValidationError(_("Choose a file, or paste cells."))
        return cleaned

    def source(self):
        """What was sent, read. Raises FileRefused."""
        if file := self.cleaned_data["file"]:
            return examination.open_file(file.read(), file.name)
        return examination.open_pasted(self.cleaned_data["pasted"], str(_("Pasted cells")))


class CellsForm(forms.Form):
    """The cells of a staged line, as text."""

    def __init__(self, *args, roster, line, **kwargs):
        super().__init__(*args, **kwargs)
        self.line = line
        self.cells = staging.open_cells(line)
        sheet = roster.sheets[line.sheet]
        problems = {}
        for _kind, column, _code, message, *_rest in line.findings:
            problems.setdefault(column, []).append(message)
        from personnel.roster.shapes import column_letter

        for index, header, _field in sheet["columns"]:
            letter = column_letter(index)
            self.fields[f"c{index}"] = forms.CharField(
                label=f"{letter} {header}",
                required=False,
                initial=text_of(self.cells[index]) if index < len(self.cells) else "",
                help_text=" ".join(problems.get(letter, [])),
            )

    def save(self):
        """Keep what was typed; a cell that reads as before keeps what it was (a number, a day)."""
        for name in self.changed_data:
            index = int(name[1:])
            self.cells += [None] * (index + 1 - len(self.cells))
            self.cells[index] = self.cleaned_data[name] or None
        self.line.cells = staging.seal(self.cells, self.line.pk)
        self.line.is_corrected, self.line.refusal, self.line.effect = True, "", ""
        self.line.save(update_fields=["cells", "is_corrected", "refusal", "effect"])
