"""Each check finds what it is there to find, and leaves alone what is right."""

import tempfile
import unittest
from pathlib import Path

import check_docs
import check_floors
import check_loops
import check_registered
import check_sizes
import check_words

FLOORS = """
room base 0
room expr 1 base model
room model 1 base
room store 2 below
room handlers 4 below
public waybill handlers
public waybill/version.h all
system src/handlers waybill except host
library sqlite3.h store
"""


class Tree(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.write("docs/floors.txt", FLOORS)
        self.write("tests/tools/sizes_allow.txt", "")

    def write(self, path, text):
        path = self.root / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


class Floors(Tree):
    def complaints(self, path, include):
        self.write(path, f"#include {include}\n")
        return check_floors.check(self.root)

    def test_down_and_within_the_room_is_right(self):
        self.assertEqual(self.complaints("src/store/a.cc", '"model/item.h"'), [])
        self.assertEqual(self.complaints("src/store/sqlite/b.cc", '"store/a.h"'), [])

    def test_up_is_wrong(self):
        self.assertEqual(self.complaints("src/model/a.h", '"store/a.h"'),
                         ['src/model/a.h: room model includes "store/a.h"'])

    def test_sideways_is_right_only_where_the_table_says_so(self):
        self.assertEqual(self.complaints("src/expr/a.h", '"model/item.h"'), [])
        self.assertEqual(len(self.complaints("src/model/a.h", '"expr/ast.h"')), 1)

    def test_an_include_names_its_room(self):
        self.assertIn('write "room/file.h"', self.complaints("src/store/a.cc", '"changes.h"')[0])

    def test_a_library_stays_at_home(self):
        self.assertEqual(self.complaints("src/store/a.cc", "<sqlite3.h>"), [])
        self.assertEqual(self.complaints("src/expr/a.cc", "<sqlite3.h>"),
                         ["src/expr/a.cc: <sqlite3.h> has its home in store"])

    def test_a_system_sees_the_public_headers_and_itself(self):
        self.assertEqual(self.complaints("src/handlers/s1/a.cc", '"waybill/handler.h"'), [])
        self.assertEqual(self.complaints("src/handlers/s1/b.cc", '"handlers/s1/a.h"'), [])
        self.assertEqual(self.complaints("src/handlers/host/a.cc", '"store/journal.h"'), [])
        self.assertEqual(len(self.complaints("src/handlers/s1/c.cc", '"handlers/host.h"')), 1)

    def test_the_public_headers_are_seen_by_whom_the_table_names(self):
        self.assertEqual(self.complaints("src/handlers/host.cc", '"waybill/handler.h"'), [])
        self.assertEqual(len(self.complaints("src/store/a.cc", '"waybill/handler.h"')), 1)
        self.assertEqual(self.complaints("src/store/a.cc", '"waybill/version.h"'), [])

    def test_a_public_header_includes_nothing_of_ours(self):
        self.assertEqual(len(self.complaints("include/waybill/a.h", '"base/result.h"')), 1)

    def test_a_room_that_is_not_in_the_table_is_named(self):
        self.assertEqual(self.complaints("src/attic/a.cc", '"base/result.h"'),
                         ["src/attic/a.cc: room attic is not in docs/floors.txt"])

    def test_a_circle_in_the_table_is_refused(self):
        self.write("docs/floors.txt", "room a 1 b\nroom b 1 a\n")
        self.assertEqual(len(check_floors.check(self.root)), 2)

    def test_a_table_that_allows_what_stands_above_is_refused(self):
        self.write("docs/floors.txt", "room a 0 b\nroom b 1\n")
        self.assertIn("stands above it", check_floors.check(self.root)[0])


class Registered(Tree):
    def setUp(self):
        super().setUp()
        self.write("tests/CMakeLists.txt", "add_subdirectory(unit/net)\n")
        self.write("tests/unit/net/CMakeLists.txt", "waybill_unit_test(net SOURCES server_test.cc)\n")
        self.write("tests/unit/net/server_test.cc", "")

    def test_named_files_are_right(self):
        self.assertEqual(check_registered.check(self.root), [])

    def test_a_file_nobody_names_is_found(self):
        self.write("tests/unit/net/client_test.cc", "")
        self.write("tests/e2e/boto_test.py", "")
        self.assertEqual(len(check_registered.check(self.root)), 2)

    def test_a_name_in_a_comment_does_not_count(self):
        self.write("tests/unit/net/CMakeLists.txt", "# server_test.cc is off for now\n")
        self.assertEqual(check_registered.check(self.root),
                         ["tests/unit/net/server_test.cc: no CMakeLists.txt names it"])

    def test_another_room_s_file_of_the_same_name_does_not_count(self):
        self.write("tests/CMakeLists.txt", "add_subdirectory(unit/net)\nadd_subdirectory(unit/api)\n")
        self.write("tests/unit/api/CMakeLists.txt", "\n")
        self.write("tests/unit/api/server_test.cc", "")
        self.assertEqual(check_registered.check(self.root),
                         ["tests/unit/api/server_test.cc: no CMakeLists.txt names it"])

    def test_a_file_may_be_named_by_its_path_from_elsewhere(self):
        self.write("tests/support/plugin/build_test.sh", "")
        self.write("tests/support/plugin/CMakeLists.txt", "project(plugin)\n")
        self.write("tests/unit/net/CMakeLists.txt",
                   "server_test.cc ${PROJECT_SOURCE_DIR}/tests/support/plugin/build_test.sh\n")
        self.assertEqual(check_registered.check(self.root), [])

    def test_a_folder_nobody_adds_is_found(self):
        self.write("tests/unit/store/CMakeLists.txt", "waybill_unit_test(store SOURCES a_test.cc)\n")
        self.assertEqual(check_registered.check(self.root),
                         ["tests/unit/store/CMakeLists.txt: tests/CMakeLists.txt does not add this folder"])


class Sizes(Tree):
    def test_within_the_limits_is_right(self):
        self.write("src/base/a.cc", "int f() {\n" + "  g();\n" * 58 + "}\n")
        self.assertEqual(check_sizes.check(self.root), [])

    def test_a_long_function_is_found_within_namespace_class_and_constructor(self):
        body = "{\n" + "  g();\n" * 60 + "}\n"
        for head in ("int f() ", "namespace a {\nstruct B {\nint f(C c = {}) const ", "A::A() : b_{1}, c_(2) "):
            with self.subTest(head):
                self.write("src/base/a.cc", head + body)
                self.assertEqual(len(check_sizes.check(self.root)), 1)

    def test_braces_in_literals_and_comments_are_no_braces(self):
        self.write("src/base/a.cc", 'int f() { return g("{", \'{\', R"({)"); }  // {\n' + "int h() { /* { */ }\n" * 70)
        self.assertEqual(check_sizes.check(self.root), [])

    def test_a_table_of_values_is_no_function(self):
        self.write("src/base/a.cc", "const int kAll[] = {\n" + "  f(1),\n" * 80 + "};\n")
        self.assertEqual(check_sizes.check(self.root), [])

    def test_a_long_file_is_found_unless_allowed(self):
        self.write("src/base/a.h", "int a;\n" * 410)
        self.assertEqual(check_sizes.check(self.root), ["src/base/a.h: 410 lines, at most 400"])
        self.write("tests/tools/sizes_allow.txt", "src/base/a.h 410\n")
        self.assertEqual(check_sizes.check(self.root), [])

    def test_the_allow_list_only_shrinks(self):
        self.write("tests/tools/sizes_allow.txt", "src/base/a.h 420\nsrc/base/gone.h 500\n")
        self.write("src/base/a.h", "int a;\n" * 410)
        found = check_sizes.check(self.root)
        self.assertTrue(any("lower its entry" in line for line in found) and any("gone.h" in line for line in found))
        self.write("src/base/a.h", "int a;\n" * 421)
        self.assertIn("src/base/a.h: 421 lines, at most 420", check_sizes.check(self.root))


class Docs(Tree):
    def page(self, text):
        self.write("src/store/journal.h", "")
        self.write("README.md", text)
        return check_docs.check(self.root)

    def test_what_is_there_may_be_cited(self):
        self.assertEqual(self.page("`src/store/journal.h`, `store/journal.h`, `docs/`, [floors](docs/floors.txt)"), [])

    def test_what_is_not_there_may_not(self):
        for text in ("`src/store/jurnal.h`", "`store/jurnal.h`", "`docs/none.md`", "[x](docs/none.md)"):
            with self.subTest(text):
                self.assertEqual(len(self.page(text)), 1)

    def test_other_words_with_a_slash_are_no_citations(self):
        text = "`application/json` `build/release/waybill` `/etc/waybill` `src/*.h` `tests/<x>`"
        self.assertEqual(self.page(text), [])

    def test_blocks_of_code_and_urls_are_left_alone(self):
        self.assertEqual(self.page("```\n`src/none.h`\n```\n[x](https://example.com/none.md)"), [])

    def test_a_glossary_names_types_where_they_are_declared(self):
        self.write("src/store/changes.h", "struct Changes {};\nenum class Lane { a };\nusing Row = int;\n")
        row = "| word | {} | `src/store/changes.h` | what it is |\n"
        self.write("docs/glossary.md", row.format("`Changes`, `Lane`, `Row`"))
        self.assertEqual(check_docs.check(self.root), [])
        self.write("docs/glossary.md", row.format("`Change`"))
        self.assertEqual(check_docs.check(self.root),
                         ["docs/glossary.md: `Change` is not declared in src/store/changes.h"])

    def test_line_numbers_are_refused(self):
        self.assertEqual(len(self.page("see `store/journal.h` and journal.cc:120")), 1)


class Loops(Tree):
    def test_a_loop_over_a_snapshot_that_nobody_holds_is_found(self):
        self.write("src/base/a.cc", "void f() {\n  for (const auto& [arn, queue] : ports.topology.get()->queues()) {\n"
                                    "    use(queue);\n  }\n  for (auto& row :\n       *book.get()) {\n  }\n}\n")
        self.assertEqual(check_loops.check(self.root),
                         [f"src/base/a.cc:{line}: keep what .get() returns in a variable before the loop"
                          for line in (2, 5)])

    def test_other_loops_are_left_alone(self):
        self.write("src/base/a.cc", "void f() {\n  const auto book = ports.book.get();\n  for (auto& row : *book) {\n"
                                    "    use(map.get());\n  }\n  for (auto& row : *book) use(map.get());\n"
                                    "  for (std::size_t i = p.get()->first(); i < p.get()->size(); ++i) {\n  }\n}\n")
        self.assertEqual(check_loops.check(self.root), [])


class Words(Tree):
    def test_reminders_and_machine_paths_are_found(self):
        self.write("src/base/a.cc", "// TO" + "DO later\n// see /ho" + "me/ada/notes\n")
        self.assertEqual(len(check_words.check(self.root)), 2)

    def test_paths_of_an_installed_system_are_right(self):
        self.write("README.md", "/etc/waybill/waybill.yaml and /var/lib/waybill\n")
        self.assertEqual(check_words.check(self.root), [])


if __name__ == "__main__":
    unittest.main()
