"""What rosters are held against: reading a file and copying its rows at the least cost, and the stock library."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO, StringIO
from time import perf_counter

from django.db import connection, connections, models
from django.test.utils import CaptureQueriesContext
from import_export.fields import Field
from import_export.formats.base_formats import XLSX
from import_export.resources import ModelResource
from import_export.widgets import ForeignKeyWidget
from psycopg2.sql import SQL, Identifier
from python_calamine import CalamineWorkbook

from tests.bench.roster_files import HEADER, ID_NUMBER, PHONE, workbook

FLOOR = "bench_floor"
# Where the file's columns go: those that a member has, and others that are added as the last ones.
COPIED_TO = {
    "序号": "seq", "姓名": "name", "性别": "sex", "民族": "ethnicity", "身份证号": "id_mask", "政治面貌": "political",
    "文化程度": "education", "婚姻状况": "marital", "户籍地址": "household_address", "现住址": "address",
    "职务": "post", "入队时间": "started_on", "合同开始日期": "contract_from", "合同到期日": "contract_until",
    "联系电话": "phone",
}  # fmt: skip


def prepare() -> None:
    """The scratch tables: logged ones, since a temporary table writes no WAL and would be no table that lasts."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(SQL("CREATE TABLE {} (LIKE personnel_member INCLUDING INDEXES)").format(Identifier(FLOOR)))
        cursor.execute(
            "SELECT attname FROM pg_attribute"
            " WHERE attrelid = %s::regclass AND attnum > 0 AND attnotnull AND attname <> 'id'",
            [FLOOR],
        )
        for (column,) in cursor.fetchall():
            cursor.execute(SQL("ALTER TABLE {} ALTER {} DROP NOT NULL").format(Identifier(FLOOR), Identifier(column)))
        cursor.execute(
            SQL("ALTER TABLE {} ALTER sex TYPE text, ALTER ethnicity TYPE text, ALTER political TYPE text,"
                " ALTER education TYPE text, ALTER marital TYPE text, ADD seq text, ADD post text,"
                " ADD started_on date, ADD contract_from date, ADD contract_until date, ADD phone text"
                ).format(Identifier(FLOOR))
        )  # fmt: skip


def floor(data: bytes, unit: int) -> float:
    """Seconds of reading the file with python-calamine and of one COPY of its rows into the indexed scratch table."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(SQL("TRUNCATE {}").format(Identifier(FLOOR)))
    begun = perf_counter()
    _header, *rows = CalamineWorkbook.from_object(BytesIO(data)).get_sheet_by_index(0).to_python()
    text = StringIO()
    for key, row in enumerate(rows, 1):
        number, phone = row[ID_NUMBER].encode().hex(), row[PHONE].encode().hex()
        text.write(f"{key}\t{unit}\t\\\\x{number}\t\\\\x{phone}\t" + "\t".join(map(str, row)) + "\n")
    columns = ["id", "unit_id", "id_digest", "phone_digest", *(COPIED_TO[title] for title in HEADER)]
    size = text.tell() + 1
    text.seek(0)
    with connections["owner"].cursor() as cursor:
        listed = SQL(", ").join(map(Identifier, columns))
        cursor.copy_expert(SQL("COPY {} ({}) FROM STDIN").format(Identifier(FLOOR), listed), text, size)
    return perf_counter() - begun


# --- the stock library ------------------------------------------------------------------------------------------------

COLUMNS = ("seq", "name", "sex", "ethnicity", "id_number", "political", "education", "marital", "household_address",
           "address", "post", "started_on", "contract_from", "contract_until", "phone")  # fmt: skip


def _text() -> models.Field:
    return models.CharField(max_length=120)


class PlainUnit(models.Model):
    name = _text()

    class Meta:
        app_label = "personnel"  # the library wants one that is installed
        db_table = "bench_plain_unit"

    def __str__(self):
        return self.name


class Plain(models.Model):
    """The fifteen columns and the unit that the roster is for, nothing else: no encryption, no scope, no trail."""

    unit = models.ForeignKey(PlainUnit, models.PROTECT)
    seq, name, sex, ethnicity = models.IntegerField(), _text(), _text(), _text()
    id_number = models.CharField(max_length=18, unique=True)
    political, education, marital, household_address, address, post = (_text() for _ in range(6))
    started_on, contract_from, contract_until = (models.DateField() for _ in range(3))
    phone = _text()

    class Meta:
        app_label = "personnel"
        db_table = "bench_plain"

    def __str__(self):
        return self.name


class PlainResource(ModelResource):
    """As the library's guide makes one: a column `unit` that names the unit, and the number tells people apart."""

    unit = Field("unit", "unit", ForeignKeyWidget(PlainUnit, "name"))

    class Meta:
        model = Plain
        fields = ("unit", *COLUMNS)
        import_id_fields = ("id_number",)


def stock(people: list[list]) -> float:
    """Seconds of the library's own dry run and import, as its admin pages do them: each reads the file."""
    with _plain_tables():
        unit = PlainUnit.objects.create(name="东塘街道").name
        book = workbook(people)
        begun = perf_counter()
        for dry_run in (True, False):
            data = XLSX().create_dataset(book)
            data.headers = COLUMNS
            data.append_col([unit] * len(people), header="unit")
            result = PlainResource().import_data(data, dry_run=dry_run)
            if result.totals["new"] != len(people):
                raise RuntimeError(f"the stock import failed: {result.base_errors} {result.row_errors()[:1]}")
        return perf_counter() - begun


def stock_queries(people: list[list]) -> int:
    """How many queries that takes."""
    with CaptureQueriesContext(connection) as captured:
        stock(people)
    return len(captured)


@contextmanager
def _plain_tables() -> Iterator[None]:
    with connections["owner"].schema_editor() as editor:
        for model in (PlainUnit, Plain):
            editor.create_model(model)
        editor.execute("GRANT ALL ON TABLE bench_plain_unit, bench_plain TO PUBLIC")
        editor.execute("GRANT ALL ON SEQUENCE bench_plain_unit_id_seq, bench_plain_id_seq TO PUBLIC")
    yield
    with connections["owner"].schema_editor() as editor:
        for model in (Plain, PlainUnit):
            editor.delete_model(model)
