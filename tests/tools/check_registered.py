"""Every test file is named by the build, and every folder with a CMakeLists.txt is reached from above.

A test that nobody runs is worse than none: it looks like one. A file is named by the nearest CMakeLists.txt (or a
.cmake file beside it), or by its path in any other. A CMakeLists.txt with a project() is a tree of its own: tests build
it by themselves, and nothing needs to add it.
"""

import re

import source_tree

TEST_FILE = re.compile(r"(_test\.(cc|py|sh)|^test_.*\.py)$")


def cmake_code(root, path):
    """The text without comments: what they mention is not run."""
    return "\n".join(line.split("#")[0] for line in source_tree.text(root, path).splitlines())


class Build:
    """What the build files under src/ and tests/ mention, by the folder they stand in."""

    def __init__(self, root):
        self.words, self.listed, self.projects = {}, set(), set()
        for path in source_tree.files(root, "CMakeLists.txt", ".cmake", under=("src", "tests")):
            code = cmake_code(root, path)
            self.words.setdefault(path.parent, set()).update(re.findall(r"[\w./+-]+", code))
            if path.name == "CMakeLists.txt":
                self.listed.add(path.parent)
            if re.search(r"^\s*project\s*\(", code, re.MULTILINE):
                self.projects.add(path.parent)
        self.paths = {word.lstrip("/") for words in self.words.values() for word in words if "/" in word.lstrip("/")}

    def nearest(self, folder):
        """The folder at or above this one that has build files of this tree, or None."""
        while folder.parts and (folder not in self.words or folder in self.projects):
            folder = folder.parent
        return folder if folder.parts else None

    def names(self, path):
        folder = self.nearest(path.parent)
        words = self.words.get(folder, ())
        return any(word.rsplit("/", 1)[-1] == path.name for word in words) or any(
            str(path).endswith("/" + word) or str(path) == word for word in self.paths)


def check(root):
    build, found = Build(root), []
    for path in source_tree.files(root, under=("tests",)):
        if TEST_FILE.search(path.name) and not build.names(path):
            found.append(f"{path}: no CMakeLists.txt names it")
    for folder in sorted(build.listed - build.projects):
        if len(folder.parts) < 2:
            continue
        above = build.nearest(folder.parent)
        if above is None or str(folder.relative_to(above)) not in build.words[above]:
            found.append(f"{folder}/CMakeLists.txt: {above}/CMakeLists.txt does not add this folder")
    return found


if __name__ == "__main__":
    source_tree.main(check, "registered")
