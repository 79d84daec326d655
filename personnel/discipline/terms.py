"""Who may do what with discipline cases, and what is refused."""

from organization.refusal import Refusal

VIEW, RECORD = "personnel.view_disciplinecase", "personnel.add_disciplinecase"
CHANGE, CONFIRM = "personnel.change_disciplinecase", "personnel.confirm_disciplinecase"
DUTIES = frozenset({"hr", "governance"})  # as the policy of the table says


class DisciplineRefused(Refusal):
    """Nothing was written. Codes: not_yours, gone, confirmed, withdrawing, withdrawn, proposed, not_proposed, own_work,
    erased, changed_meanwhile, not_serving, several, not_asked, asked_already, wrong_day."""
