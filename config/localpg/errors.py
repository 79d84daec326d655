"""The one error of this package."""


def N_(sentence: str) -> str:
    """Mark a sentence for translation (extraction knows this name).

    Settings are not loaded where it is raised, only where it is shown.
    """
    return sentence


class LocalPgError(Exception):
    """The server cannot do what was asked; the message says why and what to do next.

    `template` is the English sentence with %(name)s places and `values` what goes into them: a command can translate.
    """

    def __init__(self, template: str, **values: object):
        super().__init__(template % values)
        self.template = template
        self.values = values
