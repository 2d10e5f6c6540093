// A table for people: aligned columns, long values cut, nothing that could upset a terminal. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace waybill::cli {

struct TextTable {
  struct Column {
    std::string title;
    bool right = false;  // numbers stand right
    bool keep = false;   // does not shrink to fit a line: what a row is told apart by
  };
  std::vector<Column> columns;
  std::vector<std::vector<std::string>> rows;  // each as long as columns

  void add(std::vector<std::string> row) { rows.push_back(std::move(row)); }
};

// Columns on a terminal that the text takes: wide characters take two, combining ones none. REQUIRES: printable text.
std::size_t display_width(std::string_view text);

// Control characters become escapes (\n, \u001b), bytes that are not UTF-8 become �.
std::string printable(std::string_view text);

// "1 error", "2 errors".
std::string counted(std::size_t count, const std::string& noun);

// Lines with two spaces between columns, title first. A cell is at most kMaxCellWidth wide; with a line width other
// than 0, the widest columns shrink further, to kMinCellWidth, until lines fit. What was cut ends in ….
inline constexpr std::size_t kMaxCellWidth = 60;
inline constexpr std::size_t kMinCellWidth = 8;
std::string layout(const TextTable& table, std::size_t line_width);

}  // namespace waybill::cli
