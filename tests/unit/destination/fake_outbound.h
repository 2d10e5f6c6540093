// An HTTP client whose calls wait for the test to answer them.
#pragma once

#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "net/outbound.h"

namespace waybill::testing {

class FakeOutbound final : public net::Outbound {
 public:
  void submit(net::HttpCall call, Callback done) override {
    calls.push_back(std::move(call));
    open_.push_back(std::move(done));
  }
  std::size_t open() const { return open_.size(); }

  // Answers the oldest call that is open.
  void answer(unsigned status, std::string body = "", std::vector<std::pair<std::string, std::string>> headers = {}) {
    net::HttpResponse response;
    response.status = status;
    response.body = std::move(body);
    response.headers = std::move(headers);
    end(std::move(response));
  }
  void fail(net::OutboundError::Kind kind) { end(net::OutboundError{kind, "what happened"}); }

  std::vector<net::HttpCall> calls;

 private:
  void end(net::OutboundResult result) {
    Callback done = std::move(open_.front());
    open_.pop_front();
    done(std::move(result));
  }
  std::deque<Callback> open_;
};

}  // namespace waybill::testing
