#include <sstream>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include "template/document_readers.h"
#include "template/nearest.h"
#include "template/scalar.h"

namespace waybill::templates {

namespace {

const std::vector<std::string>& short_forms() {
  static const std::vector<std::string> names = {
      "!Ref",       "!Condition", "!Sub",    "!GetAtt",    "!Join",        "!If",          "!Equals",
      "!Not",       "!And",       "!Or",     "!Select",    "!Split",       "!Base64",      "!Cidr",
      "!FindInMap", "!GetAZs",    "!Length", "!Transform", "!ImportValue", "!ToJsonString"};
  return names;
}

Position at(const YAML::Mark& mark) { return mark.is_null() ? Position{} : Position{mark.line + 1, mark.column + 1}; }

// The intrinsic a tag stands for: "Fn::Sub"; "" for YAML's own tags.
std::string function_of(const std::string& tag, const YAML::Mark& mark) {
  if (tag.empty() || tag == "?" || tag == "!" || tag.starts_with("tag:yaml.org,2002:")) return "";
  for (const std::string& name : short_forms()) {
    if (tag != name) continue;
    return tag == "!Ref" || tag == "!Condition" ? tag.substr(1) : "Fn::" + tag.substr(1);
  }
  throw DocumentError{at(mark), "the tag " + tag + " is not known; the nearest is " + nearest(tag, short_forms())};
}

class Events final : public YAML::EventHandler {
 public:
  explicit Events(TreeBuilder& builder) : builder_(builder) {}

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override { value("?", "", mark); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    throw DocumentError{at(mark), "an alias (*name) stands here; CloudFormation has none: write the value out"};
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t, const std::string& text) override {
    value(tag, text, mark);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    begin(false, tag, mark);
  }
  void OnSequenceEnd() override { builder_.end(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t, YAML::EmitterStyle::value) override {
    begin(true, tag, mark);
  }
  void OnMapEnd() override { builder_.end(); }

 private:
  void begin(bool is_map, const std::string& tag, const YAML::Mark& mark) {
    if (builder_.expects_key()) throw DocumentError{at(mark), "a key must be plain text, not a list or a map"};
    builder_.begin(is_map, at(mark), function_of(tag, mark));
  }

  void value(const std::string& tag, const std::string& text, const YAML::Mark& mark) {
    if (builder_.expects_key()) {
      if (text == "<<" && tag == "?") {
        throw DocumentError{at(mark), "a merge (<<) stands here; CloudFormation has none: write the members out"};
      }
      builder_.key(text, at(mark));
      return;
    }
    builder_.scalar(typed(tag, text, mark), at(mark), function_of(tag, mark));
  }

  static Json typed(const std::string& tag, const std::string& text, const YAML::Mark& mark) {
    if (tag == "?" || tag.empty()) return plain_scalar(text);
    if (!tag.starts_with("tag:yaml.org,2002:")) return text;
    const std::string type = tag.substr(18);
    if (type == "str") return text;
    const Json plain = plain_scalar(text);
    if (type == "int" && plain.is_number_integer()) return plain;
    if (type == "float" && plain.is_number()) return plain.get<double>();
    if (type == "bool" && plain.is_boolean()) return plain;
    if (type == "null" && plain.is_null()) return plain;
    throw DocumentError{at(mark), "\"" + text + "\" cannot be read as !!" + type};
  }

  TreeBuilder& builder_;
};

}  // namespace

void read_yaml(std::string_view text, TreeBuilder& builder) {
  std::istringstream stream{std::string(text)};
  try {
    YAML::Parser parser(stream);
    Events events(builder);
    while (parser.HandleNextDocument(events)) {
    }
  } catch (const YAML::Exception& error) {
    throw DocumentError{at(error.mark), "not valid YAML: " + error.msg};
  }
}

}  // namespace waybill::templates
