"""The words people write for codes: the tables' own codes and names, and the aliases of aliases.json.

A table of aliases.json without a code table of its own (force, household, ...) names each value by its first alias.
"""

import json
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from personnel import codes

_FILE = json.loads(Path(__file__).parents[1].joinpath("aliases.json").read_text(encoding="utf-8"))

# Words that mean the same in every column: "blank", "yes", "no", "full_time", "part_time"; all folded.
WORDS: dict[str, frozenset[str]] = {meaning: frozenset(said) for meaning, said in _FILE["words"].items()}

# Field -> the table its values come from.
TABLES: dict[str, str] = {
    "document": "document",
    "sex": "sex",
    "ethnicity": "ethnicity",
    "political": "political",
    "education": "education",
    "marital": "marital",
    "occupation": "occupation",
    "military": "military",
    "household": "household",
    "force": "force",
    "category": "category",
    "sponsor": "sponsor",
    "ending": "ending",
}
_OURS = frozenset({"sex", "household", "force", "category", "sponsor", "ending"})


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A table's names (code -> Chinese name) and its known words (folded -> code, None for a word that says nothing).

    `modifiers` and `suffixes` may be left out of a word (函授, 毕业); `keywords` are looked for inside of it;
    `studying` marks a level not yet reached, `level_before` gives the one that was (None where there is none).
    """

    names: Mapping[str, str]
    known: Mapping[str, str | None]
    modifiers: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ()
    keywords: Mapping[str, str] | None = None
    studying: tuple[str, ...] = ()
    level_before: Mapping[str, str | None] | None = None

    def find(self, word: str) -> tuple[bool, str | None]:
        """(whether the folded word is known, its code)."""
        for form in self._forms(word):
            if form in self.known:
                return True, self.known[form]
        found = next((code for said, code in (self.keywords or {}).items() if said in word), None)
        return found is not None, found

    def _forms(self, word: str) -> Iterator[str]:
        yield word
        bare = word.translate(_BRACKETS)
        yield bare
        for modifier in self.modifiers:
            bare = bare.replace(modifier, "")
        yield bare
        for suffix in self.suffixes:
            bare = bare.removesuffix(suffix)
            yield bare


_BRACKETS = str.maketrans("", "", "()[]{}<>《》【】〔〕")


def fold(text: str) -> str:
    """A word as it is looked up: NFKC, no case, no blanks, no closing punctuation."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split()).rstrip("。.;,、")


@cache
def vocabulary(field: str) -> Vocabulary:
    """The vocabulary of a field that is in TABLES. KeyError for any other."""
    table = TABLES[field]
    entry = _FILE["tables"][table]
    names = _named_by_first_alias(entry) if table in _OURS else dict(codes.choices(table))
    return Vocabulary(
        names,
        _known(table, names, entry),
        tuple(entry.get("modifiers", ())),
        tuple(entry.get("suffixes", ())),
        {said: code for code, all_said in entry.get("keywords", {}).items() for said in all_said},
        tuple(entry.get("studying", ())),
        entry.get("level_before", {}),
    )


def _named_by_first_alias(entry: dict) -> dict[str, str]:
    return {code: aliases[0] for code, aliases in entry["aliases"].items()}


def _known(table: str, names: Mapping[str, str], entry: dict) -> dict[str, str | None]:
    """Weakest first, so that a code or name of the table is never hidden by an alias."""
    known: dict[str, str | None] = {fold(said): None for said in entry.get("unknown", ())}
    for code, aliases in entry.get("aliases", {}).items():
        known.update((fold(alias), code) for alias in aliases)
    if table not in _OURS:
        known.update((code.lstrip("0"), code) for code in names)  # a number cell has no leading zero
    for code, name in names.items():
        known |= {fold(name): code, code: code}
    return known
