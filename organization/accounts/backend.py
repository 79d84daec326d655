from django.contrib.auth.backends import ModelBackend

from organization.models import Account


class AccountBackend(ModelBackend):
    """Looks accounts up without regard to case, with the unit that is their scope; rights come from the role alone."""

    def get_user(self, user_id):
        account = Account.objects.select_related("unit").filter(pk=user_id).first()
        return account if account and self.user_can_authenticate(account) else None

    def user_can_authenticate(self, user):
        return user.is_active and user.role is not None

    def has_perm(self, user_obj, perm, obj=None):
        return user_obj.has_perm(perm, obj)

    def get_all_permissions(self, user_obj, obj=None):
        from organization import rights

        return set(rights.permissions(user_obj.role))
