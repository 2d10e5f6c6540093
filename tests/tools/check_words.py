"""Words that do not belong in what others read: reminders to oneself, and paths of somebody's machine."""

import re

import source_tree

# Put together here, so that this file does not complain of itself.
REMINDER = re.compile(r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]) + r")\b")
MACHINE = re.compile(r"(?<![\w.])/(?:ho" + r"me/\w+|wo" + r"rk/\w+|ro" + r"ot/\w+|Us" + r"ers/\w+)")
SUFFIXES = (".h", ".cc", ".py", ".sh", ".md", ".txt", ".cmake", ".yaml", ".yml", ".json", ".service", ".toml")


def check(root):
    found = []
    for path in source_tree.files(root, *SUFFIXES):
        for number, line in enumerate(source_tree.text(root, path).splitlines(), 1):
            for match in [*REMINDER.finditer(line), *MACHINE.finditer(line)]:
                found.append(f"{path}:{number}: {match.group(0)}")
    return found


if __name__ == "__main__":
    source_tree.main(check, "words")
