#include "table/typed_json.h"

#include <array>
#include <charconv>
#include <type_traits>
#include <utility>

#include "base/base64.h"
#include "base/json_text.h"
#include "waybill/exact_json.h"

namespace waybill::table {
namespace {

using Json = nlohmann::json;

Error in_attribute(const std::string& name, const Error& error) {
  return {error.code, error.message + " (attribute " + (is_valid_utf8(name) ? name : "with an invalid name") + ")"};
}

}  // namespace

Status TypedWriter::attribute(const std::string& name, const Json& value) {
  if (name.empty()) return invalid("One or more parameter values were invalid: An attribute name cannot be empty");
  WAYBILL_CHECK(this->name(name));
  if (auto written = this->value(value, 0); !written) return in_attribute(name, written.error());
  return {};
}

Status TypedWriter::binary_attribute(const std::string& name, std::string_view bytes) {
  WAYBILL_CHECK(this->name(name));
  binary(bytes);
  return {};
}

Status TypedWriter::name(const std::string& name) {
  if (!is_valid_utf8(name)) return invalid("One or more parameter values were invalid: An attribute name is not UTF-8");
  append_json_string(name, out_);
  out_ += ':';
  size_ += name.size();
  return {};
}

Status TypedWriter::value(const Json& value, int depth) {
  switch (value.type()) {
    case Json::value_t::string: return string(value.get_ref<const std::string&>());
    case Json::value_t::number_integer: integer(value.get<std::int64_t>()); return {};
    case Json::value_t::number_unsigned: integer(value.get<std::uint64_t>()); return {};
    case Json::value_t::number_float: return number(Decimal::of(value.get<double>()));
    case Json::value_t::array: return list(value, depth + 1);
    case Json::value_t::object: return map(value, depth + 1);
    case Json::value_t::boolean:
      out_ += value.get<bool>() ? R"({"BOOL":true})" : R"({"BOOL":false})";
      size_ += 1;
      return {};
    case Json::value_t::binary: {
      if (is_number_text(value)) return number(Decimal::parse(number_text_of(value)));
      const auto& bytes = value.get_binary();
      binary({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
      return {};
    }
    case Json::value_t::null:
    case Json::value_t::discarded: break;
  }
  out_ += R"({"NULL":true})";
  size_ += 1;
  return {};
}

Status TypedWriter::string(const std::string& text) {
  if (!is_valid_utf8(text)) return invalid("One or more parameter values were invalid: A string value is not UTF-8");
  out_ += R"({"S":)";
  append_json_string(text, out_);
  out_ += '}';
  size_ += text.size();
  return {};
}

template <class Integer>
void TypedWriter::integer(Integer number) {
  std::array<char, 24> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  out_ += R"({"N":")";
  out_.append(text.data(), static_cast<std::size_t>(end - text.data()));
  out_ += R"("})";
  size_ +=
      Decimal::of(std::conditional_t<std::is_signed_v<Integer>, std::int64_t, std::uint64_t>(number)).stored_size();
}

Status TypedWriter::number(const Result<Decimal>& number) {
  WAYBILL_TRY(const Decimal decimal, number);
  out_ += R"({"N":")";
  decimal.append_to(out_);
  out_ += R"("})";
  size_ += decimal.stored_size();
  return {};
}

void TypedWriter::binary(std::string_view bytes) {
  out_ += R"({"B":")";
  out_ += to_base64(bytes);
  out_ += R"("})";
  size_ += bytes.size();
}

Status TypedWriter::list(const Json& value, int depth) {
  if (depth > kMaxNesting) {
    return invalid(
        "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond "
        "supported limit");
  }
  out_ += R"({"L":[)";
  size_ += 3 + value.size();
  bool first = true;
  for (const Json& element : value) {
    if (!std::exchange(first, false)) out_ += ',';
    WAYBILL_CHECK(this->value(element, depth));
  }
  out_ += "]}";
  return {};
}

Status TypedWriter::map(const Json& value, int depth) {
  if (depth > kMaxNesting) {
    return invalid(
        "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond "
        "supported limit");
  }
  out_ += R"({"M":{)";
  size_ += 3 + value.size();
  bool first = true;
  for (auto member = value.begin(); member != value.end(); ++member) {
    if (!std::exchange(first, false)) out_ += ',';
    WAYBILL_CHECK(name(member.key()));
    WAYBILL_CHECK(this->value(member.value(), depth));
  }
  out_ += "}}";
  return {};
}

namespace {

Error no_typed_item() { return {ErrorCode::corrupt, "a stored item is damaged: its body is no typed JSON"}; }

// Numbers that are damaged stay readable as the text they are.
Json plain_number(const std::string& text) {
  const auto number = Decimal::parse(text);
  return number ? number->to_json() : Json(text);
}

// Takes the value apart: moves what it can. False on what is no typed value. Its depth is bounded by the writer.
bool plain_value(Json& typed, Json& out) {
  if (!typed.is_object() || typed.size() != 1) return false;
  const std::string& type = typed.begin().key();
  Json& value = typed.begin().value();
  if (type == "S" || type == "B") {
    if (!value.is_string()) return false;
    out = std::move(value);
  } else if (type == "N") {
    if (!value.is_string()) return false;
    out = plain_number(value.get_ref<const std::string&>());
  } else if (type == "BOOL") {
    out = std::move(value);
  } else if (type == "NULL") {
    out = nullptr;
  } else if (type == "M" && value.is_object()) {
    out = Json::object();
    for (auto member = value.begin(); member != value.end(); ++member) {
      if (!plain_value(member.value(), out[member.key()])) return false;
    }
  } else if (type == "L" && value.is_array()) {
    out = Json::array();
    for (Json& element : value) {
      if (!plain_value(element, out.emplace_back())) return false;
    }
  } else if ((type == "SS" || type == "BS") && value.is_array()) {
    out = std::move(value);
  } else if (type == "NS" && value.is_array()) {
    out = Json::array();
    for (const Json& element : value) {
      if (!element.is_string()) return false;
      out.push_back(plain_number(element.get_ref<const std::string&>()));
    }
  } else {
    return false;
  }
  return true;
}

}  // namespace

Result<Json> plain_item(std::string_view typed_body) {
  Json typed = Json::parse(typed_body, nullptr, /*allow_exceptions=*/false);
  if (!typed.is_object()) return no_typed_item();
  Json item = Json::object();
  for (auto member = typed.begin(); member != typed.end(); ++member) {
    if (!plain_value(member.value(), item[member.key()])) return no_typed_item();
  }
  return json_result(std::move(item));
}

}  // namespace waybill::table
