"""Django's own command, but for constraints and indexes it does not build all models around theirs anew.

Each of the 200 operations that add or remove one would rebuild some thirty models, of which none changes: half the time
of a first start. What is to be written is part of the operation, so that nobody asks the rebuilt models.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.commands.migrate import Command as Migrate
from django.db.migrations.state import ProjectState

NO_PART_OF_MODELS = ("constraints", "indexes")
NAMES = ("_append_option", "_remove_option")


class Command(Migrate):
    def handle(self, *args, **options):
        with models_stay():
            return super().handle(*args, **options)


@contextmanager
def models_stay() -> Iterator[None]:
    """Within the block states of migrations note constraints and indexes without rebuilding models."""
    append, remove = (getattr(ProjectState, name) for name in NAMES)

    def note(state, app_label, model_name, option_name, obj):
        if option_name in NO_PART_OF_MODELS:
            kept = state.models[app_label, model_name].options
            kept[option_name] = [*kept[option_name], obj]
        else:
            append(state, app_label, model_name, option_name, obj)

    def forget(state, app_label, model_name, option_name, obj_name):
        if option_name in NO_PART_OF_MODELS:
            kept = state.models[app_label, model_name].options
            kept[option_name] = [each for each in kept[option_name] if each.name != obj_name]
        else:
            remove(state, app_label, model_name, option_name, obj_name)

    use(note, forget)
    try:
        yield
    finally:
        use(append, remove)


def use(append, remove) -> None:
    for name, method in zip(NAMES, (append, remove), strict=True):
        setattr(ProjectState, name, method)
