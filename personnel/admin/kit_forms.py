"""Forms of kit: the catalogue, campaigns, and the lists of people who are issued something or hand it back."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organization.guarded_admin import RefusableForm
from personnel.admin.privacy import FileForm
from personnel.admin.score_forms import ManyField
from personnel.models import Force, KitCampaign, KitIssue, KitScale, KitSize

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
NO_SUCH_SIZE = _("It is not made in this size; there are: %(sizes)s.")


class SizesField(forms.CharField):
    """Sizes with commas or blanks between them."""

    def prepare_value(self, value):
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value):
        text = super().to_python(value)
        for between in "，、;；":
            text = text.replace(between, ",")
        sizes = [part.strip() for part in text.replace(",", " ").split()]
        if any(len(size) > 12 for size in sizes):
            raise forms.ValidationError(_("A size has at most 12 characters."))
        return list(dict.fromkeys(sizes))

    def has_changed(self, initial, data):
        return self.to_python(data) != (initial or [])


class ScaleForm(RefusableForm):
    sizes = SizesField(
        label=_("Sizes"),
        help_text=_("In their order, with commas between them, such as 165, 170, 175."),
        max_length=400,
    )

    class Meta:
        model = KitScale
        fields = ["name", "sizes"]


class CampaignForm(RefusableForm):
    forces = ManyField(label=_("Forces"), choices=Force)

    class Meta:
        model = KitCampaign
        fields = ["name", "forces", "scheme", "issue_on", "in_use_on"]


class SizeForm(FileForm):
    """The size of one person in one scale."""

    class Meta:
        model = KitSize
        fields = ["member", "scale", "size"]

    def clean(self):
        cleaned = super().clean()
        scale, size = cleaned.get("scale") or getattr(self.instance, "scale", None), cleaned.get("size")
        if scale and size and size not in scale.sizes:
            self.add_error("size", forms.ValidationError(NO_SUCH_SIZE, params={"sizes": "、".join(scale.sizes)}))
        return cleaned


class IssueForm(FileForm):
    """Something issued to one person outside any campaign, or what became of what was issued."""

    class Meta:
        model = KitIssue
        fields = ["member", "item", "size", "count", "issued_on", "returned_on", "ending"]

    def clean(self):
        cleaned = super().clean()
        today = timezone.localdate()
        for name in ("issued_on", "returned_on"):
            if cleaned.get(name) and cleaned[name] > today:
                self.add_error(name, _("This day lies in the future."))
        item = cleaned.get("item") or (self.instance.item if self.instance.item_id else None)
        if item and "size" in cleaned:
            sizes = item.scale.sizes if item.scale else []
            if sizes and cleaned["size"] not in sizes:
                self.add_error("size", forms.ValidationError(NO_SUCH_SIZE, params={"sizes": "、".join(sizes)}))
            if not sizes and cleaned["size"]:
                self.add_error("size", _("This item is made in one size; leave this blank."))
        return cleaned


class BatchForm(forms.Form):
    """What is issued, and when."""

    items = forms.TypedMultipleChoiceField(label=_("Items"), coerce=int, widget=forms.CheckboxSelectMultiple)
    day = forms.DateField(label=_("Issued on"), widget=DAY)

    def __init__(self, data, *, items, day):
        chosen = [(item.pk, str(item)) for item in items]
        super().__init__(data, initial={"items": [key for key, _name in chosen], "day": day})
        self.fields["items"].choices = chosen


class ReturnForm(forms.Form):
    """When it came back, and what became of it."""

    day = forms.DateField(label=_("Handed back on"), widget=DAY)
    ending = forms.ChoiceField(label=_("What became of it"), choices=KitIssue.Ending)
