// A template as a tree, whichever way it was written.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.h"
#include "template/json.h"
#include "template/path.h"

namespace waybill::templates {

// AWS: a template may have 1 MB.
inline constexpr std::size_t kMaxTemplateBytes = 1024 * 1024;
inline constexpr std::size_t kMaxTemplateDepth = 100;

// 1-based; line 0 when not known.
struct Position {
  int line = 0;
  int column = 0;
};

class Document {
 public:
  Document(std::string file, Json root, std::unordered_map<std::string, Position> positions)
      : file_(std::move(file)), root_(std::move(root)), positions_(std::move(positions)) {}

  const std::string& file() const { return file_; }
  const Json& root() const { return root_; }
  // Of what stands at the path, or of the nearest thing around it.
  Position position(const Path& path) const;
  // "file:line:column".
  std::string place(const Path& path) const;

 private:
  std::string file_;
  Json root_;
  std::unordered_map<std::string, Position> positions_;
};

// Key of a path in the positions of a Document.
std::string position_key(const Path& path);

// YAML or JSON: by the file's extension, else JSON when the text begins with `{`. Short forms (`!Sub x`) become long
// ones
// (`{"Fn::Sub": x}`). Plain scalars are typed as YAML 1.1 does for null, booleans (yes, no, on and off too), decimal
// integers and floats; what would lose something as a number (leading zeros, dates, versions) stays a string, and so
// does what is quoted. Anchors are read, aliases and merges are refused, as AWS does. Duplicate keys are refused.
// Errors: `file:line:column: what is wrong`.
Result<Document> parse_document(std::string_view text, const std::string& file);

}  // namespace waybill::templates
