#include "template/document.h"

#include <algorithm>
#include <initializer_list>

#include "base/json_text.h"
#include "template/document_readers.h"

namespace waybill::templates {

namespace {

bool ends_with_any(const std::string& file, std::initializer_list<std::string_view> endings) {
  for (const std::string_view ending : endings) {
    if (file.ends_with(ending)) return true;
  }
  return false;
}

bool is_json(std::string_view text, const std::string& file) {
  if (ends_with_any(file, {".json", ".JSON"})) return true;
  if (ends_with_any(file, {".yaml", ".yml", ".YAML", ".YML"})) return false;
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && text[first] == '{';
}

std::size_t first_invalid_utf8(std::string_view text) {
  // Line by line: the start of the first bad line is near enough for a message.
  std::size_t line_start = 0;
  while (line_start < text.size()) {
    const std::size_t line_end = std::min(text.find('\n', line_start), text.size());
    if (!is_valid_utf8(text.substr(line_start, line_end - line_start))) return line_start;
    line_start = line_end + 1;
  }
  return text.size();
}

std::string at(const std::string& file, Position position) {
  if (position.line == 0) return file;
  return file + ":" + std::to_string(position.line) + ":" + std::to_string(position.column);
}

void read(std::string_view text, const std::string& file, TreeBuilder& builder) {
  if (text.size() > kMaxTemplateBytes) {
    throw DocumentError{{}, "larger than 1 MB (" + std::to_string(text.size()) + " bytes), which AWS refuses too"};
  }
  if (const std::size_t bad = first_invalid_utf8(text); bad < text.size()) {
    throw DocumentError{position_of_byte(text, bad), "this line is not valid UTF-8"};
  }
  if (text.find('\0') != std::string_view::npos) {
    throw DocumentError{position_of_byte(text, text.find('\0')), "a NUL character is not text"};
  }
  if (is_json(text, file)) {
    read_json(text, builder);
  } else {
    read_yaml(text, builder);
  }
  if (!builder.has_root()) throw DocumentError{{}, "the file is empty; a template has at least `Resources`"};
}

}  // namespace

std::string position_key(const Path& path) {
  std::string key;
  for (const std::string& token : path) {
    key += token;
    key += '\x1f';
  }
  return key;
}

Position Document::position(const Path& path) const {
  Path here = path;
  while (true) {
    if (const auto found = positions_.find(position_key(here)); found != positions_.end()) return found->second;
    if (here.empty()) return {};
    here.pop_back();
  }
}

std::string Document::place(const Path& path) const { return at(file_, position(path)); }

Position position_of_byte(std::string_view text, std::size_t offset) {
  Position position{1, 1};
  for (std::size_t i = 0; i < offset && i < text.size(); ++i) {
    if (text[i] == '\n') {
      ++position.line;
      position.column = 1;
    } else {
      ++position.column;
    }
  }
  return position;
}

Result<Document> parse_document(std::string_view text, const std::string& file) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  try {
    TreeBuilder builder;
    read(text, file, builder);
    return std::move(builder).finish(file);
  } catch (const DocumentError& error) {
    return invalid(at(file, error.position) + ": " + error.text);
  } catch (const std::exception& error) {  // out of memory and the like: the template is refused, the daemon lives
    return internal(file + ": cannot be read: " + error.what());
  }
}

}  // namespace waybill::templates
