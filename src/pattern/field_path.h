// Dotted field paths and their hashes, which patterns and events build alike: {"a": {"b": …}} and {"a.b": …}
// both speak of the path "a.b". Arrays leave no trace in paths.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace waybill::pattern {

// FNV-1a, so that the hash of a longer path follows from that of a shorter one.
class PathHash {
 public:
  static constexpr std::uint64_t kStart = 14695981039346656037ULL;

  static constexpr std::uint64_t extend(std::uint64_t hash, std::string_view text) {
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    return hash;
  }
};

class FieldPath {
 public:
  explicit FieldPath(std::string text) : text_(std::move(text)), hash_(PathHash::extend(PathHash::kStart, text_)) {}

  const std::string& text() const { return text_; }
  std::uint64_t hash() const { return hash_; }

 private:
  std::string text_;
  std::uint64_t hash_;
};

}  // namespace waybill::pattern
