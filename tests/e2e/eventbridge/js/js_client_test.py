"""Runs clients.mjs with node's own test runner against a daemon; its cases are counted by its own summary.

The packages are those of package-lock.json, installed once for each lock into the folder of $WAYBILL_JS_BUILD.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from eventbridge import EventBridgeTest  # noqa: E402  pylint: disable=C0413
from daemon import BINARY, Daemon  # noqa: E402  pylint: disable=C0413

FOLDER = Path(os.environ.get("WAYBILL_JS_BUILD", BINARY.parent / "tests/e2e/eventbridge/js"))
INPUTS = ("package.json", "package-lock.json", ".npmrc")
LEAST_NODE = (18, 15)  # the first of Debian 12's series with --test-reporter


def installed():
    """Whether the folder has what this lock asks for."""
    return all((FOLDER / name).is_file() and (FOLDER / name).read_bytes() == (HERE / name).read_bytes()
               for name in INPUTS) and (FOLDER / "installed").exists()


def install():
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "installed").unlink(missing_ok=True)
    for name in INPUTS:
        shutil.copy(HERE / name, FOLDER / name)
    done = subprocess.run(["npm", "ci", "--ignore-scripts"], cwd=FOLDER, text=True, capture_output=True, timeout=240,
                          check=False)
    if done.returncode:
        sys.exit(f"The packages of {HERE / 'package-lock.json'} could not be installed: npm ci ended with "
                 f"{done.returncode}. It needs npm's registry, or a mirror that npm is configured for.\n"
                 f"{done.stdout}{done.stderr}")
    (FOLDER / "installed").touch()


def check_tools():
    for tool in ("node", "npm"):
        if not shutil.which(tool):
            sys.exit(f"{tool} is missing; ./dev install test installs it")
    version = subprocess.run(["node", "--version"], text=True, capture_output=True, check=True).stdout.strip()
    if tuple(map(int, version.lstrip("v").split(".")[:2])) < LEAST_NODE:
        sys.exit(f"node {version} is too old: {LEAST_NODE[0]}.{LEAST_NODE[1]} is needed")


def main():
    check_tools()
    if not installed():
        install()
    shutil.copy(HERE / "clients.mjs", FOLDER / "clients.mjs")
    daemon = Daemon(*EventBridgeTest.flags, rules=EventBridgeTest.rules).start()
    try:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        done = subprocess.run(["node", "--test", "--test-reporter=tap", "clients.mjs"], cwd=FOLDER, timeout=120,
                              check=False, env={**environment, "WAYBILL_ENDPOINT": daemon.url})
    finally:
        daemon.remove()
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
