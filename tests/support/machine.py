"""What a test needs of the machine: another user, a small file system."""
import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager

import pytest


def need_root():
    if os.geteuid() != 0:
        pytest.skip("needs root")


def as_nobody():
    """The words that run a command as a user without rights, and skip where there are none."""
    need_root()
    if not shutil.which("setpriv"):
        pytest.skip("needs setpriv")
    return ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]


@contextmanager
def small_filesystem(size):
    """A mounted tmpfs of `size` bytes; skips where mounting is not allowed."""
    need_root()
    folder = tempfile.mkdtemp(prefix="headrace-small-")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], capture_output=True)
    if mounted.returncode != 0:
        os.rmdir(folder)
        pytest.skip("cannot mount a tmpfs here: " + mounted.stderr.decode().strip())
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=False)
        os.rmdir(folder)
