// Counts the events of each source in a table.
#include <waybill/plugin.h>

class CountHandler final : public waybill::Handler {
 public:
  waybill::Outcome handle(const waybill::Invocation& invocation, const waybill::TableReader& tables) override {
    const std::string table = invocation.env("COUNT_TABLE");
    waybill::Outcome outcome;
    std::map<std::string, int> counts;  // of this invocation: a read does not see what it is going to write
    for (const waybill::Record& record : invocation.records) {
      const waybill::Json event = record.parse();
      if (!event.contains("source")) {
        outcome.records.push_back(waybill::RecordOutcome::failure("Missing source in event"));
        continue;
      }
      const std::string source = event["source"];
      if (!counts.contains(source)) {
        const auto item = tables.get(table, {{"source", source}});
        counts[source] = item ? item->at("count").get<int>() : 0;
      }
      waybill::Effects effects;
      effects.put(table, {{"source", source}, {"count", ++counts[source]}, {"updated_at", invocation.now_seconds()}});
      effects.log(waybill::LogLevel::info, source + " has " + std::to_string(counts[source]) + " events");
      outcome.records.push_back(waybill::RecordOutcome::success(std::move(effects)));
      outcome.response = waybill::Json{{"source", source}, {"count", counts[source]}}.dump();
    }
    return outcome;
  }
};

WAYBILL_PLUGIN("acme", "1.0.0", WAYBILL_HANDLER("count", CountHandler))
