"""A real browser for the pages we write: headless Chromium, nothing of the network, one page.

Without it such tests skip, but under CI=true they fail: there it has to be installed.
"""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
PATIENCE = 120
PHONE = 360  # CSS pixels
OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)
# Lays the page out at a width, and says how far it reaches.
_MEASURE = """<!DOCTYPE html><meta charset="utf-8"><body style="margin:0">
<iframe id="page" style="border:0;width:{width}px;height:100px" srcdoc="{page}"></iframe>
<pre id="told"></pre><script>
addEventListener("load", () => {{
  const page = document.getElementById("page").contentDocument;
  const boxes = [...page.body.querySelectorAll("*")].map(one => one.getBoundingClientRect());
  const told = {{
    width: page.documentElement.scrollWidth,
    height: Math.ceil(page.body.getBoundingClientRect().height),
    right: Math.max(...boxes.map(box => box.right)),
    taps: [...page.querySelectorAll("a")].map(one => one.getBoundingClientRect().height),
  }};
  document.getElementById("told").textContent = JSON.stringify(told);
}});
</script></body>"""


def program() -> str:
    """The browser; skips the test where there is none."""
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return found
    why = "no Chromium here (apt-get install chromium)"
    if os.environ.get("CI") == "true":
        pytest.fail(why)
    pytest.skip(why)


def measure(page: str, width: int = PHONE) -> dict[str, Any]:
    """How wide and high `page` is, where its widest part ends, how high its links are."""
    text = _MEASURE.format(width=width, page=html.escape(page))
    shown = _run(text, "--dump-dom").decode()
    found = re.search(r'<pre id="told">(.*?)</pre>', shown, re.DOTALL)
    assert found, shown
    told: dict[str, Any] = json.loads(html.unescape(found[1]))
    return told


def picture(page: str, height: int, *, dark: bool, width: int = PHONE) -> bytes:
    """`page` as a PNG, two pixels for each of CSS."""
    with tempfile.TemporaryDirectory(prefix="cxdesk-picture-") as folder:
        target = Path(folder) / "page.png"
        _run(
            page,
            f"--screenshot={target}",
            f"--window-size={width},{height}",
            "--force-device-scale-factor=2",
            f"--blink-settings=preferredColorScheme={0 if dark else 1}",
        )
        return target.read_bytes()


def _run(page: str, *options: str) -> bytes:
    with tempfile.TemporaryDirectory(prefix="cxdesk-browser-") as folder:
        path = Path(folder) / "page.html"
        path.write_text(page, "utf-8")
        command = [program(), *OPTIONS, f"--user-data-dir={folder}/profile", *options]
        done = subprocess.run(
            [*command, path.as_uri()],
            env={"PATH": os.environ["PATH"], "HOME": folder, "TMPDIR": folder},
            capture_output=True,
            timeout=PATIENCE,
            check=True,
        )
    return done.stdout
