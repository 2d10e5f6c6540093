"""What the documentation points to exists: files it names in `code` and links; and it names no line numbers.

`src/store/journal.h`, `store/journal.h` (a header as code includes it) and `docs/` are citations; `build/…`, absolute
paths, and anything with a wildcard or a placeholder are not. In the glossary's table, a type must be declared in the
file that its row names.
"""

import re

import source_tree

CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)\s#]+)(?:#[^)]*)?\)")
FENCE = re.compile(r"^(```|~~~).*?^\1", re.DOTALL | re.MULTILINE)
PATH = re.compile(r"^[\w.+-]+(/[\w.+-]+)*/?$")
GLOSSARY_ROW = re.compile(r"^\|[^|]*\|([^|]*)\| `([^|`]+\.h)` \|", re.MULTILINE)
LINE_NUMBER = re.compile(r"\.(?:cc|h|py|sh|txt|cmake):\d+\b")


def documents(root):
    pages = source_tree.files(root, ".md", under=("docs", "docker", "rules", "tests", "include"))
    return pages + [path for path in source_tree.files(root, ".md") if len(path.parts) == 1]


def heads(root):
    """First parts of a path that make a word of code a citation of this tree: folders of the root, rooms of src."""
    skipped = source_tree.SKIPPED_FOLDERS
    root_folders = {path.name for path in root.iterdir() if path.is_dir() and path.name not in skipped}
    rooms = {path.name for path in (root / "src").iterdir() if path.is_dir()} if (root / "src").is_dir() else set()
    return root_folders, rooms


def broken_citation(root, word, root_folders, rooms):
    if not PATH.match(word) or "/" not in word:
        return False
    head = word.split("/")[0]
    if head in root_folders and (root / word).exists():
        return False
    if head in rooms and ("." in word or word.endswith("/")):
        return not (root / "src" / word).exists() and not (root / "include" / word).exists()
    return head in root_folders and not (root / word).exists()


def check_page(root, page, root_folders, rooms):
    text = FENCE.sub("", source_tree.text(root, page))
    for word in CODE.findall(text):
        if broken_citation(root, word, root_folders, rooms):
            yield f"{page}: `{word}` does not exist"
    for target in LINK.findall(text):
        if "://" not in target and not target.startswith("mailto:") and not (root / page.parent / target).exists():
            yield f"{page}: the link to {target} leads nowhere"
    for line in LINE_NUMBER.findall(text):
        yield f"{page}: cites a line number ({line}); name the symbol, lines move"


def misplaced_types(root, page):
    for types, path in GLOSSARY_ROW.findall(source_tree.text(root, page)):
        declared = source_tree.text(root, path) if (root / path).is_file() else ""
        for name in CODE.findall(types):
            if not re.search(rf"\b(struct|class|using)\s+{re.escape(name)}\b", declared):
                yield f"{page}: `{name}` is not declared in {path}"


def check(root):
    root_folders, rooms = heads(root)
    found = [complaint for page in documents(root) for complaint in check_page(root, page, root_folders, rooms)]
    glossary = root / "docs" / "glossary.md"
    return found + (list(misplaced_types(root, glossary.relative_to(root))) if glossary.is_file() else [])


if __name__ == "__main__":
    source_tree.main(check, "docs")
