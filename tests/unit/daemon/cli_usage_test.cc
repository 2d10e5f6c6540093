// What people and scripts see of the command line itself: help, exit codes, refusals of one line.
#include <algorithm>
#include <fstream>
#include <iostream>
#include <sstream>

#include <doctest/doctest.h>

#include "daemon/cli/command_line.h"

using namespace waybill::cli;

namespace {

struct Run {
  int code = 0;
  std::string out, err;
};

// Runs a command line with the standard streams caught.
Run run(std::vector<std::string> args) {
  std::ostringstream out, err;
  std::streambuf* const real_out = std::cout.rdbuf(out.rdbuf());
  std::streambuf* const real_err = std::cerr.rdbuf(err.rdbuf());
  Run result;
  result.code = run_command_line(std::move(args));
  std::cout.rdbuf(real_out);
  std::cerr.rdbuf(real_err);
  result.out = out.str();
  result.err = err.str();
  return result;
}

const std::vector<std::vector<std::string>> kVerbs{{"serve"},
                                                   {"check"},
                                                   {"put-events"},
                                                   {"tables"},
                                                   {"query"},
                                                   {"scan"},
                                                   {"dead-letters", "list"},
                                                   {"dead-letters", "show"},
                                                   {"dead-letters", "redrive"},
                                                   {"dead-letters", "drop"},
                                                   {"notifications"},
                                                   {"status"},
                                                   {"health"},
                                                   {"reset"},
                                                   {"match"},
                                                   {"env"},
                                                   {"clock"},
                                                   {"clock", "advance"},
                                                   {"clock", "halt"},
                                                   {"faults"},
                                                   {"faults", "add"},
                                                   {"faults", "list"},
                                                   {"faults", "clear"},
                                                   {"settings"}};

}  // namespace

TEST_CASE("the help names every verb and the exit codes") {
  const Run help = run({"--help"});
  CHECK(help.code == 0);
  for (const auto& verb : kVerbs) CHECK(help.out.find("  " + verb.front() + " ") != std::string::npos);
  CHECK(help.out.find("Exit codes: 0 done, 1 failed, 2 used wrongly") != std::string::npos);
}

TEST_CASE("every verb explains itself, and docs/cli.md tells of it") {
  std::ostringstream page;
  page << std::ifstream(std::string(WAYBILL_SOURCE_DIR) + "/docs/cli.md").rdbuf();
  for (auto args : kVerbs) {
    CAPTURE(args.back());
    CHECK(page.str().find("waybill " + args.front()) != std::string::npos);
    CHECK(page.str().find(args.back()) != std::string::npos);
    args.emplace_back("--help");
    const Run help = run(args);
    CHECK(help.code == 0);
    CHECK(help.out.find("Usage: waybill " + args.front()) != std::string::npos);
    CHECK(help.err.empty());
  }
}

TEST_CASE("--version is the name and the number") {
  const Run version = run({"--version"});
  CHECK(version.code == 0);
  CHECK(version.out.starts_with("waybill 0."));
}

TEST_CASE("a command line that is used wrongly gets 2 and one line that says what would be right") {
  const auto refusal = [](std::vector<std::string> args) {
    const Run refused = run(std::move(args));
    CHECK(refused.code == 2);
    CHECK(refused.out.empty());
    CHECK(std::count(refused.err.begin(), refused.err.end(), '\n') == 1);
    return refused.err;
  };
  CHECK(refusal({"qeury"}) == "waybill: there is no verb 'qeury'; did you mean query? See 'waybill --help'.\n");
  CHECK(refusal({"query", "t", "--kye", "1"}).find("did you mean --key?") != std::string::npos);
  CHECK(refusal({"query", "t"}).find("--key is required") != std::string::npos);
  CHECK(refusal({"scan", "t", "u"}).find("'u' is one argument too many") != std::string::npos);
  CHECK(refusal({"scan", "t", "--limit", "none"}).find("--limit") != std::string::npos);
  CHECK(refusal({"dead-letters", "lst"}).find("did you mean list?") != std::string::npos);
  CHECK(refusal({"dead-letters", "show", "x"}).find("waybill dead-letters show") == 0);
  CHECK(refusal({"dead-letters", "redrive"}).find("an ID, --filter or --all") != std::string::npos);
  CHECK(refusal({"dead-letters", "redrive", "1", "--all"}).find("in one way") != std::string::npos);
  CHECK(refusal({"dead-letters", "list", "--filter", "colour=red"}).find("target=ARN") != std::string::npos);
  CHECK(refusal({"serve", "--set", "retry.bse=1s"}).find("the nearest one is 'retry.base'") != std::string::npos);
  CHECK(refusal({"serve", "--set", "retry"}).find("name=value") != std::string::npos);
  CHECK(refusal({"serve", "--config", "/nonexistent.yaml"}).find("which is no file") != std::string::npos);
  CHECK(refusal({"check", "--account-id", "1"}).find("12 digits") != std::string::npos);
}

TEST_CASE("without a verb, people get the help, and scripts a failure") {
  const Run nothing = run({});
  CHECK(nothing.code == 2);
  CHECK(nothing.err.find("Usage: waybill") != std::string::npos);
  CHECK(run({"dead-letters"}).err.find("Usage: waybill dead-letters") != std::string::npos);
}

TEST_CASE("what fails gets 1 and says what") {
  const Run absent = run({"put-events", "/nonexistent.json"});
  CHECK(absent.code == 1);
  CHECK(absent.err == "waybill put-events: /nonexistent.json: No such file or directory\n");
  const Run nobody = run({"tables", "--endpoint", "127.0.0.1:1"});
  CHECK(nobody.code == 1);
  CHECK(nobody.err.starts_with("waybill tables: no daemon answers at http://127.0.0.1:1"));
  CHECK(run({"health", "--endpoint", "127.0.0.1:1"}).code == 1);
}

TEST_CASE("env gives the shell what the AWS CLI needs") {
  const Run env = run({"env", "--endpoint", "localhost:99", "--region", "eu-west-1"});
  CHECK(env.code == 0);
  for (const char* line :
       {"export AWS_ENDPOINT_URL=http://localhost:99\n", "export AWS_DEFAULT_REGION=eu-west-1\n",
        "export AWS_REGION=eu-west-1\n", "export AWS_ACCESS_KEY_ID=", "export AWS_SECRET_ACCESS_KEY=",
        "alias awslocal='aws --endpoint-url http://localhost:99'\n"}) {
    CAPTURE(line);
    CHECK(env.out.find(line) != std::string::npos);
  }
  CHECK(run({"env", "--endpoint", "http://h/$(x)", "--region", "r"}).out.find("AWS_ENDPOINT_URL='http://h/$(x)'\n") !=
        std::string::npos);
}
