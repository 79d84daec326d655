"""What an .xlsx package says about its workbook: the worksheets in their order, shared parts, pictures and comments."""

from dataclasses import dataclass, field

from personnel.roster.reading.limits import Limits, Refused
from personnel.roster.reading.package import Package, Relation, elements


@dataclass(slots=True)
class Listed:
    """A worksheet as the workbook lists it."""

    name: str
    is_hidden: bool
    part: str


@dataclass(slots=True)
class Workbook:
    """What workbook.xml says. The sheets are worksheets only, in their order."""

    has_1904_dates: bool = False
    sheets: list[Listed] = field(default_factory=list)
    strings: str = ""
    styles: str = ""


def listed(package: Package, limits: Limits) -> Workbook:
    """The worksheets of a package. Refused: no workbook, macros, too many sheets, relations that lead nowhere."""
    return _workbook(package, _main_part(package), limits)


def _main_part(package: Package) -> str:
    if "[Content_Types].xml" not in package:
        raise Refused("unsupported", kind="ods" if "mimetype" in package else "archive")
    for folder, kind in (("word/", "document"), ("ppt/", "slides")):
        if any(name.startswith(folder) for name in package.entries):
            raise Refused("unsupported", kind=kind)
    main = [one.target for one in package.relations("").values() if one.kind == "officeDocument"]
    if len(main) != 1 or main[0] not in package:
        raise Refused("damaged")
    if main[0].endswith(".bin"):
        raise Refused("unsupported", kind="xlsb")
    if any(name.endswith(("vbaproject.bin", "vbadata.xml")) or "/macrosheets/" in name for name in package.entries):
        raise Refused("macros")
    return main[0]


def _workbook(package: Package, main: str, limits: Limits) -> Workbook:
    relations = package.relations(main)
    book = Workbook()
    root = ""
    for name, attributes in elements(package.small_xml(main)):
        root = root or name
        if name == "workbookPr":
            book.has_1904_dates = attributes.get("date1904", "0") in ("1", "true", "on")
        elif name == "sheet":
            book.sheets.append(_listed(attributes, relations))
    if root != "workbook":
        raise Refused("unsupported", kind="document")
    if len(book.sheets) > limits.sheets:
        raise Refused("too_many_sheets", limit=limits.sheets)
    book.sheets = [sheet for sheet in book.sheets if sheet.part]
    if any(sheet.part not in package for sheet in book.sheets) or not book.sheets:
        raise Refused("damaged")
    for relation in relations.values():
        if relation.kind == "sharedStrings":
            book.strings = relation.target
        elif relation.kind == "styles":
            book.styles = relation.target
    return book


def _listed(attributes: dict[str, str], relations: dict[str, Relation]) -> Listed:
    relation = relations.get(attributes.get("id", ""))
    if relation is None or not relation.target:
        raise Refused("damaged")
    is_hidden = attributes.get("state", "visible") != "visible"
    # Charts and dialogs that fill a sheet have no cells.
    return Listed(attributes.get("name", ""), is_hidden, relation.target if relation.kind == "worksheet" else "")


def count_of(package: Package, part: str, kind: str, element: str) -> int:
    """How many elements of a name stand in the parts of a kind that a part points to; 0 where these are unreadable."""
    targets = {one.target for one in package.relations(part).values() if one.kind == kind and one.target in package}
    try:
        return sum(name == element for target in targets for name, _ in elements(package.small_xml(target)))
    except Refused:  # no cell depends on it
        return 0
