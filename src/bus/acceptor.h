// The way in: entries are checked, stamped and matched, and become changes for the Journal.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/function.h"
#include "base/random.h"
#include "bus/entry.h"
#include "bus/rule_table.h"
#include "model/delivery.h"
#include "store/changes.h"
#include "store/journal.h"

namespace waybill::bus {

// Declared here, implemented over the metrics room by the daemon. Thread-safe.
class BusProbe {
 public:
  virtual ~BusProbe() = default;
  virtual void received(std::size_t /*entries*/) {}
  virtual void rejected(std::string_view /*error_code*/) {}
  virtual void matched(const RuleSpec& /*rule*/) {}
  virtual void unmatched() {}
  virtual void unknown_bus(std::string_view /*name*/, std::string_view /*nearest*/) {}
};

// Who gets the deliveries once they are committed. Thread-safe; must not block.
class DeliverySink {
 public:
  virtual ~DeliverySink() = default;
  virtual void committed(std::vector<NewDelivery> deliveries) = 0;
};

struct Prepared {
  std::vector<EntryResult> results;     // one per entry, in order
  store::Changes changes;               // empty when no entry matched a rule: nothing needs to be stored
  std::vector<NewDelivery> deliveries;  // for the sink, after the commit
};

// Thread-safe: the rules are read from a snapshot, the rest is constant.
class Acceptor {
 public:
  Acceptor(const Snapshot<RuleTable>& rules, store::Journal& journal, const WallClock& clock, Random& random,
           BusProbe& probe)
      : rules_(rules), journal_(journal), clock_(clock), random_(random), probe_(probe) {}

  // Pure but for ids and time. Handlers' emitted events come through here too, to commit with what emitted them;
  // their depth is that of the delivery that caused them + 1.
  Prepared prepare(const std::vector<Entry>& entries, int depth) const;

  // An event that is made already, on its way to a bus: handed over by another bus, or fired by a schedule.
  struct Passing {
    std::string bus_arn;
    PayloadKind kind = PayloadKind::event;
    WallTime time;      // the event's own
    std::string event;  // in delivered form
    int depth = 0;
  };
  // False when there is no such bus, or the event is no JSON object.
  bool pass(Passing passing, Prepared& into) const;

  using Reply = UniqueFunction<void(boost::system::result<std::vector<EntryResult>, store::Refusal>)>;
  // Prepares and commits. `reply` runs on the thread of the ingress log after the sync, or on the calling one when
  // nothing had to be stored or ingress is shed.
  void put_events(const std::vector<Entry>& entries, DeliverySink& sink, Reply reply) const;

 private:
  EntryResult accept(const RuleTable& rules, const Entry& entry, WallTime now, int depth, Prepared& into) const;
  bool deliver(const RuleTable& rules, Passing passing, Prepared& into) const;

  const Snapshot<RuleTable>& rules_;
  store::Journal& journal_;
  const WallClock& clock_;
  Random& random_;
  BusProbe& probe_;
};

}  // namespace waybill::bus
