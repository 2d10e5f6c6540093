// Pages of the List* operations (contract section 1): in byte order of a key, NextToken opaque and of this service.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include <nlohmann/json.hpp>

#include "api/aws_error.h"

namespace waybill::api {

struct PageRequest {
  std::size_t limit = 100;
  std::optional<std::string> after{};  // the last key of the page before
};

// Limit and NextToken of a request that kept its model. A token that was not made here is a ValidationException.
std::variant<PageRequest, AwsError> page_request(const nlohmann::json& request);

// "the page after this key" as a token that holds for any later Limit.
std::string page_token(std::string_view last_key);

template <class T>
struct Page {
  std::span<const T> items;
  std::string next_token;  // "" on the last page
};

// `sorted` by key_of(item), a string, in byte order; it must outlive the page. What was there before `after` and has
// since gone does not matter.
template <class T, class KeyOf>
Page<T> page_of(std::span<const T> sorted, const PageRequest& request, KeyOf key_of) {
  auto first = sorted.begin();
  if (request.after) {
    first = std::upper_bound(first, sorted.end(), std::string_view(*request.after),
                             [&](std::string_view key, const T& item) { return key < std::string_view(key_of(item)); });
  }
  const auto rest = static_cast<std::size_t>(sorted.end() - first);
  const auto items = sorted.subspan(sorted.size() - rest, std::min(rest, request.limit));
  return {items, items.size() < rest ? page_token(key_of(items.back())) : ""};
}

}  // namespace waybill::api
