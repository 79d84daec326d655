"""`python -m config.localpg.watcher DIRECTORY`: when standard input ends, remove the cluster in DIRECTORY."""

import sys
from pathlib import Path

from .temporary import remove

if __name__ == "__main__":
    sys.stdin.buffer.read()
    remove(Path(sys.argv[1]))
