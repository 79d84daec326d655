"""Django's own command, but models that an operation does not change are not built anew.

Each of the 200 operations that add or remove a constraint or an index would rebuild some thirty models, of which none
changes, and so would each of the 80 new models, to which nothing refers yet: two thirds of the time of a first start.
What is to be written is part of the operation, so that nobody asks the rebuilt models.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.commands.migrate import Command as Migrate
from django.db.migrations.state import ProjectState

NO_PART_OF_MODELS = ("constraints", "indexes")
NAMES = ("_append_option", "_remove_option", "add_model")


class Command(Migrate):
    def handle(self, *args, **options):
        with models_stay():
            return super().handle(*args, **options)


@contextmanager
def models_stay() -> Iterator[None]:
    """Within the block states of migrations note constraints, indexes and new models without rebuilding others."""
    append, remove, add_model = (getattr(ProjectState, name) for name in NAMES)

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

    def join(state, model_state):
        key = model_state.app_label, model_state.name_lower
        if "apps" not in state.__dict__ or key in state.models:
            add_model(state, model_state)
            return
        state.models[key] = model_state
        if state._relations is not None:
            state.resolve_model_relations(key)
        state.apps.render_multiple([model_state])

    use(note, forget, join)
    try:
        yield
    finally:
        use(append, remove, add_model)


def use(*methods) -> None:
    for name, method in zip(NAMES, methods, strict=True):
        setattr(ProjectState, name, method)
