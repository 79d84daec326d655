"""The shapes that the texts of created rows are read with: composite types, another whenever a table has other columns.

Entries from before a column was added are so still read as what they were. Shapes are never dropped: entries outlive
the tables that they are of.
"""

# Lengths and scales are no part of a shape: a column that becomes longer has no need of another one.
SHAPES = """
SELECT t.typname, array(SELECT a.attname || ' ' || format_type(a.atttypid, NULL) FROM pg_attribute a
                        WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum)
FROM pg_type t
WHERE t.typtype = 'c' AND t.typnamespace = 'public'::regnamespace AND t.typname ~ ('^trail_of_' || %s || '_[0-9]+$')
"""


def keeps_text(cursor) -> bool:
    """Whether the trail keeps texts yet: a migration from before then writes it as it was."""
    cursor.execute(
        "SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'organization_trail'::regclass"
        " AND attname = 'created' AND NOT attisdropped)"
    )
    return cursor.fetchone()[0]


def shape_of(cursor, table: str, columns: dict[str, str]) -> tuple[str, str]:
    """The shape with these columns, {name: type}, and the SQL that makes it, "" where it is there already."""
    cursor.execute(SHAPES, [table])
    known = dict(cursor.fetchall())
    wanted = [f"{name} {kind}" for name, kind in columns.items()]
    for shape, found in known.items():
        if found == wanted:
            return shape, ""
    shape = f"trail_of_{table}_{len(known) + 1}"
    listed = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
    return shape, f"CREATE TYPE {shape} AS ({listed});"
