// Everything that is wrong with one template, collected so that a person fixes it in one go.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "template/document.h"

namespace waybill::templates {

class Problems {
 public:
  // REQUIRES: the document outlives this.
  explicit Problems(const Document& document) : document_(document) {}

  // The line becomes "file:line:column: Rule.Targets[0].Arn: text".
  void add(const Path& path, const std::string& text);
  bool empty() const { return lines_.empty(); }
  std::size_t size() const { return lines_.size(); }
  // One line each, the same thing said once; the first 50 and how many more.
  Error error() const;

 private:
  const Document& document_;
  std::vector<std::string> lines_;
};

}  // namespace waybill::templates
