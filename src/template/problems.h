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
  // Enough for one time: who finds more may stop looking. Keeps a hostile template from being worked on for minutes.
  bool full() const { return lines_.size() >= 50; }
  // One line each, the same thing said once.
  Error error() const;

 private:
  const Document& document_;
  std::vector<std::string> lines_;
  bool more_ = false;
};

}  // namespace waybill::templates
