// TemplateScanner: goes once through an InputTemplate and says where its placeholders stand.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace waybill::expr {

struct Placeholder {
  std::string_view name;
  std::size_t at = 0;  // of its `<`; it is name.size() + 2 long
  bool in_quotes = false;
};

struct ScannedTemplate {
  std::vector<Placeholder> placeholders;  // their names are views of the template
  bool is_object = false;
  bool has_placeholder_key = false;  // a placeholder stands in, or as, an object's key
};

// `<` and `>` that hold no name (letters, digits, `_`, `-`, `.`) are text.
ScannedTemplate scan_template(std::string_view text);

}  // namespace waybill::expr
