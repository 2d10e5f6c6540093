"""Files stay within 400 lines and functions within 60, so that each can be read in one sitting.

What is longer stands in sizes_allow.txt with the length it has, and that list only shrinks: an entry that allows more
than the file needs is a complaint too. Functions are found by their braces, which is right for code in this tree's
format, not for any C++ there is.
"""

import ast
import re

import source_tree

FILE_LIMIT = 400
FUNCTION_LIMIT = 60
ALLOW = "tests/tools/sizes_allow.txt"

NOISE = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"([^()\s]{0,16})\(.*?\)\1"|'
    r'"(?:\\.|[^"\\\n])*"|(?<![\w])\'(?:\\.|[^\'\\\n])+\'|^[ \t]*#(?:\\\n|[^\n])*',
    re.DOTALL | re.MULTILINE)
CONTAINER = re.compile(r"\b(namespace|class|struct|union|enum)\b[^()=]*$|\bextern\s*$")


def blank(text):
    """The text with comments, literals and directives as spaces, so that every brace left is code."""
    return NOISE.sub(lambda match: re.sub(r"[^\n]", " ", match.group(0)), text)


def kind_of(head):
    """What the brace after this text opens: a container, a function, or an initialiser within something else."""
    if CONTAINER.search(head):
        return "container"
    if head.endswith("=") or head.count("(") > head.count(")"):
        return "initialiser"
    return "function" if "(" in head else "other"


def next_letter(code, place):
    while place < len(code) and code[place].isspace():
        place += 1
    return code[place:place + 1]


def cpp_functions(text):
    """(first line, number of lines, head) of each function that is not within another."""
    code = blank(text)
    stack, start = [], 0  # of each open brace its kind and where its statement began
    for place, letter in enumerate(code):
        inside = any(kind == "function" for kind, _ in stack)
        if letter == "{":
            stack.append(("other" if inside else kind_of(code[start:place].strip()), start))
            start = place + 1
        elif letter == "}" and stack:
            kind, began = stack.pop()
            # Foo() : a_{1}, b_{2} {…}: the member's braces end here, the constructor's head goes on.
            goes_on = kind == "initialiser" or (kind == "function" and next_letter(code, place + 1) in (",", "{"))
            start = began if goes_on else place + 1
            if kind == "function" and not goes_on:
                head = code[began:code.index("{", began)]
                first = code.count("\n", 0, began + len(head) - len(head.lstrip())) + 1
                yield first, code.count("\n", 0, place) + 2 - first, " ".join(head.split())
        elif letter == ";" and not inside:
            start = place + 1


def python_functions(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.lineno, node.end_lineno - node.lineno + 1, node.name


def allowed(root):
    """path -> lines, as the allow-list has it."""
    entries = {}
    for line in source_tree.text(root, ALLOW).splitlines():
        words = line.split("#")[0].split()
        if words:
            entries[words[0]] = int(words[1])
    return entries


def long_functions(path, text):
    # A scenario of a test reads top to bottom; it is the file's limit that keeps it in bounds.
    if path.parts[0] == "tests" and path.suffix == ".cc":
        return []
    functions = python_functions(text) if path.suffix == ".py" else cpp_functions(text)
    return [f"{path}: {head[:70]}: {lines} lines, at most {FUNCTION_LIMIT}"
            for _, lines, head in functions if lines > FUNCTION_LIMIT]


def check(root):
    found, allow = [], allowed(root)
    paths = source_tree.files(root, ".h", ".cc", ".py", ".sh", under=source_tree.CODE_FOLDERS)
    for name in sorted(set(allow) - {str(path) for path in paths}):
        found.append(f"{ALLOW}: {name} is not there any more; remove its line")
    for path in paths:
        text = source_tree.text(root, path)
        lines, limit = len(text.splitlines()), allow.get(str(path), FILE_LIMIT)
        if lines > limit:
            found.append(f"{path}: {lines} lines, at most {limit}")
        if str(path) in allow and lines < limit:
            found.append(f"{ALLOW}: {path} has {lines} lines now; " +
                         ("lower its entry" if lines > FILE_LIMIT else "remove its line"))
        if path.suffix != ".sh":
            found += long_functions(path, text)
    return found


if __name__ == "__main__":
    source_tree.main(check, "sizes")
