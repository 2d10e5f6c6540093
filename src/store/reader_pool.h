#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "base/guarded.h"
#include "store/reader.h"

namespace waybill::store {

// Readers are bound to one thread at a time; this lends them out. Thread-safe.
class ReaderPool {
 public:
  using Factory = std::function<Result<std::unique_ptr<Reader>>()>;
  explicit ReaderPool(Factory factory) : factory_(std::move(factory)) {}

  // Gives the reader back when it goes.
  class Lease {
   public:
    Lease(ReaderPool* pool, std::unique_ptr<Reader> reader) : pool_(pool), reader_(std::move(reader)) {}
    Lease(Lease&&) = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (reader_) pool_->free_.with([this](auto& free) { free.push_back(std::move(reader_)); });
    }
    Reader& operator*() const { return *reader_; }
    Reader* operator->() const { return reader_.get(); }

   private:
    ReaderPool* pool_;
    std::unique_ptr<Reader> reader_;
  };

  Result<Lease> lend() {
    auto reader = free_.with([](auto& free) -> std::unique_ptr<Reader> {
      if (free.empty()) return nullptr;
      auto last = std::move(free.back());
      free.pop_back();
      return last;
    });
    if (!reader) {
      auto made = factory_();
      if (!made) return made.error();
      reader = std::move(*made);
    }
    return Lease(this, std::move(reader));
  }

 private:
  Factory factory_;
  Guarded<std::vector<std::unique_ptr<Reader>>> free_;
};

}  // namespace waybill::store
