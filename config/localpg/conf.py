"""The server's settings: a file of our own, included by postgresql.conf, written anew at every start."""

import os
from pathlib import Path

PORT = 5432  # names the socket file only; nothing listens on TCP

PRIVATE = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    # No personal data in the log: statements and parameters stay out, and so do the server's answers to faulty
    # statements ("Key (name)=(...) already exists", "invalid input syntax ..."). They reach the client only.
    "log_statement": "none",
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}
COMMON = {
    "max_connections": "100",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",  # the site reads error messages; PostgreSQL's own must not follow the machine's language
    "max_wal_size": "2GB",
    "min_wal_size": "256MB",
    "checkpoint_timeout": "15min",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
}
DURABLE = {
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    # One file a weekday, overwritten after a week. The path is relative: VAR_DIR may move, and have any characters.
    "logging_collector": "on",
    "log_directory": "../log",
    "log_filename": "postgresql-%a.log",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_truncate_on_rotation": "on",
}
THROW_AWAY = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "shared_buffers": "64MB",
}


def settings(socket_dir: Path, *, durable: bool) -> str:
    """Text of the settings file of a durable or of a throw-away server."""
    # shared_buffers comes before DURABLE or THROW_AWAY, which may overrule it.
    values = {
        "unix_socket_directories": f'"{socket_dir}"',
        "port": str(PORT),
        "shared_buffers": f"{shared_megabytes()}MB",
        # What a session logs goes to the disk in another process, from room enough for a roster of ten thousand people:
        # else the session itself writes it, a sixth of the time of a large import.
        "wal_buffers": f"{shared_megabytes() // 4}MB",
        "wal_writer_delay": "30ms",
        **PRIVATE,
        **COMMON,
        **(DURABLE if durable else THROW_AWAY),
    }
    lines = [f"{name} = '{escaped(value)}'" for name, value in values.items()]
    return "\n".join(
        ["# Written at every start; put your own settings into postgresql.auto.conf (ALTER SYSTEM).", *lines, ""]
    )


def escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "''")


def shared_megabytes() -> int:
    """An eighth of the machine's memory, 32 to 256 MB: one office PC, shared with the site and its browser."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    return max(32, min(256, memory // 8))
