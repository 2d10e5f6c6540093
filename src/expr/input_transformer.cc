#include "expr/input_transformer.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "base/ascii.h"
#include "expr/json_check.h"
#include "expr/template_scanner.h"
#include "pattern/json_reader.h"

namespace waybill::expr {
namespace {

constexpr std::size_t kMostPaths = 100;
constexpr std::size_t kLongestName = 256;

bool is_path_name(std::string_view name) {
  return !name.empty() && name.size() <= kLongestName && std::all_of(name.begin(), name.end(), [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
  });
}

Error bad_map(const InputTransformerSpec& spec, const TargetPlace& target, std::string_view constraint) {
  std::string value;
  for (const auto& [name, path] : spec.paths) value.append(value.empty() ? "" : ", ").append(name + "=" + path);
  return invalid("1 validation error detected: Value '{" + value + "}' at 'targets." + std::to_string(target.number) +
                 ".member.inputTransformer.inputPathsMap' failed to satisfy constraint: " + std::string(constraint));
}

Status check_map(const InputTransformerSpec& spec, const TargetPlace& target) {
  if (spec.paths.size() > kMostPaths) {
    return bad_map(spec, target, "Member must have length less than or equal to 100");
  }
  for (const auto& [name, path] : spec.paths) {
    if (is_path_name(name)) continue;
    return bad_map(spec, target,
                   "Map keys must satisfy constraint: [Member must have length less than or equal to 256, Member must "
                   "have length greater than or equal to 1, Member must satisfy regular expression pattern: "
                   R"([A-Za-z0-9\_\-]+])");
  }
  return {};
}

// A template is JSON, or several lines of it, when every placeholder stands for null.
Status check_template(std::string_view text, const ScannedTemplate& scanned, const TargetPlace& target) {
  const std::string id(target.id);
  if (scanned.has_placeholder_key) {
    return invalid("InputTemplate placeholder present as a JSON object key for target " + id + ".");
  }
  std::string filled;
  std::size_t from = 0;
  for (const Placeholder& placeholder : scanned.placeholders) {
    filled.append(text.substr(from, placeholder.at - from)).append("null");
    from = placeholder.at + placeholder.name.size() + 2;
  }
  filled.append(text.substr(from));
  const JsonSummary summary = check_json(filled);
  if (!summary.failed_at && summary.values > 0) return {};
  return invalid("Invalid InputTemplate for target " + id + " : " +
                 json_location(filled, summary.failed_at.value_or(0)) + ".");
}

std::string_view unquoted(std::string_view string) { return string.substr(1, string.size() - 2); }

// As text: what a string says, objects and arrays without double quotes. A null shows only where it stands alone.
void append_as_text(std::string_view value, bool in_quotes, std::string& out) {
  if (value == "null" && in_quotes) return;
  switch (value[0]) {
    case '"': out.append(pattern::decode_json_string(unquoted(value))); break;
    case '{':
    case '[': std::copy_if(value.begin(), value.end(), std::back_inserter(out), [](char c) { return c != '"'; }); break;
    default: out.append(value);
  }
}

// As JSON, or inside a string of the template: then an object or array breaks the result.
void append_as_json(std::string_view value, bool in_quotes, std::string& out) {
  if (value == "null") {
    if (!in_quotes) out.append(R"("")");
    return;
  }
  out.append(in_quotes && value.starts_with('"') ? unquoted(value) : value);
}

}  // namespace

Result<InputTransformer> InputTransformer::parse(const InputTransformerSpec& spec, const TargetPlace& target) {
  WAYBILL_CHECK(check_map(spec, target));
  const std::string id(target.id);
  std::map<std::string_view, InputPath> paths;
  for (const auto& [name, text] : spec.paths) {
    auto path = InputPath::parse(text);
    if (!path) return invalid("InputPath for target " + id + " is invalid.");
    paths.emplace(name, *std::move(path));
  }
  const ScannedTemplate scanned = scan_template(spec.text);
  InputTransformer result;
  result.is_object_ = scanned.is_object;
  std::map<std::string_view, std::size_t> numbers;
  std::size_t from = 0;
  for (const Placeholder& placeholder : scanned.placeholders) {
    const auto [known, is_new] = numbers.try_emplace(placeholder.name, numbers.size());
    if (is_new) {
      const auto variable = find_event_variable(placeholder.name);
      if (const auto path = paths.find(placeholder.name); path != paths.end()) {
        result.sources_.emplace_back(path->second);
      } else if (!variable) {
        return invalid("InputTemplate for target " + id + " contains invalid placeholder " +
                       std::string(placeholder.name) + ".");
      } else if (*variable == EventVariable::event_json && !scanned.is_object) {
        return invalid("InputTemplate for target " + id +
                       " contains placeholder aws.events.event.json valid only for JSON template.");
      } else {
        result.sources_.emplace_back(*variable);
      }
    }
    result.pieces_.push_back({spec.text.substr(from, placeholder.at - from), known->second, placeholder.in_quotes});
    from = placeholder.at + placeholder.name.size() + 2;
  }
  result.tail_ = spec.text.substr(from);
  WAYBILL_CHECK(check_template(spec.text, scanned, target));
  return result;
}

Shaped InputTransformer::fill(const ShapeContext& context) const {
  // Each is looked up when it is needed first, so that their sum is bounded with the body.
  std::vector<std::optional<std::optional<std::string>>> values(sources_.size());
  Shaped shaped;
  for (const Piece& piece : pieces_) {
    shaped.body.append(piece.text);
    if (!values[piece.source]) {
      const Source& source = sources_[piece.source];
      const auto* path = std::get_if<InputPath>(&source);
      values[piece.source] = path ? path->select(context.event) : value_of(std::get<EventVariable>(source), context);
    }
    const std::optional<std::string>& value = *values[piece.source];
    if (is_object_) {
      append_as_json(value ? std::string_view(*value) : "null", piece.in_quotes, shaped.body);
    } else if (value) {
      append_as_text(*value, piece.in_quotes, shaped.body);
    }
    if (shaped.body.size() > kMostShapedBytes) break;
  }
  if (shaped.body.size() + tail_.size() > kMostShapedBytes) return {std::string(context.event), true, true};
  shaped.body.append(tail_);
  const JsonSummary summary = check_json(shaped.body);
  shaped.is_valid = !summary.failed_at && summary.values > 0;
  return shaped;
}

}  // namespace waybill::expr
