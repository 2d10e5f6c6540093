"""A loop over what a snapshot holds must hold the snapshot.

`for (const auto& each : topology.get()->queues())` lets go of the snapshot before the first turn (until C++23), and reads
freed memory as soon as another thread puts a new one. g++ 12 has no warning for that.
"""

import re

import source_tree

LOOP = re.compile(r"\bfor \([^;]*?:[^;]*?\.get\(\)", re.DOTALL)


def check(root):
    found = []
    for path in source_tree.files(root, ".h", ".cc", under=source_tree.CODE_FOLDERS):
        text = source_tree.text(root, path)
        for start in re.finditer(r"\bfor \(", text):
            head = text[start.start():text.find(" {", start.start())].split("\n\n")[0]
            if LOOP.match(head):
                line = text.count("\n", 0, start.start()) + 1
                found.append(f"{path}:{line}: keep what .get() returns in a variable before the loop")
    return found


if __name__ == "__main__":
    source_tree.main(check, "loops")
