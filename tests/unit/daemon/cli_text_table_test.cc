#include <doctest/doctest.h>

#include "daemon/cli/item_table.h"
#include "daemon/cli/text_table.h"

using namespace waybill::cli;

TEST_CASE("columns are aligned, numbers to the right, without space at the end of lines") {
  const TextTable table{{{"NAME"}, {"ITEMS", true}, {"NOTE"}}, {{"shipments", "7", ""}, {"log", "1024", "ttl"}}};
  CHECK(layout(table, 0) ==
        "NAME       ITEMS  NOTE\n"
        "shipments      7\n"
        "log         1024  ttl\n");
}

TEST_CASE("a long value is cut with an ellipsis") {
  const TextTable table{{{"A"}, {"B"}}, {{std::string(100, 'x'), "y"}}};
  CHECK(layout(table, 0) == "A" + std::string(61, ' ') + "B\n" + std::string(59, 'x') + "…  y\n");
}

TEST_CASE("lines fit the terminal by shrinking the widest columns") {
  const TextTable table{{{"ID"}, {"TEXT"}}, {{"12", std::string(50, 'x')}}};
  CHECK(layout(table, 24) == "ID  TEXT\n12  " + std::string(19, 'x') + "…\n");
  // Narrower than every column at its least: better a long line than nothing to read.
  CHECK(layout(table, 5) == "ID  TEXT\n12  " + std::string(7, 'x') + "…\n");
}

TEST_CASE("what tells rows apart is not cut to fit a line") {
  const TextTable table{{{"KEY", false, true}, {"TEXT"}}, {{std::string(20, 'k'), std::string(50, 'x')}}};
  const std::string row = std::string(20, 'k') + "  " + std::string(7, 'x') + "…\n";
  CHECK(layout(table, 10) == "KEY" + std::string(19, ' ') + "TEXT\n" + row);
}

TEST_CASE("widths are those of a terminal") {
  CHECK(display_width("abc") == 3);
  CHECK(display_width("äöü") == 3);
  CHECK(display_width("日本") == 4);
  CHECK(display_width("e\xCC\x81") == 1);  // a combining accent
  const TextTable table{{{"A"}, {"B"}}, {{"日本", "x"}, {"äöü", "y"}}};
  CHECK(layout(table, 0) == "A     B\n日本  x\näöü   y\n");
}

TEST_CASE("nothing in a value reaches the terminal as a command") {
  CHECK(printable("a\nb\tc") == "a\\nb\\tc");
  CHECK(printable("\x1B[31mred") == "\\u001b[31mred");
  CHECK(printable("\xC2\x9B") == "\\u009b");      // a control character of 8 bits
  CHECK(printable("\xE2\x80\xAE") == "\\u202e");  // right-to-left override
  CHECK(printable("a\xFFz\xC0\x80") == "a\xEF\xBF\xBDz\xEF\xBF\xBD\xEF\xBF\xBD");
  CHECK(printable("plain äöü 日本") == "plain äöü 日本");
}

TEST_CASE("items show their key first, then the rest as it comes") {
  const TextTable table =
      item_table({R"({"a":1,"id":"x","nested":{"k":[1,2]}})", R"({"id":"y","b":true,"a":2.50})"}, {"id", "missing"});
  std::vector<std::string> titles;
  for (const auto& column : table.columns) titles.push_back(column.title);
  CHECK(titles == std::vector<std::string>{"id", "a", "nested", "b"});
  CHECK(table.rows[0] == std::vector<std::string>{"x", "1", R"({"k":[1,2]})", ""});
  CHECK(table.rows[1] == std::vector<std::string>{"y", "2.50", "", "true"});
  CHECK(table.columns[1].right);
  CHECK_FALSE(table.columns[0].right);
  CHECK_FALSE(table.columns[3].right);
}

TEST_CASE("counts agree with their noun") {
  CHECK(counted(0, "error") == "0 errors");
  CHECK(counted(1, "error") == "1 error");
  CHECK(counted(2, "error") == "2 errors");
}
