"""Fields that keep themselves true: sealed text, its digest and mask, readings of a name, codes of a standard."""

from django.db import connection, models
from django.db.models import Q
from django.db.models.query_utils import DeferredAttribute
from django.utils.functional import cached_property

from organization.keyring import sealer
from personnel import codes, identity, names


class Sealed:
    """Ciphertext as it lies in the database, opened only when somebody asks for the text."""

    __slots__ = ("blob",)

    def __init__(self, blob):
        self.blob = bytes(blob)

    def __repr__(self):
        return "••••••"

    def __eq__(self, other):
        return isinstance(other, Sealed) and other.blob == self.blob

    __hash__ = None  # type: ignore[assignment]


class SealedAttribute(DeferredAttribute):
    """Reads as text; an equal text assigned leaves the stored ciphertext as it is."""

    field: "SealedField"

    def __get__(self, instance, cls=None):
        value = super().__get__(instance, cls)
        return self.field.open(instance, value) if isinstance(value, Sealed) else value

    def __set__(self, instance, value):
        held = instance.__dict__.get(self.field.attname)
        if isinstance(held, Sealed) and isinstance(value, str) and self.field.open(instance, held) == value:
            return
        if self.field.attname in instance.__dict__:
            for derived in self.field.derived:
                instance.__dict__[derived.attname] = None
        instance.__dict__[self.field.attname] = value


class SealedField(models.BinaryField):
    """Text that only the application can read. The row that the ciphertext is bound to is named by `row`."""

    descriptor_class = SealedAttribute

    def __init__(self, *args, row="id", **kwargs):
        kwargs.setdefault("editable", True)
        super().__init__(*args, **kwargs)
        self.row = row

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"row": self.row, "editable": self.editable}

    @cached_property
    def derived(self):
        """Digest and mask of this field: stale as soon as another text is assigned."""
        return [field for field in self.model._meta.fields if getattr(field, "of", None) == self.name]

    def _bound(self, instance):
        return {"table": self.model._meta.db_table, "column": self.column, "row": getattr(instance, self.row)}

    def open(self, instance, value):
        return sealer().open(value.blob, **self._bound(instance))

    def from_db_value(self, value, expression, connection):
        return None if value is None else Sealed(value)

    def to_python(self, value):
        return value

    def pre_save(self, instance, add):
        value = instance.__dict__.get(self.attname)
        if value is None or value == "":
            return None
        if isinstance(value, Sealed):
            return value.blob
        blob = sealer().seal(value, **self._bound(instance))
        instance.__dict__[self.attname] = Sealed(blob)
        return blob

    def formfield(self, **kwargs):
        return models.Field.formfield(self, **kwargs)

    def value_from_object(self, instance):
        return getattr(instance, self.attname)

    def value_to_string(self, instance):
        return ""


class DigestField(models.BinaryField):
    """Keyed digest of a sealed field: makes it unique and lets an exact number be looked up."""

    def __init__(self, *args, of="", purpose="", **kwargs):
        kwargs["editable"] = False
        super().__init__(*args, **kwargs)
        self.of, self.purpose = of, purpose

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("editable", None)
        return name, path, args, kwargs | {"of": self.of, "purpose": self.purpose}

    def pre_save(self, instance, add):
        if not getattr(instance, self.attname):
            text = getattr(instance, self.of)
            setattr(instance, self.attname, sealer().digest(text, purpose=self.purpose) if text else None)
        return getattr(instance, self.attname)


class DerivedField(models.CharField):
    """Text computed from another field whenever the row is saved."""

    def __init__(self, *args, of="", **kwargs):
        kwargs["editable"] = False
        kwargs.setdefault("blank", True)
        kwargs.setdefault("default", "")
        super().__init__(*args, **kwargs)
        self.of = of

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("editable", None)
        return name, path, args, kwargs | {"of": self.of}

    def derive(self, value, instance):
        raise NotImplementedError

    def pre_save(self, instance, add):
        setattr(instance, self.attname, self.derive(getattr(instance, self.of), instance)[: self.max_length])
        return getattr(instance, self.attname)


class MaskField(DerivedField):
    """First six digits and twelve stars."""

    def pre_save(self, instance, add):
        return getattr(instance, self.attname) or super().pre_save(instance, add)

    def derive(self, value, instance):
        return identity.mask(value or "")


class ReadingField(DerivedField):
    """One of the readings of a name: 0 pinyin, 1 initials, 2 the other pinyin of an ambiguous surname."""

    def __init__(self, *args, which=0, **kwargs):
        super().__init__(*args, **kwargs)
        self.which = which

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"which": self.which}

    def derive(self, value, instance):
        found = names.readings(value or "")
        return found[self.which] if self.which < 2 else (found[2] or [""])[0]


class CodeField(models.CharField):
    """A code of a national standard; `code_check` adds the constraint that it is one."""

    def __init__(self, *args, table="", **kwargs):
        kwargs.setdefault("max_length", 30)
        kwargs.setdefault("null", True)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)
        self.table = table
        if table:
            self.choices = codes.choices(table)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("choices", None)
        return name, path, args, kwargs | {"table": self.table}


def code_check(model, field, table):
    return models.CheckConstraint(
        name=f"{model}_{field}_is_a_code", condition=Q(**{field: None}) | Q(**{f"{field}__in": codes.codes(table)})
    )


def next_member_id():
    """Drawn before the row is written, since the ciphertext is bound to it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('personnel_member_id_seq')")
        return cursor.fetchone()[0]
