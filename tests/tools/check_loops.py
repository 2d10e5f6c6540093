"""A loop over what a snapshot holds must hold the snapshot.

`for (const auto& each : topology.get()->queues())` lets go of the snapshot before the first turn (until C++23), and reads
freed memory as soon as another thread puts a new one. g++ 12 has no warning for that.
"""

import re

import source_tree

RANGE_OF_A_CALL = re.compile(r"[^;]*[^:;]:[^:;][^;]*\.get\(\)[^;]*")


def in_parentheses(text, opened):
    """What stands between the parenthesis at this place and the one that closes it."""
    depth = 0
    for place in range(opened, len(text)):
        depth += {"(": 1, ")": -1}.get(text[place], 0)
        if depth == 0:
            return text[opened + 1:place]
    return ""


def check(root):
    found = []
    for path in source_tree.files(root, ".h", ".cc", under=source_tree.CODE_FOLDERS):
        text = source_tree.text(root, path)
        for start in re.finditer(r"\bfor \(", text):
            if RANGE_OF_A_CALL.fullmatch(in_parentheses(text, start.end() - 1)):
                line = text.count("\n", 0, start.start()) + 1
                found.append(f"{path}:{line}: keep what .get() returns in a variable before the loop")
    return found


if __name__ == "__main__":
    source_tree.main(check, "loops")
