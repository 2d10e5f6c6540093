// Dead letters and waiting notifications, for people.
#pragma once

#include "api/api.h"

namespace waybill::api {

class DeadLettersApi {
 public:
  explicit DeadLettersApi(const ApiPorts& ports) : ports_(ports) {}

  // Query parameters: target, rule, code, event, after, limit (1..1000). → {"dead_letters":[…],"next":id}
  net::HttpResponse list(const std::string& query) const;
  net::HttpResponse show(std::string_view id) const;
  net::HttpResponse drop(std::string_view id) const;
  // Body: {"id":n} or {"filter":{"target","rule","code","event"}}, "detail": object, "dry_run": bool, "limit": how many
  // of the filter's letters this call looks at, "after": the "next" of an earlier answer; nothing else is taken. →
  // {"redriven":n,"ids":[…],"failed":[{"id","message"}],"next"}; next: with a limit, while there are more.
  net::HttpResponse redrive(const std::string& body) const;
  // Notifications that wait for their subscription's transport. → {"notifications":[…]}
  net::HttpResponse notifications(const std::string& query) const;

 private:
  const ApiPorts& ports_;
};

}  // namespace waybill::api
