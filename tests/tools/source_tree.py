"""What the checks have in common: which files belong to the tree, and how a check reports."""

import os
import sys
from pathlib import Path

SKIPPED_FOLDERS = {".git", "build", ".cache", "__pycache__", "node_modules"}
CODE_FOLDERS = ("src", "include", "tests")


def files(root, *suffixes, under=None):
    """Files of the tree as paths relative to root, sorted; build output and caches are not part of it."""
    found = []
    for start in under or ("",):
        for folder, subfolders, names in os.walk(Path(root) / start):
            subfolders[:] = [name for name in subfolders if name not in SKIPPED_FOLDERS]
            for name in names:
                if not suffixes or name.endswith(suffixes):
                    found.append((Path(folder) / name).relative_to(root))
    return sorted(found)


def text(root, path):
    return (Path(root) / path).read_text(encoding="utf-8", errors="replace")


def main(check, what):
    """Runs check(root) -> list of complaints; root is the first argument, or the tree this file stands in."""
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[2]
    complaints = check(root)
    for complaint in complaints:
        print(complaint)
    print(f"{what}: {len(complaints)} complaint(s)")
    sys.exit(1 if complaints else 0)
