"""Every test file is named by the build, and every folder with a CMakeLists.txt is reached from above.

A test that nobody runs is worse than none: it looks like one.
"""

import re

import source_tree

TEST_FILE = re.compile(r"(_test\.(cc|py|sh)|^test_.*\.py)$")


def words_of(root, lists):
    """Paths and names that a CMake text mentions; comments mention nothing."""
    if not (root / lists).is_file():
        return set()
    code = "\n".join(line.split("#")[0] for line in source_tree.text(root, lists).splitlines())
    return set(re.findall(r"[\w./+-]+", code))


def lists_above(root, folder):
    """The nearest CMakeLists.txt at or above a folder, or None."""
    while folder.parts:
        if (root / folder / "CMakeLists.txt").is_file():
            return folder / "CMakeLists.txt"
        folder = folder.parent
    return None


def unnamed_tests(root):
    for path in source_tree.files(root, under=("tests",)):
        if not TEST_FILE.search(path.name):
            continue
        lists = lists_above(root, path.parent)
        names = {word.rsplit("/", 1)[-1] for word in words_of(root, lists)} if lists else set()
        if path.name not in names:
            yield f"{path}: {lists or 'no CMakeLists.txt above it'} does not name it"


def unreached_folders(root):
    for path in source_tree.files(root, "CMakeLists.txt", under=("src", "tests")):
        folder = path.parent
        if len(folder.parts) < 2:
            continue
        lists = lists_above(root, folder.parent)
        if lists is None or str(folder.relative_to(lists.parent)) not in words_of(root, lists):
            yield f"{path}: {lists or 'nothing'} does not add this folder"


def check(root):
    return [*unnamed_tests(root), *unreached_folders(root)]


if __name__ == "__main__":
    source_tree.main(check, "registered")
