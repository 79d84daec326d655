"""`python -m config.keeper VAR_DIR [--stop]`: keeps the embedded server alive beside the site.

A small process of its own, so that it outlives whatever happens to the site: it holds the reading end of a pipe whose
writing end the site's processes hold. When the last of them is gone, however it ended, the pipe closes.
"""

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

from config import localpg

EVERY_SECONDS = 2
ROOT = Path(__file__).resolve().parent.parent


def beside(var_dir: Path, *, stop: bool) -> subprocess.Popen[bytes]:
    """Start a keeper. It ends when this process and its children have closed the pipe; `stop` then ends the server."""
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "config.keeper", str(var_dir), *(["--stop"] if stop else [])],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C in the terminal is for the site; the database server goes after it
    )


def keep(cluster: localpg.Cluster) -> None:
    """Start the server again whenever it does not answer, until standard input ends."""
    complaint = ""
    while not select.select([sys.stdin], [], [], EVERY_SECONDS)[0]:
        try:
            cluster.start()
            complaint = ""
        except localpg.LocalPgError as error:
            if str(error) != complaint:  # once, not every two seconds
                complaint = str(error)
                sys.stderr.write(f"{complaint}\n")


def main(var_dir: str, *options: str) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.chdir("/")
    cluster = localpg.cluster(Path(var_dir))
    keep(cluster)
    if "--stop" in options:
        cluster.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
