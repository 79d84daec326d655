"""The shapes that the texts of whole rows are read with: composite types, another whenever a table has other columns.

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


def texts(cursor) -> set[str]:
    """Of "created" and "removed" those that the trail keeps as text yet: a migration from before writes the rest as it
    was."""
    cursor.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = 'organization_trail'::regclass"
        " AND attname IN ('created', 'removed') AND NOT attisdropped"
    )
    return {name for (name,) in cursor.fetchall()}


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
