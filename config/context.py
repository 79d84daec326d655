"""What every page's template may use."""

from django.conf import settings


def site(request):
    return {"idle_minutes": settings.IDLE_MINUTES, "request_id": getattr(request, "id", "")}
