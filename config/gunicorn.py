"""gunicorn's settings: `manage.py run` uses them, and so may a service manager (`gunicorn -c config/gunicorn.py`)."""

import os
from pathlib import Path

wsgi_app = "config.wsgi:application"
bind = f"{os.environ.get('HOST') or '127.0.0.1'}:{os.environ.get('PORT') or 8000}"
# With one thread each, two half-sent uploads would stop the site.
workers = int(os.environ.get("WEB_PROCESSES") or 2)
threads = int(os.environ.get("WEB_THREADS") or 4)
worker_class = "gthread"
preload_app = True
timeout = 60
graceful_timeout = 10
keepalive = 5
max_requests = 20_000
max_requests_jitter = 2_000
# The heartbeat file must not lie on a disk that may stall or fill up.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - a heartbeat, nothing readable
# Nobody's forwarding headers change what gunicorn believes; Django reads them itself when TRUSTED_PROXIES says so.
forwarded_allow_ips = ""
control_socket_disable = True
loglevel = "warning"
proc_name = "qunfang"
