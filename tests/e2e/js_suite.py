"""Runs a clients.mjs with node's own test runner against a daemon; its cases are counted by its own summary.

The packages are those of the package-lock.json beside it, installed once for each lock into a folder of the build tree.
"""

import os
import shutil
import subprocess
import sys

INPUTS = ("package.json", "package-lock.json", ".npmrc")
LEAST_NODE = (18, 15)  # the first of Debian 12's series with --test-reporter


def installed(source, folder):
    """Whether the folder has what this lock asks for."""
    return all((folder / name).is_file() and (folder / name).read_bytes() == (source / name).read_bytes()
               for name in INPUTS) and (folder / "installed").exists()


def install(source, folder):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "installed").unlink(missing_ok=True)
    for name in INPUTS:
        shutil.copy(source / name, folder / name)
    done = subprocess.run(["npm", "ci", "--ignore-scripts"], cwd=folder, text=True, capture_output=True, timeout=240,
                          check=False)
    if done.returncode:
        sys.exit(f"The packages of {source / 'package-lock.json'} could not be installed: npm ci ended with "
                 f"{done.returncode}. It needs npm's registry, or a mirror that npm is configured for.\n"
                 f"{done.stdout}{done.stderr}")
    (folder / "installed").touch()


def check_tools():
    for tool in ("node", "npm"):
        if not shutil.which(tool):
            sys.exit(f"{tool} is missing; ./dev install test installs it")
    version = subprocess.run(["node", "--version"], text=True, capture_output=True, check=True).stdout.strip()
    if tuple(map(int, version.lstrip("v").split(".")[:2])) < LEAST_NODE:
        sys.exit(f"node {version} is too old: {LEAST_NODE[0]}.{LEAST_NODE[1]} is needed")


def run(source, folder, daemon):
    """The cases in `source` against the daemon, which is not started yet; the exit code."""
    check_tools()
    if not installed(source, folder):
        install(source, folder)
    shutil.copy(source / "clients.mjs", folder / "clients.mjs")
    daemon.start()
    try:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        done = subprocess.run(["node", "--test", "--test-reporter=tap", "clients.mjs"], cwd=folder, timeout=120,
                              check=False, env={**environment, "WAYBILL_ENDPOINT": daemon.url})
    finally:
        daemon.remove()
    return done.returncode
