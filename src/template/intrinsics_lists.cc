// Fn::Join, Fn::Select, Fn::Split, Fn::FindInMap, Fn::Base64: values made of other values.
#include "template/intrinsics.h"
#include "template/nearest.h"
#include "template/text.h"

namespace waybill::templates {

namespace {

std::string base64_text(const std::string& bytes) {
  static constexpr char kLetters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    unsigned block = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      block = (block << 8) | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      text += i + k > bytes.size() ? '=' : kLetters[(block >> (18 - 6 * k)) & 63u];
    }
  }
  return text;
}

std::vector<std::string> member_names(const Json& object) {
  std::vector<std::string> names;
  if (!object.is_object()) return names;
  for (const auto& [name, value] : object.get_ref<const Json::object_t&>()) names.push_back(name);
  return names;
}

}  // namespace

Json Resolver::join(const Json& argument, const Path& path) {
  const Json* both = arguments(argument, 2, 2, path, "Fn::Join takes a list of a delimiter and a list of texts");
  if (!both) return broken_value();
  const auto delimiter = text((*both)[0], path / std::size_t{0}, "the delimiter of Fn::Join");
  const auto items = list((*both)[1], path / std::size_t{1}, "what Fn::Join joins");
  if (!delimiter || !items) return broken_value();
  std::string result;
  for (std::size_t i = 0; i < items->size(); ++i) {
    const auto item = scalar_text((*items)[i]);
    if (!item) return bad(path / std::size_t{1} / i, "Fn::Join joins texts, not " + kind_of((*items)[i]));
    result += (i == 0 ? "" : *delimiter) + *item;
    if (result.size() > kMaxTemplateBytes) return bad(path, "Fn::Join makes a text of more than 1 MB");
  }
  return result;
}

Json Resolver::select(const Json& argument, const Path& path) {
  const Json* both = arguments(argument, 2, 2, path, "Fn::Select takes a list of an index and a list");
  if (!both) return broken_value();
  const auto index_text = text((*both)[0], path / std::size_t{0}, "the index of Fn::Select");
  const auto items = list((*both)[1], path / std::size_t{1}, "what Fn::Select selects from");
  if (!index_text || !items) return broken_value();
  const auto index = integer_of(*index_text);
  if (!index || *index < 0 || static_cast<std::size_t>(*index) >= items->size()) {
    return bad(path, "the index of Fn::Select is " + *index_text + ", but the list has " +
                         std::to_string(items->size()) + " entries, counted from 0");
  }
  return (*items)[static_cast<std::size_t>(*index)];
}

Json Resolver::split(const Json& argument, const Path& path) {
  const Json* both = arguments(argument, 2, 2, path, "Fn::Split takes a list of a delimiter and a text");
  if (!both) return broken_value();
  const auto delimiter = text((*both)[0], path / std::size_t{0}, "the delimiter of Fn::Split");
  const auto whole = text((*both)[1], path / std::size_t{1}, "what Fn::Split splits");
  if (!delimiter || !whole) return broken_value();
  if (delimiter->empty()) return bad(path, "the delimiter of Fn::Split must not be empty");
  Json result = Json::array();
  std::size_t from = 0;
  while (true) {
    const std::size_t at = whole->find(*delimiter, from);
    result.push_back(whole->substr(from, at == std::string::npos ? at : at - from));
    if (at == std::string::npos) return result;
    from = at + delimiter->size();
  }
}

Json Resolver::find_in_map(const Json& argument, const Path& path) {
  const Json* keys = arguments(argument, 3, 3, path, "Fn::FindInMap takes a list of a mapping's name and two keys");
  if (!keys) return broken_value();
  const Json empty = Json::object();
  const Json* here = names_.mappings ? names_.mappings : &empty;
  std::string said = "Mappings";
  for (std::size_t i = 0; i < 3; ++i) {
    const auto key = text((*keys)[i], path / i, "a key of Fn::FindInMap");
    if (!key) return broken_value();
    const Json* next = find_member(*here, *key);
    if (!next) {
      const std::vector<std::string> names = member_names(*here);
      return bad(path, said + " has no " + in_quotes(*key) +
                           (names.empty() ? "" : "; the nearest is " + nearest(*key, names)));
    }
    said += (i == 0 ? " " : ".") + *key;
    here = next;
  }
  if (here->is_object()) return bad(path, said + " is a map; a mapping has a text or a list there");
  return *here;
}

Json Resolver::base64(const Json& argument, const Path& path) {
  const auto plain = text(argument, path, "what Fn::Base64 encodes");
  return plain ? Json(base64_text(*plain)) : broken_value();
}

}  // namespace waybill::templates
