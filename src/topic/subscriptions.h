// Receivers of subscriptions are asked whether they agree, and may agree or leave. State is kept in the catalog.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "control/book.h"
#include "model/delivery.h"
#include "model/topology.h"
#include "store/journal.h"

namespace waybill::topic {

// Thread-safe. Every call may edit the book: not on the writer thread.
class Subscriptions {
 public:
  struct Ports {
    control::Book& book;
    const Snapshot<Topology>& topology;
    store::Journal& journal;
    const WallClock& clock;
    Random& random;
    std::function<void(std::vector<NewDelivery>)> committed;  // on the writer thread: must not block
    std::function<bool(EndpointId)> is_under_way;             // whether something waits to be delivered there
    std::function<Result<std::string>()> make_token;          // text that cannot be guessed
  };
  explicit Subscriptions(Ports ports) : ports_(std::move(ports)) {}

  enum class Whom {
    new_ones,     // those that were not asked; after each change of subscriptions
    silent_ones,  // also those that were asked and did not agree; at start and reload: they may have been down
  };
  // Sends a request for confirmation, through the same pipeline as notifications, to receivers that must agree. One
  // that is asked again gets the token that it had, and is not asked while a request is on its way.
  Status ask_all(Whom whom = Whom::new_ones);
  // The receiver agrees. The ARN of its subscription; again for a token that was used. Errors: not_found (no such
  // topic), invalid (no such token).
  Result<std::string> confirm(const std::string& topic_arn, const std::string& token);
  // The receiver leaves: the subscription goes; a template that declares it brings it back when it is applied again.
  // Error: not_found.
  Status unsubscribe(const std::string& subscription_arn);

 private:
  Status ask(const SubscriptionSpec& subscription, const std::string& topic_arn, const CatalogRow& row,
             control::Edit& edit, std::vector<NewDelivery>& deliveries) const;

  const Ports ports_;
};

}  // namespace waybill::topic
