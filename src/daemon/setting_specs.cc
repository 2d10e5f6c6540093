#include <limits>

#include "daemon/settings.h"

namespace waybill {

namespace {

constexpr std::int64_t kAny = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kDay = 86'400'000;
using enum SettingKind;

// Where the daemon is reached, what it holds, and the quotas of the API.
std::vector<SettingSpec> service_specs() {
  return {
      {"listen", text, "127.0.0.1:4566", "", 0, 0, "Address and port to serve on; port 0 picks a free one."},
      {"port_file", text, "", "", 0, 0, "File that gets the port when the daemon is ready."},
      {"allow_unauthenticated_listen", flag, "false", "", 0, 0,
       "Allow listening beyond loopback. Requests are not authenticated."},
      {"allowed_hosts", list, "localhost,*.localhost,*.localhost.localstack.cloud", "", 0, 0,
       "Host names that requests may name in Host and Origin; loopback addresses are always allowed."},
      {"public_url", text, "", "", 0, 0,
       "Address by which receivers of notifications reach the daemon; default: the one that is listened on."},
      {"topics.confirm", text, "always", "", 0, 0,
       "Whether web servers must confirm subscriptions before they are told anything: always, or never."},
      {"topics.webhook_shapes", list, "hooks.slack.com=slack,events.pagerduty.com=pagerduty", "", 0, 0,
       "What receivers get that speak no SNS: HOST=slack, HOST=pagerduty or HOST=sns; *.SUFFIX for all hosts below."},
      {"allow_reset", flag, "false", "", 0, 0, "Allow POST /_waybill/reset, which drops all data."},
      {"allow_faults", flag, "false", "", 0, 0,
       "Allow POST /_waybill/faults, which makes deliveries fail or wait, to rehearse that."},
      {"clock", text, "system", "", 0, 0,
       "system; or virtual: time stands still, is kept over restarts, and goes on with POST /_waybill/clock."},
      {"data_dir", text, "", "", 0, 0,
       "Directory of the store; :memory: keeps nothing. Default: $STATE_DIRECTORY, else $XDG_STATE_HOME/waybill."},
      {"account_id", text, "000000000000", "", 0, 0, "Account of the resources: 12 digits."},
      {"region", text, "us-east-1", "", 0, 0, "Region of the resources."},
      {"tenancy", text, "single", "", 0, 0,
       "single: every client reaches the same resources, whatever its key and region; aws: resources are apart for "
       "each "
       "account (an access key id of 12 digits) and region of the request's signature."},
      {"rules", list, "", "", 0, 0,
       "CloudFormation templates to load: files, or directories of *.yaml, *.yml, *.json."},
      {"templates.unknown", text, "error", "", 0, 0,
       "What an unknown property or resource type in a template is: error, or warn."},
      {"templates.drop_tables", flag, "false", "", 0, 0,
       "Allow deleting tables that hold items, when a template no longer declares them or a parameter renames them."},
      {"plugins", list, "", "", 0, 0, "Handler plugins to load: shared objects, or directories of *.so."},
      {"log.level", text, "info", "", 0, 0, "trace, debug, info, warn, error or off."},
      {"log.format", text, "text", "", 0, 0, "text, or json with one object a line."},
      {"log.functions", text, "warn", "", 0, 0,
       "Least level of the lines that functions log: debug, info, warn or error."},
      {"limits.put_events_entries", number, "10", "", 1, 1000, "Entries of one PutEvents call."},
      {"limits.put_events_bytes", number, "1048576", "bytes", 1024, 8'388'608, "Sum of a PutEvents call's entries."},
      {"limits.event_buses", number, "100", "", 1, 1'000'000, "Event buses of an account and region."},
      {"limits.rules", number, "300", "", 1, 1'000'000, "Rules of an event bus."},
      {"limits.targets", number, "5", "", 1, 100, "Targets of a rule."},
      {"limits.pattern_characters", number, "2048", "", 1, 4096, "Length of a rule's event pattern."},
      {"limits.policy_characters", number, "10240", "", 1, 1'000'000, "Length of an event bus's policy."},
      {"limits.queue_message_bytes", number, "262144", "bytes", 1024, 1'048'576,
       "Size of a queue's message with its attributes, and of all messages of a batch."},
      {"limits.tags", number, "50", "", 1, 1000, "Tags of a resource."},
      {"limits.active_replays", number, "10", "", 1, 1000, "Replays that run at the same time."},
      {"limits.connections", number, "3000", "", 1, 1'000'000, "Connections of an account and region."},
      {"limits.api_destinations", number, "3000", "", 1, 1'000'000, "API destinations of an account and region."},
  };
}

// How it works inside.
std::vector<SettingSpec> inner_specs() {
  return {
      {"http.max_body_bytes", number, "8388608", "bytes", 1024, 1LL << 30, "Largest request body, also decompressed."},
      {"http.max_header_bytes", number, "16384", "bytes", 1024, 1 << 20, "Largest request line and header fields."},
      {"http.max_connections", number, "1024", "", 1, 65'536, "Open connections; a further one is answered 503."},
      {"http.read_deadline", duration, "10s", "", 10, kDay, "For a whole request, from its first byte."},
      {"http.idle_deadline", duration, "75s", "", 10, kDay, "For the next request on an open connection."},
      {"http.write_deadline", duration, "30s", "", 10, kDay, "For a client to take an answer."},
      {"http.threads", number, "2", "", 1, 64, "Threads that serve HTTP."},
      {"outbound.ca_file", text, "", "", 0, 0,
       "PEM certificates that API destinations are trusted by, in place of the system's."},
      {"allow_http_endpoints", flag, "false", "", 0, 0,
       "Allow API destinations and OAuth endpoints with http://, which AWS refuses: for receivers on one's own "
       "machine."},
      {"smtp.host", text, "", "", 0, 0,
       "SMTP server that sends the e-mails of topics; without one they wait in the store."},
      {"smtp.port", number, "0", "", 0, 65'535, "Its port; 0: 587 with starttls, 465 with implicit, 25 with none."},
      {"smtp.tls", text, "starttls", "", 0, 0,
       "starttls: required, no mail without it; implicit: TLS from the first byte; none. Trusted by outbound.ca_file."},
      {"smtp.username", text, "", "", 0, 0, "Name to log in with; empty for no login."},
      {"smtp.password_file", text, "", "", 0, 0,
       "File with the password, read for each mail: a new one needs no restart."},
      {"smtp.from", text, "", "", 0, 0, "Address that e-mails come from."},
      {"smtp.digest_above", number, "10", "", 0, 1'000'000,
       "E-mails a minute to one subscription; what follows waits for the next minute and goes as one. 0: never."},
      {"shutdown.limit", duration, "10s", "", 0, kDay, "How long a stop waits for requests and handlers in flight."},
      {"retry.base", duration, "1s", "", 1, kDay,
       "Backoff before the first retry, doubled for each further one, with full jitter."},
      {"retry.cap", duration, "15m", "", 1, kDay, "Longest backoff."},
      {"retries", text, "single", "", 0, 0,
       "single: a rule's retry policy covers the whole way through its function; aws: the hand-over only, and the "
       "function's invocation has retries of its own, as an AWS::Lambda::EventInvokeConfig gives it in either case."},
      {"delivery.workers", number, "2", "", 1, 256,
       "Functions that run at the same time, beside those that take longer than 0.1 s."},
      {"delivery.window", number, "1024", "", 16, 1'000'000,
       "Deliveries of one target kept in memory; the rest waits in the store."},
      {"delivery.circuit_failures", number, "5", "", 0, 1000,
       "Failures in a row that say a target is down, after which it is only probed; 0: never."},
      {"delivery.circuit_wait", duration, "1s", "", 1, kDay,
       "Before the first probe of a target that is down, doubled for each further one."},
      {"delivery.circuit_wait_max", duration, "1m", "", 1, kDay, "Longest wait between two probes."},
      {"journal.ingress_limit_bytes", number, "67108864", "bytes", 65'536, kAny,
       "Events waiting to be stored above this are refused with ThrottlingException."},
      {"journal.checkpoint_bytes", number, "4194304", "bytes", 65'536, kAny,
       "Write-ahead log above this is folded into the database."},
      {"dead_letters.retention", duration, "14d", "", 1000, 3650 * kDay,
       "Dead letters older than this are removed, and counted."},
      {"maintenance.interval", duration, "5s", "", 10, kDay, "How often retention and TTL are looked after."},
  };
}

}  // namespace

const std::vector<SettingSpec>& setting_specs() {
  static const std::vector<SettingSpec> kSpecs = [] {
    std::vector<SettingSpec> specs = service_specs();
    for (SettingSpec& spec : inner_specs()) specs.push_back(std::move(spec));
    return specs;
  }();
  return kSpecs;
}

}  // namespace waybill
