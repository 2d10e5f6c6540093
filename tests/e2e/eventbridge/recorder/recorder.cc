// Stores what it is given, to the byte, so that a test can see what a target got.
#include <waybill/plugin.h>

class RecordHandler final : public waybill::Handler {
 public:
  waybill::Outcome handle(const waybill::Invocation& invocation, const waybill::TableReader&) override {
    waybill::Outcome outcome;
    for (std::size_t i = 0; i < invocation.records.size(); ++i) {
      const waybill::Record& record = invocation.records[i];
      waybill::Effects effects;
      effects.put(invocation.env("TABLE"), {{"event_id", record.id},
                                            {"recording_id", invocation.uuid(i)},
                                            {"function", invocation.function_name},
                                            {"body", record.body}});
      outcome.records.push_back(waybill::RecordOutcome::success(std::move(effects)));
    }
    return outcome;
  }
};

class FailHandler final : public waybill::Handler {
 public:
  waybill::Outcome handle(const waybill::Invocation& invocation, const waybill::TableReader&) override {
    waybill::Outcome outcome;
    outcome.records.assign(invocation.records.size(), waybill::RecordOutcome::failure("as asked"));
    return outcome;
  }
};

WAYBILL_PLUGIN("recorder", "1.0.0", WAYBILL_HANDLER("record", RecordHandler), WAYBILL_HANDLER("fail", FailHandler))
