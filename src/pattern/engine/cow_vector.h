// CowVector: a vector in pages that copies share. The one writer changes pages in place until it hands out a copy
// and says so with share(); from then on it clones a page before it changes it. So a copy costs one pointer a page,
// and a change after it one page.
//
// Owner: one writer; copies are immutable and may be read from many threads.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <utility>
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
    PageRef& page = pages_[at / kPageSize];
    if (page->edition != edition_) page = PageRef(page->items, edition_);
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

  std::size_t memory_bytes() const { return pages_.size() * (sizeof(Page) + sizeof(PageRef) + 16); }

 private:
  struct Page {
    std::atomic<std::uint32_t> owners{1};
    std::uint64_t edition = 0;
    T items[kPageSize] = {};
  };

  // As a shared_ptr would, in half the space: what leads to the pages is to stay in the cache.
  class PageRef {
   public:
    explicit PageRef(std::uint64_t edition) : page_(new Page) { page_->edition = edition; }
    PageRef(const T (&items)[kPageSize], std::uint64_t edition) : PageRef(edition) {
      std::copy(std::begin(items), std::end(items), page_->items);
    }
    PageRef(const PageRef& other) : page_(other.page_) { page_->owners.fetch_add(1, std::memory_order_relaxed); }
    PageRef(PageRef&& other) noexcept : page_(std::exchange(other.page_, nullptr)) {}
    PageRef& operator=(PageRef other) noexcept {
      std::swap(page_, other.page_);
      return *this;
    }
    ~PageRef() {
      if (page_ != nullptr && page_->owners.fetch_sub(1, std::memory_order_acq_rel) == 1) delete page_;
    }
    Page* operator->() const { return page_; }

   private:
    Page* page_;
  };

  void add_page() { pages_.emplace_back(edition_); }

  std::vector<PageRef> pages_;
  std::size_t size_ = 0;
  std::uint64_t edition_ = 1;
};

}  // namespace waybill::pattern
