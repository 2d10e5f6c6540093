#include "pattern/engine/text_hash.h"

#include <set>
#include <string>

#include <doctest/doctest.h>

namespace waybill::pattern {

TEST_CASE("every byte of a text and its length count") {
  std::set<std::uint64_t> hashes;
  std::size_t texts = 0;
  for (std::size_t length = 0; length < 40; ++length) {
    const std::string plain(length, 'a');
    hashes.insert(hash_text(plain.data(), length));
    ++texts;
    for (std::size_t at = 0; at < length; ++at) {
      std::string text = plain;
      text[at] = 'b';
      hashes.insert(hash_text(text.data(), length));
      ++texts;
    }
  }
  CHECK(hashes.size() == texts);
}

TEST_CASE("the ends of a text of up to sixteen bytes are all of it") {
  for (std::size_t length = 1; length <= 16; ++length) {
    const std::string plain(length, 'a');
    for (std::size_t at = 0; at < length; ++at) {
      std::string text = plain;
      text[at] = 'b';
      const TextEnds one = ends_of(plain.data(), length);
      const TextEnds other = ends_of(text.data(), length);
      CHECK_FALSE(one == other);
    }
  }
}

TEST_CASE("ends are the same however they are read") {
  const std::string text = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  for (std::size_t length = 0; length <= 18; ++length) {
    CHECK(ends_of(text.data(), length) == ends_of_readable(text.data(), length));
    CHECK(hash_text(text.data(), length) == hash_text(std::string(text, 0, length).data(), length));
  }
}

}  // namespace waybill::pattern
