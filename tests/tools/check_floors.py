"""Holds docs/floors.txt: which room of src/ may include which, and which library has its home where."""

import re
from pathlib import Path

import source_tree

INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)')


class Floors:
    """The table as read: rooms' floors and permissions, public headers, system folders, libraries with a home."""

    def __init__(self, lines):
        self.floor, self.may, self.public, self.systems, self.libraries = {}, {}, {}, {}, {}
        self.complaints = []
        for number, line in enumerate(lines, 1):
            words = line.split("#")[0].split()
            if words:
                self._read(number, words)
        self._resolve()

    def _read(self, number, words):
        kind, rest = words[0], words[1:]
        if kind == "room" and len(rest) >= 2 and rest[1].isdigit():
            self.floor[rest[0]], self.may[rest[0]] = int(rest[1]), rest[2:]
        elif kind == "public" and rest:
            self.public[rest[0]] = set(rest[1:])
        elif kind == "system" and len(rest) >= 2 and rest[2:3] in ([], ["except"]):
            self.systems[rest[0]] = rest[1], set(rest[3:])
        elif kind == "library" and len(rest) >= 2:
            self.libraries[rest[0]] = set(rest[1:])
        else:
            self.complaints.append(f"docs/floors.txt: entry {number} is not understood: {' '.join(words)}")

    def _resolve(self):
        for room, named in self.may.items():
            allowed = {room}
            for word in named:
                if word == "below":
                    allowed |= {other for other, floor in self.floor.items() if floor < self.floor[room]}
                elif word not in self.floor:
                    self.complaints.append(f"docs/floors.txt: {room} may include {word}, which is no room")
                elif self.floor[word] > self.floor[room]:
                    self.complaints.append(f"docs/floors.txt: {room} may include {word}, which stands above it")
                else:
                    allowed.add(word)
            self.may[room] = allowed
        self._find_circles()

    def _find_circles(self):
        reach = {room: set(allowed) - {room} for room, allowed in self.may.items()}
        for _ in reach:
            for room in reach:
                reach[room] |= {far for near in reach[room] for far in reach[near] if near in reach}
        self.complaints += [f"docs/floors.txt: {room} may include itself in a circle" for room in sorted(reach)
                            if room in reach[room]]


def includes(text):
    """(quoted, angled) of each include, one of them None. Comments need no care: they do not start with #include."""
    return [match.groups() for match in map(INCLUDE.match, text.splitlines()) if match]


def owner(path, floors):
    """The room or public name a file belongs to, and its system folder if it is one's."""
    parts = path.parts
    if parts[0] == "include":
        return parts[1], None
    for folder, (_, others) in floors.systems.items():
        depth = len(Path(folder).parts)
        if Path(*parts[:depth]) == Path(folder) and len(parts) > depth + 1 and parts[depth] not in others:
            return parts[1], "/".join(parts[1:depth + 1])
    return parts[1], None


def complain(path, target, floors):
    """Why this file may not include "target", or None."""
    room, system = owner(path, floors)
    head = target.split("/")[0]
    if "/" not in target:
        return f'includes "{target}": write "room/file.h"'
    if path.parts[0] == "include":
        return None if head == room else f'a public header includes "{target}"'
    if system:
        own = target.startswith(system + "/")
        folder = str(Path("src") / Path(system).parent)
        return None if own or head == floors.systems[folder][0] else f'a system includes "{target}"'
    public = floors.public.get(target, floors.public.get(head))
    if public is not None:
        return None if room in public or "all" in public else f'room {room} includes the public "{target}"'
    if head not in floors.floor:
        return f'includes "{target}" of {head}, which is no room'
    return None if head in floors.may[room] else f'room {room} includes "{target}"'


def check_file(path, text, floors):
    room = owner(path, floors)[0]
    if path.parts[0] == "src" and room not in floors.floor:
        return [f"{path}: room {room} is not in docs/floors.txt"]
    found = []
    for quoted, angled in includes(text):
        if quoted:
            reason = complain(path, quoted, floors)
            if reason:
                found.append(f"{path}: {reason}")
            continue
        for prefix, rooms in floors.libraries.items():
            if angled.startswith(prefix) and room not in rooms:
                found.append(f"{path}: <{angled}> has its home in {', '.join(sorted(rooms))}")
    return found


def check(root):
    floors = Floors(source_tree.text(root, "docs/floors.txt").splitlines())
    found = list(floors.complaints)
    if found:
        return found
    for path in source_tree.files(root, ".h", ".cc", under=("src", "include")):
        if len(path.parts) > 2:
            found += check_file(path, source_tree.text(root, path), floors)
    return found


if __name__ == "__main__":
    source_tree.main(check, "floors")
