from django.db import migrations

from organization.protection import Protect


class Migration(migrations.Migration):
    """Login attempts and second factors belong to the gate."""

    dependencies = [
        ("organization", "0002_scope_and_trail"),
        ("axes", "0010_accessattemptexpiration"),
        ("otp_totp", "0003_add_timestamps"),
        ("otp_static", "0003_add_timestamps"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        Protect(table, "gate", key=key)
        for table, key in (
            ("axes_accessattempt", "id"),
            ("axes_accessattemptexpiration", "access_attempt_id"),
            ("axes_accessfailurelog", "id"),
            ("axes_accesslog", "id"),
            ("otp_totp_totpdevice", "id"),
            ("otp_static_staticdevice", "id"),
            ("otp_static_statictoken", "id"),
        )
    ] + [Protect("django_content_type", "public")]
