"""What every test may ask for."""

from __future__ import annotations

import signal

pytest_plugins = ["tests.servers.fixtures"]

# A shell starts what runs in its background with Ctrl-C ignored, and every program that a test
# starts would inherit that: none could be interrupted.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
