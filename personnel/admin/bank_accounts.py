"""Accounts that pay goes to: kept by finance, masked until revealed."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from organization.guarded_admin import GuardedAdmin, RefusableForm
from personnel import identity
from personnel.models import BankAccount


class BankAccountForm(RefusableForm):
    """A number left blank on an account that exists stays as it is."""

    number = forms.CharField(
        label=_("Account number"),
        max_length=30,
        required=False,
        initial="",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Left blank, the number on record stays."),
    )

    class Meta:
        model = BankAccount
        fields = ["member", "bank", "number"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.is_new = self.instance._state.adding
        if "number" in self.fields:
            self.initial["number"] = ""
            self.fields["number"].required = self.is_new

    def clean_number(self):
        number = identity.normalise(self.cleaned_data["number"])
        if not number and not self.is_new:
            return self.instance.number
        if not (number.isascii() and number.isdecimal() and 8 <= len(number) <= 30):
            raise forms.ValidationError(_("An account number has 8 to 30 digits."))
        return number


@admin.register(BankAccount)
class BankAccountAdmin(GuardedAdmin):
    form = BankAccountForm
    list_display = ["holder", "bank", "masked", "unit"]
    list_select_related = ["member", "unit"]
    search_fields = ["member__name", "member__pinyin"]
    search_help_text = _("Name or pinyin of the member.")
    autocomplete_fields = ["member"]
    fields = ["member", "bank", "number"]
    ordering = ["unit_id", "id"]
    change_form_template = "personnel/bank_account_form.html"

    def get_readonly_fields(self, request, obj=None):
        return ["member"] if obj else []

    def get_fields(self, request, obj=None):
        return self.fields if self.has_change_permission(request, obj) else ["member", "bank", "masked"]

    @admin.display(description=_("member"), ordering="member__pinyin")
    def holder(self, account):
        return account.member.name

    @admin.display(description=_("account number"))
    def masked(self, account):
        number = account.number
        return f"{number[:4]}{'*' * (len(number) - 4)}"
