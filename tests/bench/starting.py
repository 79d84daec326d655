"""`manage.py run` from an empty directory until the login page comes, and again."""

import os
import signal
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

from config.localpg.temporary import remove, watch
from tests.bench.markdown import table
from tests.bench.serving import ROOT, free_port, wait_for

LATER_STARTS = 3
HEADERS = ("启动", "到登录页的秒数", "÷一次空的 manage.py")


def tables() -> str:
    with directory() as var_dir:
        bare = _bare(var_dir)
        first, *later = [_until_login(var_dir) for _ in range(1 + LATER_STARTS)]
    named = [("首次（初始化、迁移、演示区、静态文件）", first), *(("再次", seconds) for seconds in later)]
    return table(HEADERS, [(name, f"{seconds:.1f}", f"{seconds / bare:.1f}") for name, seconds in named])


@contextmanager
def directory():
    """A VAR_DIR that is gone afterwards, with its server, even if this process is killed."""
    path = Path(tempfile.mkdtemp(prefix="qunfang-bench-")).resolve()
    if os.geteuid() == 0:
        path.chmod(0o711)
    watcher = watch(path)
    try:
        yield path
    finally:
        remove(path)
        watcher.communicate()


def _environment(var_dir: Path, **more: str) -> dict[str, str]:
    unset = {"DATABASE_URL", "DATABASE_ADMIN_URL", "PRODUCTION", "DEBUG", "DEMO"}
    return {name: value for name, value in os.environ.items() if name not in unset} | {"VAR_DIR": str(var_dir), **more}


def _bare(var_dir: Path) -> float:
    """Django set up and nothing done: the least that any command takes."""
    begun = perf_counter()
    setup = "import os, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'config.settings'; django.setup()"
    subprocess.run([sys.executable, "-c", setup], cwd=ROOT, env=_environment(var_dir), check=True)
    return perf_counter() - begun


def _until_login(var_dir: Path) -> float:
    port = free_port()
    begun = perf_counter()
    environment = _environment(var_dir, PORT=str(port), DEMO_PASSWORD="bench-bench-bench")
    site = subprocess.Popen(
        [sys.executable, "manage.py", "run"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wait_for(port, "/login/", 180)
        return perf_counter() - begun
    finally:
        site.send_signal(signal.SIGTERM)
        site.wait(60)
