"""Is the site able to serve? For the office's monitor and for start-up scripts; asks for no login."""

from django.db import Error, connection
from django.http import JsonResponse


def health(request):
    """200 and {"database": true}, or 503 while the database does not answer."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        connection.close()
        return JsonResponse({"database": False}, status=503, headers={"Retry-After": "10"})
    return JsonResponse({"database": True})
