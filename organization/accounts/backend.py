"""Who an account is, by name or by session; what it may do comes from its role alone."""

from django.contrib.auth.backends import ModelBackend

from organization import rights
from organization.models import Account


class AccountBackend(ModelBackend):
    """Looks accounts up without regard to case, with the unit that is their scope."""

    def get_user(self, user_id):
        account = Account.objects.select_related("unit").filter(pk=user_id).first()
        return account if account and self.user_can_authenticate(account) else None

    def user_can_authenticate(self, user):
        return user.is_active and user.role is not None

    def has_perm(self, user_obj, perm, obj=None):
        return user_obj.has_perm(perm, obj)

    def get_all_permissions(self, user_obj, obj=None):
        return set(rights.permissions(user_obj.role))
