"""config/waybill.service is a unit that systemd takes without complaint, and a hardened one."""

import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
UNIT = ROOT / "config" / "waybill.service"
MOST_EXPOSURE = 2.0


def analyze(*words):
    return subprocess.run(["systemd-analyze", *words], capture_output=True, text=True, check=False, timeout=50)


class Service(unittest.TestCase):
    @unittest.skipUnless(shutil.which("systemd-analyze"), "systemd-analyze is not installed")
    def test_verify_is_clean(self):
        # The one thing that cannot be so before installation is the daemon's own path.
        text = UNIT.read_text().replace("ExecStart=/usr/bin/waybill ", "ExecStart=/bin/true ")
        self.assertIn("ExecStart=/bin/true serve", text)
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / UNIT.name
            copy.write_text(text)
            result = analyze("verify", "--man=no", str(copy))
        self.assertEqual((result.returncode, result.stdout + result.stderr), (0, ""))

    @unittest.skipUnless(shutil.which("systemd-analyze"), "systemd-analyze is not installed")
    def test_exposure_is_low(self):
        result = analyze("security", "--offline=true", "--no-pager", str(UNIT))
        exposure = re.search(r"Overall exposure level for waybill\.service: ([0-9.]+)", result.stdout)
        self.assertIsNotNone(exposure, result.stdout + result.stderr)
        self.assertLessEqual(float(exposure.group(1)), MOST_EXPOSURE)

    def test_says_what_the_daemon_relies_on(self):
        lines = UNIT.read_text().splitlines()
        for line in ("Type=notify", "DynamicUser=yes", "StateDirectory=waybill", "KillSignal=SIGTERM",
                     "ExecStart=/usr/bin/waybill serve --config /etc/waybill/waybill.yaml"):
            self.assertIn(line, lines)


if __name__ == "__main__":
    unittest.main()
