#include "daemon/cli/text_table.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <numeric>

namespace waybill::cli {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
constexpr std::string_view kEllipsis = "\xE2\x80\xA6";
constexpr std::size_t kGap = 2;

struct Character {
  char32_t code = 0;
  std::size_t bytes = 1;
  bool valid = false;
};

Character first_character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1, true};
  const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < size) return {};
  char32_t code = lead & (0xFFU >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {};
    code = (code << 6) | (byte(i) & 0x3F);
  }
  const bool overlong = (size == 3 && code < 0x800) || (size == 4 && code < 0x10000);
  if (overlong || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) return {};
  return {code, size, true};
}

struct Range {
  char32_t first, last;
};
// The common ones of Unicode's East Asian Width W and F, and of its marks without width of their own.
constexpr std::array<Range, 9> kWide{{{0x1100, 0x115F},
                                      {0x2E80, 0xA4CF},
                                      {0xAC00, 0xD7A3},
                                      {0xF900, 0xFAFF},
                                      {0xFE30, 0xFE6F},
                                      {0xFF00, 0xFF60},
                                      {0xFFE0, 0xFFE6},
                                      {0x1F300, 0x1FAFF},
                                      {0x20000, 0x3FFFD}}};
constexpr std::array<Range, 5> kWithoutWidth{
    {{0x0300, 0x036F}, {0x200B, 0x200F}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}}};

template <std::size_t N>
bool is_in(char32_t code, const std::array<Range, N>& ranges) {
  return std::any_of(ranges.begin(), ranges.end(), [&](Range r) { return code >= r.first && code <= r.last; });
}

std::size_t width_of(char32_t code) {
  if (is_in(code, kWithoutWidth)) return 0;
  return is_in(code, kWide) ? 2 : 1;
}

// Directions turned round by a value would turn the rest of the line as well.
bool is_control(char32_t code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || (code >= 0x2028 && code <= 0x202E) ||
         (code >= 0x2066 && code <= 0x2069);
}

void append_escape(char32_t code, std::string& out) {
  if (code == '\n') {
    out += "\\n";
  } else if (code == '\t') {
    out += "\\t";
  } else if (code == '\r') {
    out += "\\r";
  } else {
    std::array<char, 8> text{};
    std::snprintf(text.data(), text.size(), "\\u%04x", static_cast<unsigned>(code & 0xFFFF));
    out += text.data();
  }
}

std::string cut(const std::string& text, std::size_t width) {
  if (display_width(text) <= width) return text;
  std::string out;
  std::size_t used = 0;
  for (std::string_view rest = text; !rest.empty();) {
    const Character character = first_character(rest);
    const std::size_t more = width_of(character.code);
    if (used + more + 1 > width) break;
    used += more;
    out += rest.substr(0, character.bytes);
    rest.remove_prefix(character.bytes);
  }
  return out.append(kEllipsis);
}

std::vector<std::size_t> column_widths(const TextTable& table, std::size_t line_width) {
  std::vector<std::size_t> widths;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    std::size_t width = display_width(table.columns[c].title);
    for (const auto& row : table.rows) width = std::max(width, display_width(row[c]));
    widths.push_back(std::min(width, kMaxCellWidth));
  }
  if (line_width == 0 || widths.empty()) return widths;
  std::size_t total = std::accumulate(widths.begin(), widths.end(), (widths.size() - 1) * kGap);
  while (total > line_width) {
    std::size_t* widest = nullptr;
    for (std::size_t c = 0; c < widths.size(); ++c) {
      if (!table.columns[c].keep && (!widest || widths[c] > *widest)) widest = &widths[c];
    }
    if (!widest || *widest <= kMinCellWidth) break;
    --*widest;
    --total;
  }
  return widths;
}

void append_line(const TextTable& table, const std::vector<std::string>& cells, const std::vector<std::size_t>& widths,
                 std::string& out) {
  std::string line;
  for (std::size_t c = 0; c < cells.size(); ++c) {
    const std::string text = cut(cells[c], widths[c]);
    const std::string space(widths[c] - display_width(text), ' ');
    line += table.columns[c].right ? space + text : text + space;
    if (c + 1 < cells.size()) line.append(kGap, ' ');
  }
  line.erase(line.find_last_not_of(' ') + 1);
  out += line + "\n";
}

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const Character character = first_character(text);
    width += character.valid ? width_of(character.code) : 1;
    text.remove_prefix(character.bytes);
  }
  return width;
}

std::string printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const Character character = first_character(text);
    if (!character.valid) {
      out += kReplacement;
    } else if (is_control(character.code)) {
      append_escape(character.code, out);
    } else {
      out += text.substr(0, character.bytes);
    }
    text.remove_prefix(character.bytes);
  }
  return out;
}

std::string counted(std::size_t count, const std::string& noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

std::string layout(const TextTable& table, std::size_t line_width) {
  TextTable shown = table;
  std::vector<std::string> titles;
  for (auto& column : shown.columns) titles.push_back(column.title = printable(column.title));
  for (auto& row : shown.rows) {
    for (std::string& cell : row) cell = printable(cell);
  }
  const std::vector<std::size_t> widths = column_widths(shown, line_width);
  std::string out;
  append_line(shown, titles, widths, out);
  for (const auto& row : shown.rows) append_line(shown, row, widths, out);
  return out;
}

}  // namespace waybill::cli
