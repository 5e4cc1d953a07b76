"""The desk's file among others: who may read it, what else copies it, how much room there is."""

from __future__ import annotations

import os
import sys

from cxdesk.files import COMPANIONS, DRAFT_ENDING

# How a folder that another program copies gives itself away: by its name, or by what lies in it.
_NAMES = (
    ("dropbox", "Dropbox"),
    ("onedrive", "OneDrive"),
    ("mobile documents", "iCloud"),
    ("icloud", "iCloud"),
    ("google drive", "Google Drive"),
    ("googledrive", "Google Drive"),
    ("cloudstorage", "a cloud service"),
    ("nextcloud", "Nextcloud"),
    ("owncloud", "ownCloud"),
    ("syncthing", "Syncthing"),
)
_MARKS = ((".dropbox", "Dropbox"), (".stfolder", "Syncthing"), (".sync", "Resilio Sync"))
_NETWORKS = {
    "nfs": "NFS",
    "nfs4": "NFS",
    "cifs": "SMB",
    "smb3": "SMB",
    "smbfs": "SMB",
    "afpfs": "AFP",
    "fuse.sshfs": "SSHFS",
    "9p": "9P",
}


def shared_by(path: str) -> str | None:
    """What copies or serves the folder of `path`: Dropbox, NFS and the like; None for nothing."""
    folder = os.path.dirname(os.path.realpath(path))
    return _synchronised(folder) or _NETWORKS.get(_file_system(folder))


def _synchronised(folder: str) -> str | None:
    while True:
        parent, name = os.path.split(folder)
        found = [service for begin, service in _NAMES if name.lower().startswith(begin)]
        found += [service for mark, service in _MARKS if os.path.lexists(f"{folder}/{mark}")]
        if found:
            return found[0]
        if parent == folder:
            return None
        folder = parent


def _file_system(folder: str) -> str:
    """The kind of file system, as the system calls it; empty where it does not say."""
    kind, longest = "", ""
    for place, mounted in _mounts():
        within = folder == place or folder.startswith(place.rstrip("/") + "/")
        if within and len(place) >= len(longest):
            kind, longest = mounted, place
    return kind


def _mounts() -> list[tuple[str, str]]:
    if sys.platform == "darwin":
        return _mounts_told()
    try:
        with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as file:
            lines = [line.split() for line in file]
    except OSError:
        return []
    return [(_plain(line[4]), line[line.index("-") + 1]) for line in lines if "-" in line]


def _plain(place: str) -> str:
    return place.replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\")


def _mounts_told() -> list[tuple[str, str]]:
    import subprocess

    try:
        told = subprocess.run(["/sbin/mount"], capture_output=True, text=True, check=False).stdout
    except OSError:
        return []
    split = [line.partition(" on ")[2].rpartition(" (") for line in told.splitlines()]
    return [(place, kind.partition(",")[0].rstrip(")")) for place, _, kind in split]


def open_to_others(path: str) -> list[str]:
    """The desk's files, and its folder, that others on this machine may read or write."""
    real = os.path.realpath(path)
    places = [real, *(real + ending for ending in COMPANIONS), os.path.dirname(real)]
    return [place for place in places if _mode(place) & 0o077]


def _mode(place: str) -> int:
    try:
        return os.stat(place).st_mode
    except OSError:
        return 0


def leftovers(path: str) -> list[str]:
    """Unfinished copies beside the desk, of commands that were killed."""
    folder, name = os.path.split(os.path.realpath(path))
    try:
        found = os.listdir(folder)
    except OSError:
        return []
    mine = [file for file in found if file.startswith(f".{name}.") and file.endswith(DRAFT_ENDING)]
    return [os.path.join(folder, file) for file in sorted(mine)]


def room(path: str) -> tuple[int, int]:
    """The bytes that are free for the desk, and the bytes that it takes."""
    real = os.path.realpath(path)
    system = os.statvfs(os.path.dirname(real))
    return system.f_bavail * system.f_frsize, os.path.getsize(real)
