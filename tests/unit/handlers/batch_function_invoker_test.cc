// Batches of messages for native handlers, and what becomes of a message that crashes them.
#include "handlers/host/batch_function_invoker.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include "host_fixture.h"
#include "support/temp_dir.h"

using namespace waybill;
using namespace waybill::testing;
using delivery::CrashLog;

namespace {

const std::string kJobs = Place{}.queue("jobs");
const std::string kGraves = Place{}.queue("graves");

// A queue as a catalog has it, with that number.
Resource queue_row(const std::string& name, int number, const std::string& extra = "") {
  Resource row = resource("AWS::SQS::Queue", name, R"({"Arn":")" + Place{}.queue(name) + "\"" + extra + "}");
  row.state = R"({"Id":)" + std::to_string(number) + "}";
  return row;
}

queue::Received received(std::int64_t id, int receives, const std::string& body = "{}") {
  auto message = std::make_shared<Message>();
  message->id = {id};
  message->body = body;
  message->attributes = R"({"kind":{"DataType":"String","StringValue":"x"}})";
  queue::Received made;
  made.message = std::move(message);
  made.fence = {QueueId{7}, {id}, receives, {}};
  made.message_id = "message-" + std::to_string(id);
  made.receive_count = receives;
  return made;
}

struct Batches {
  explicit Batches(const std::string& queue_extra = "") {
    auto resources = one_rule();
    resources.push_back(queue_row("jobs", 7, queue_extra));
    resources.push_back(queue_row("graves", 8));
    host.pipeline.configure(resources);
    host.handler->act = [this](const Invocation& invocation, const TableReader&) {
      calls.push_back(invocation.records.size());
      Outcome outcome;
      for (std::size_t i = 0; i < invocation.records.size(); ++i) outcome.records.push_back(RecordOutcome::success());
      return outcome;
    };
    log = CrashLog::open(file).value();
    invoker = std::make_unique<BatchFunctionInvoker>(
        FunctionInvoker::Ports{host.registry, host.effects, host.pipeline.readers, host.pipeline.topology, host.tables,
                               host.pipeline.random, LogLevel::error},
        *log, host.pipeline.journal);
  }
  std::vector<queue::RecordResult> call(const std::vector<queue::Received>& messages) {
    const auto function = host.pipeline.topology.get()->function(Place{}.function("work"));
    return invoker->invoke(
        {*function, messages, "request", host.pipeline.wall.now(), host.pipeline.steady.now(), kJobs});
  }
  // The messages are given to a handler that ends a process of its own; then the daemon starts anew.
  void crash(const std::vector<queue::Received>& messages) {
    const pid_t child = ::fork();
    if (child == 0) {
      const rlimit no_core{0, 0};
      ::setrlimit(RLIMIT_CORE, &no_core);
      delivery::note_crashes();
      host.handler->act = [](const Invocation&, const TableReader&) -> Outcome { std::abort(); };
      call(messages);
      ::_exit(98);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    CHECK(WIFSIGNALED(status));
    invoker.reset();
    log = CrashLog::open(file).value();
    invoker = std::make_unique<BatchFunctionInvoker>(
        FunctionInvoker::Ports{host.registry, host.effects, host.pipeline.readers, host.pipeline.topology, host.tables,
                               host.pipeline.random, LogLevel::error},
        *log, host.pipeline.journal);
  }

  TempDir directory;
  const std::string file = directory.path() / "in_flight";
  Host host;
  std::unique_ptr<CrashLog> log;
  std::unique_ptr<BatchFunctionInvoker> invoker;
  std::vector<std::size_t> calls;  // how many messages each held
};

template <class Change>
const Change* only(const queue::RecordResult& result) {
  REQUIRE(result.changes.list.size() == 1);
  return std::get_if<Change>(&result.changes.list.front());
}

}  // namespace

TEST_CASE("a message that crashed its handler three times alone leaves the queue for the dead letters") {
  Batches batches;
  for (int receives = 1; receives <= 3; ++receives) {
    CHECK(batches.invoker->wants_alone(received(41, receives)) == (receives > 1));
    batches.crash({received(41, receives)});
  }
  CHECK(batches.invoker->wants_alone(received(41, 4)));
  const auto results = batches.call({received(41, 4, R"({"id":"event-1","detail":{}})")});
  REQUIRE(results.size() == 1);
  CHECK(results[0].ok);  // it is done with
  CHECK(batches.calls.empty());
  const auto* buried = only<store::InsertDeadLetter>(results[0]);
  REQUIRE(buried);
  CHECK(buried->letter.error_code == "HANDLER_CRASHED");
  CHECK(buried->letter.body == R"({"id":"event-1","detail":{}})");
  CHECK(buried->letter.origin == kJobs);
  CHECK(buried->letter.target_arn == Place{}.function("work"));
  CHECK(buried->letter.attempts == 4);
}

TEST_CASE("or for the queue's dead-letter queue, as the receive that is one too many would have moved it") {
  Batches batches(R"(,"RedrivePolicy":{"deadLetterTargetArn":")" + kGraves + R"(","maxReceiveCount":5})");
  for (int i = 0; i < 3; ++i) batches.crash({received(41, 1)});
  const auto results = batches.call({received(41, 4)});
  const auto* sent = only<store::SendMessage>(results.at(0));
  REQUIRE(sent);
  CHECK(sent->queue == QueueId{8});
  CHECK(sent->source == QueueId{7});
  CHECK(sent->message->id.value != 41);
  CHECK(sent->message->attributes == received(41, 1).message->attributes);
}

TEST_CASE("of a batch that crashed, what is received again is given alone, until the culprit is found") {
  Batches batches;
  const auto batch = CrashLog::batch_of(QueueId{7});
  batches.crash({received(40, 1), received(41, 1)});
  CHECK(batches.invoker->wants_alone(received(40, 2)));
  CHECK(batches.invoker->wants_alone(received(41, 2)));
  CHECK_FALSE(batches.invoker->wants_alone(received(42, 1)));
  batches.call({received(42, 1), received(43, 1)});  // ends well, and proves nothing of the others
  CHECK(batches.invoker->wants_alone(received(41, 2)));
  batches.call({received(40, 2)});
  for (int i = 0; i < 3; ++i) batches.crash({received(41, 2 + i)});
  batches.call({received(41, 5)});
  CHECK(batches.log->crashes(batch) == 0);
  CHECK_FALSE(batches.invoker->wants_alone(received(40, 3)));
  CHECK(batches.calls == std::vector<std::size_t>{2, 1});
}

TEST_CASE("a message that crashed its handler and is handled then is suspected no more") {
  Batches batches;
  batches.crash({received(41, 1)});
  CHECK(batches.call({received(41, 2)}).at(0).ok);
  CHECK(batches.calls == std::vector<std::size_t>{1});
  CHECK_FALSE(batches.invoker->wants_alone(received(41, 3)));
}
