"""./dev on a machine made of stand-ins: which packages it asks for, how it starts, names and ends the daemon.

The tree is a copy of ./dev alone; dpkg-query, apt-get and cmake are scripts that record what they were asked. The
daemon is a Python interpreter under the daemon's name, for which the word `serve` is a script that writes a port file.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

STANDINS = {
    # As the real one: a pattern or a package it has never heard of is a failure.
    "dpkg-query": 'for last; do :; done\n[[ $last != *"*"* ]] || exit 1\n'
                  'if grep -qx "$last" "$TREE/missing" 2>/dev/null; then exit 1; else printf installed; fi\n',
    "apt-get": 'echo "apt-get $*" >>"$TREE/calls"\n',
    "cmake": 'echo "cmake $*" >>"$TREE/calls"\n',
    "nproc": "echo 2\n",
}
SERVE = """
import os, signal, sys
words = sys.argv[1:]
os.makedirs(words[words.index("--data-dir") + 1], exist_ok=True)
if "--fail" in words: sys.exit("no such rule directory")
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
open(words[words.index("--port-file") + 1], "w").write("45660\\n")
while True: signal.pause()
"""


class Dev(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.tree = Path(folder.name).resolve()
        shutil.copy(ROOT / "dev", self.tree / "dev")
        (self.tree / "build/release").mkdir(parents=True)
        shutil.copy(Path(sys.executable).resolve(), self.tree / "build/release/waybill")
        (self.tree / "serve").write_text(SERVE)
        (self.tree / "bin").mkdir()
        for name, script in STANDINS.items():
            self.stand_in(name, script)
        self.env = dict(os.environ, TREE=str(self.tree), PATH=f"{self.tree}/bin:{os.environ['PATH']}")
        self.env.pop("WAYBILL_LISTEN", None)
        self.addCleanup(self.dev, "down")

    def stand_in(self, name, script):
        path = self.tree / "bin" / name
        path.write_text("#!/bin/bash\n" + script)
        path.chmod(0o755)

    def dev(self, *words):
        return subprocess.run([str(self.tree / "dev"), *words], env=self.env, capture_output=True, text=True,
                              check=False, timeout=50)

    def calls(self):
        path = self.tree / "calls"
        return path.read_text().splitlines() if path.exists() else []

    def up(self, *words):
        result = self.dev("up", "-d", "--", "--listen", "127.0.0.1:0", *words)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result


class Packages(Dev):
    def test_asks_only_for_what_is_missing_and_says_so(self):
        (self.tree / "missing").write_text("cmake\nlibboost1.81-dev\n")
        result = self.dev("install", "build")
        self.assertIn("installing from Debian's packages: cmake libboost1.81-dev\n", result.stderr)
        install = [call for call in self.calls() if " install " in call]
        self.assertEqual(install, ["apt-get install -y -q --no-install-recommends cmake libboost1.81-dev"])

    def test_touches_apt_not_at_all_when_nothing_is_missing(self):
        self.assertEqual(self.dev("install", "build", "test").returncode, 0)
        self.assertEqual(self.calls(), [])

    def test_without_root_and_sudo_it_says_what_to_run(self):
        (self.tree / "missing").write_text("cmake\n")
        self.stand_in("id", "echo 1000\n")
        self.env["PATH"] = f"{self.tree}/bin:{self.folder_without_sudo()}"
        result = self.dev("install", "build")
        self.assertEqual(result.returncode, 1)
        self.assertIn("as root, run: apt-get install --no-install-recommends cmake", result.stderr)
        self.assertEqual(self.calls(), [])

    def folder_without_sudo(self):
        folder = self.tree / "tools"
        folder.mkdir()
        for name in ("bash", "env", "awk", "grep", "sort", "dirname", "readlink", "cat"):
            (folder / name).symlink_to(shutil.which(name))
        return folder

    def test_uses_sudo_when_it_is_not_root(self):
        (self.tree / "missing").write_text("cmake\n")
        self.stand_in("id", "echo 1000\n")
        self.stand_in("sudo", 'echo "sudo $*" >>"$TREE/calls"; exec "$@"\n')
        self.assertEqual(self.dev("install", "build").returncode, 0)
        self.assertTrue(any(call.startswith("sudo env ") for call in self.calls()), self.calls())


class UpAndDown(Dev):
    def test_in_the_background_it_prints_a_curl_for_the_port_that_serves(self):
        result = self.up()
        self.assertIn("curl -s http://127.0.0.1:45660/events -d '", result.stdout)
        self.assertIn("query logistics-shipment-events-dev --index shipment-index --key SHIP-123456 "
                      "--endpoint http://127.0.0.1:45660", result.stdout)
        self.assertEqual([call for call in self.calls() if "--build" in call],
                         ["cmake --build build/release -j 2 --target waybill"])

    def test_the_shipped_rules_and_a_store_of_the_tree_are_the_default(self):
        self.up()
        pid = (self.tree / "build/run/pid").read_text().strip()
        words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
        self.assertEqual(words[words.index("--rules") + 1], "rules")
        self.assertEqual(words[words.index("--data-dir") + 1], "build/data")

    def test_a_flag_of_yours_replaces_the_default(self):
        self.up("--rules", "mine", "--data-dir=build/other", "--data-dir", "build/other")
        pid = (self.tree / "build/run/pid").read_text().strip()
        words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
        self.assertEqual((words.count("--rules"), "build/data" in words), (1, False))

    def test_down_ends_it_and_keeps_the_data(self):
        self.up()
        pid = (self.tree / "build/run/pid").read_text().strip()
        result = self.dev("down")
        self.assertIn(f"ended (pid {pid})", result.stderr)
        self.assertFalse(Path(f"/proc/{pid}/cmdline").exists() and Path(f"/proc/{pid}/cmdline").read_text())
        self.assertTrue((self.tree / "build/data").is_dir())
        self.assertIn("nothing to end", self.dev("down").stderr)

    def test_a_second_one_is_refused(self):
        self.up()
        result = self.dev("up", "-d")
        self.assertEqual(result.returncode, 1)
        self.assertIn("running already", result.stderr)

    def test_a_pid_that_now_belongs_to_another_program_is_left_alone(self):
        (self.tree / "build/run").mkdir()
        (self.tree / "build/run/pid").write_text(str(os.getpid()))
        self.assertIn("nothing to end", self.dev("down").stderr)

    def test_fresh_starts_with_an_empty_store(self):
        left = self.tree / "build/data/waybill.db"
        left.parent.mkdir()
        left.touch()
        self.up()
        self.assertTrue(left.exists())
        self.dev("down")
        self.assertEqual(self.dev("up", "-d", "--fresh", "--", "--listen", "127.0.0.1:0").returncode, 0)
        self.assertFalse(left.exists())

    def test_a_daemon_that_does_not_start_is_shown_with_its_words(self):
        result = self.dev("up", "-d", "--", "--listen", "127.0.0.1:0", "--fail")
        self.assertEqual(result.returncode, 1)
        self.assertIn("no such rule directory", result.stderr)

    def test_a_taken_port_is_refused_before_anything_is_built_naming_who_has_it(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            result = self.dev("up", "--", "--listen", f"127.0.0.1:{server.getsockname()[1]}")
        self.assertEqual(result.returncode, 1)
        self.assertIn(f"(pid {os.getpid()})", result.stderr)
        self.assertEqual(self.calls(), [])

    def test_in_the_foreground_it_is_the_daemon_and_prints_the_curl_once_ready(self):
        process = subprocess.Popen([str(self.tree / "dev"), "up", "--", "--listen", "127.0.0.1:0"], env=self.env,
                                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        lines = []
        while not any("query logistics" in line for line in lines):
            line = process.stdout.readline()
            self.assertTrue(line, "ended before it printed")
            lines.append(line)
        self.assertTrue(any("curl -s http://127.0.0.1:45660/events" in line for line in lines))
        self.assertEqual(os.readlink(f"/proc/{process.pid}/exe"), str(self.tree / "build/release/waybill"))
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(timeout=20), 0)
        process.stdout.close()


class Words(Dev):
    def test_help_lists_every_verb(self):
        text = self.dev("help").stdout
        for verb in ("up", "down", "build", "test", "asan", "tsan", "tidy", "format", "bench", "clean", "install"):
            self.assertRegex(text, rf"\./dev (\w+ \| )?{verb}\b")

    def test_an_unknown_verb_or_flag_is_refused(self):
        self.assertIn("no verb 'fly'", self.dev("fly").stderr)
        result = self.dev("up", "--fast")
        self.assertEqual(result.returncode, 1)
        self.assertIn("not '--fast'", result.stderr)

    def test_tests_that_cannot_be_built_still_end_with_a_count(self):
        self.stand_in("cmake", "exit 1\n")
        result = self.dev("test")
        self.assertNotEqual(result.returncode, 0)
        self.assertEqual(result.stdout.splitlines()[-1], "0 passed, 1 failed")

    def test_clean_keeps_the_data_unless_told_otherwise(self):
        (self.tree / "build/data").mkdir()
        self.dev("clean")
        self.assertEqual([path.name for path in (self.tree / "build").iterdir()], ["data"])
        self.dev("clean", "--all")
        self.assertFalse((self.tree / "build").exists())


if __name__ == "__main__":
    unittest.main()
