// The SNS API in AWS's query protocol, as far as topics reach: topics, subscriptions, publishing, tags.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "api/query/query_call.h"
#include "api/query/xml.h"
#include "base/executor.h"
#include "bus/acceptor.h"
#include "control/book.h"
#include "model/topology.h"
#include "store/journal.h"
#include "topic/publisher.h"
#include "topic/signing_key.h"
#include "topic/subscriptions.h"

namespace waybill::api {

struct SnsPorts {
  topic::Subscriptions& subscriptions;
  topic::SigningKey& key;
  control::Book& book;
  const Snapshot<Topology>& topology;
  store::Journal& journal;
  bus::DeliverySink& sink;
  Executor& io;  // where answers are formed after a commit
  const WallClock& wall;
  Random& random;
  topic::TopicProbe& probe;
};

// What one operation sees. Lives as long as the call.
struct SnsCall {
  const SnsPorts& ports;
  const QueryCall& query;
  Place place;  // account and region that the call is for
};
// The elements inside <ActionResult>.
using SnsAnswer = control::Answer<std::string>;

inline control::Fault sns_invalid(const std::string& what) {
  return {"InvalidParameter", "Invalid parameter: " + what};
}
inline control::Fault sns_not_found(std::string what) { return {"NotFound", std::move(what), 404}; }
inline control::Fault sns_fault(const Error& error) {
  if (error.code == ErrorCode::not_found) return sns_not_found(error.message);
  if (error.code == ErrorCode::invalid || error.code == ErrorCode::limit) {
    return {"InvalidParameter", error.message.starts_with("Invalid") || error.message.starts_with("subscription ")
                                    ? error.message
                                    : "Invalid parameter: " + error.message};
  }
  return {"InternalError", error.message, 500};
}

// Thread-safe; the ports must outlive it.
class SnsApi {
 public:
  explicit SnsApi(const SnsPorts& ports) : ports_(ports) {}

  static bool has(std::string_view action);
  // The actions behind the addresses that receivers are given: they need a token, or an ARN, that nobody can guess. All
  // others are refused as GET, which any web page can make a browser send.
  static bool may_be_visited(std::string_view action) {
    return action == "ConfirmSubscription" || action == "Unsubscribe";
  }
  // Reads the store and waits for commits: on a worker. Publishing answers on an io thread after the commit.
  void call(const QueryCall& query, const Place& place, const std::string& request_id, net::Reply reply) const;
  // GET /SimpleNotificationService-<id>.pem: what receivers check signatures by.
  static bool is_certificate(const net::HttpRequest& request);
  net::HttpResponse certificate(const net::HttpRequest& request) const;

 private:
  const SnsPorts ports_;
};

// sns_topics.cc
SnsAnswer sns_create_topic(const SnsCall& call);
SnsAnswer sns_delete_topic(const SnsCall& call);
SnsAnswer sns_list_topics(const SnsCall& call);
SnsAnswer sns_get_topic_attributes(const SnsCall& call);
SnsAnswer sns_set_topic_attributes(const SnsCall& call);
// sns_subscriptions.cc
SnsAnswer sns_subscribe(const SnsCall& call);
SnsAnswer sns_confirm_subscription(const SnsCall& call);
SnsAnswer sns_unsubscribe(const SnsCall& call);
SnsAnswer sns_list_subscriptions(const SnsCall& call);
SnsAnswer sns_list_subscriptions_by_topic(const SnsCall& call);
SnsAnswer sns_get_subscription_attributes(const SnsCall& call);
SnsAnswer sns_set_subscription_attributes(const SnsCall& call);
// sns_tags.cc
SnsAnswer sns_list_tags_for_resource(const SnsCall& call);
SnsAnswer sns_tag_resource(const SnsCall& call);
SnsAnswer sns_untag_resource(const SnsCall& call);
// sns_publish.cc: `done` gets the answer after the commit, on the writer thread, or before this returns.
using SnsDone = UniqueFunction<void(SnsAnswer)>;
void sns_publish(const SnsCall& call, SnsDone done);
void sns_publish_batch(const SnsCall& call, SnsDone done);

}  // namespace waybill::api
