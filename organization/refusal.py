"""Refusals that name what is wrong: a code for programs, a translatable sentence with named parameters for people."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.functional import Promise, lazy

if TYPE_CHECKING:  # the stubs are not there at run time
    from django_stubs_ext import StrOrPromise
else:
    StrOrPromise = str | Promise  # a sentence, translated when somebody reads it or already


def _fill(message: StrOrPromise, params: Mapping[str, object]) -> str:
    return str(message) % params


# fill(lazy sentence, {name: value}): the filled sentence, which is translated only when somebody reads it.
fill = lazy(_fill, str)


class Refusal(ValueError):
    """A value that was not accepted. `code` is a slug, `message` the lazy sentence, `params` what it names."""

    def __init__(self, code: str, message: StrOrPromise, **params: object) -> None:
        super().__init__(code, params)
        self.code = code
        self.message = message
        self.params = params

    def __str__(self) -> str:
        return _fill(self.message, self.params)
