// CowVector: a vector in pages that copies share. The one writer changes pages in place until it hands out a copy
// and says so with share(); from then on it clones a page before it changes it. So a copy costs one pointer a page,
// and a change after it one page.
//
// Owner: one writer; copies are immutable and may be read from many threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace waybill::pattern {

template <class T, std::size_t kPageSize>
class CowVector {
  static_assert((kPageSize & (kPageSize - 1)) == 0, "a power of two");

 public:
  std::size_t size() const { return size_; }

  // REQUIRES: at < size().
  const T& operator[](std::size_t at) const { return pages_[at / kPageSize]->items[at % kPageSize]; }

  // The writer's way to an element. REQUIRES: at < size().
  T& edit(std::size_t at) {
    std::shared_ptr<Page>& page = pages_[at / kPageSize];
    if (page->edition != edition_) {
      page = std::make_shared<Page>(*page);
      page->edition = edition_;
    }
    return page->items[at % kPageSize];
  }

  void push_back(T value) {
    if (size_ % kPageSize == 0) add_page();
    ++size_;
    edit(size_ - 1) = std::move(value);
  }

  // New elements are T().
  void grow_to(std::size_t size) {
    while (pages_.size() * kPageSize < size) add_page();
    if (size > size_) size_ = size;
  }

  // Say so after making a copy that others will read.
  void share() { ++edition_; }

  std::size_t memory_bytes() const { return pages_.size() * (sizeof(Page) + sizeof(std::shared_ptr<Page>) + 16); }

 private:
  struct Page {
    std::uint64_t edition = 0;
    T items[kPageSize] = {};
  };

  void add_page() {
    pages_.push_back(std::make_shared<Page>());
    pages_.back()->edition = edition_;
  }

  std::vector<std::shared_ptr<Page>> pages_;
  std::size_t size_ = 0;
  std::uint64_t edition_ = 1;
};

}  // namespace waybill::pattern
