#include "control/target_checks.h"

#include <algorithm>
#include <map>
#include <set>

#include "control/lookups.h"
#include "expr/input_shape.h"
#include "model/topology.h"

namespace waybill::control {

namespace {

const std::set<std::string>& target_services() {
  static const std::set<std::string> kServices{
      "apigateway",          "appsync",   "batch", "codebuild", "codepipeline", "ec2",           "ecs",   "events",
      "execute-api",         "firehose",  "glue",  "inspector", "kinesis",      "lambda",        "logs",  "redshift",
      "redshift-serverless", "sagemaker", "sns",   "sqs",       "ssm",          "ssm-incidents", "states"};
  return kServices;
}

const std::set<std::string>& services_with_role() {
  static const std::set<std::string> kServices{"batch",     "codebuild", "codepipeline",  "ecs",     "events",
                                               "firehose",  "glue",      "inspector",     "kinesis", "redshift",
                                               "sagemaker", "ssm",       "ssm-incidents", "states"};
  return kServices;
}

// Blocks of parameters that belong to some services only. SqsParameters are tolerated anywhere.
const std::map<std::string, std::set<std::string>>& blocks() {
  static const std::map<std::string, std::set<std::string>> kBlocks{
      {"AppSyncParameters", {"appsync"}}, {"BatchParameters", {"batch"}},
      {"EcsParameters", {"ecs"}},         {"HttpParameters", {"events", "execute-api", "apigateway"}},
      {"KinesisParameters", {"kinesis"}}, {"RedshiftDataParameters", {"redshift", "redshift-serverless"}},
      {"RunCommandParameters", {"ssm"}},  {"SageMakerPipelineParameters", {"sagemaker"}}};
  return kBlocks;
}

Fault missing_block(const char* block, const std::string& id) {
  return not_valid("Parameter(s) " + std::string(block) + " must be specified for target: " + id + ".");
}

class TargetCheck {
 public:
  TargetCheck(const Session& session, const std::string& bus, const Json& target, std::size_t number)
      : session_(session),
        bus_(bus),
        target_(target),
        number_(number),
        id_(member(target, "Id")),
        arn_(member(target, "Arn")) {}

  Answer<> run() {
    const auto arn = Arn::parse(arn_);
    if (!arn) return not_valid("Parameter " + arn_ + " is not valid. Reason: Provided Arn is not in correct format.");
    service_ = arn->service;
    if (!target_services().contains(service_)) {
      return not_valid(service_ + " is not a supported service for a target.");
    }
    for (Answer<> (TargetCheck::*check)() const :
         {&TargetCheck::blocks_fit, &TargetCheck::role_fits, &TargetCheck::log_input_fits, &TargetCheck::input_fits,
          &TargetCheck::dead_letter_queue_fits, &TargetCheck::bus_fits}) {
      if (auto checked = (this->*check)(); !checked) return checked;
    }
    return {};
  }

 private:
  Answer<> blocks_fit() const {
    if (service_ == "ecs" && !target_.contains("EcsParameters")) return missing_block("EcsParameters", id_);
    if (service_ == "batch" && !target_.contains("BatchParameters")) return missing_block("BatchParameters", id_);
    for (const auto& [block, services] : blocks()) {
      if (target_.contains(block) && !services.contains(service_)) {
        return not_valid("Parameter(s) " + block + " not supported for target: " + id_);
      }
    }
    return {};
  }

  Answer<> role_fits() const {
    const bool has_role = target_.contains("RoleArn");
    if (!has_role && services_with_role().contains(service_)) {
      return not_valid("RoleArn is required for target " + arn_ + ".");
    }
    if (has_role && service_ == "logs") return not_valid("RoleArn is not supported for target " + arn_ + ".");
    return {};
  }

  Answer<> log_input_fits() const {
    if (service_ != "logs" || (!target_.contains("Input") && !target_.contains("InputPath"))) return {};
    return not_valid("Input and InputPath are not valid forms of input for target " + id_ +
                     ". The only valid form of input is InputTransformer.");
  }

  Answer<> input_fits() const {
    expr::InputSpec spec;
    if (target_.contains("Input")) spec.input = member(target_, "Input");
    if (target_.contains("InputPath")) spec.path = member(target_, "InputPath");
    if (target_.contains("InputTransformer")) {
      const Json& given = target_["InputTransformer"];
      auto& transformer = spec.transformer.emplace();
      transformer.text = member(given, "InputTemplate");
      transformer.paths = given.value("InputPathsMap", std::map<std::string, std::string>());
    }
    if (!spec.input && !spec.path && !spec.transformer) return {};
    if (target_kind(arn_) == TargetKind::bus) {
      return not_valid("Modifying the input for target " + id_ + " is not supported");
    }
    if (const auto shape = expr::InputShape::parse(spec, {id_, number_}); !shape)
      return not_valid(shape.error().message);
    return {};
  }

  Answer<> dead_letter_queue_fits() const {
    const std::string queue = target_.contains("DeadLetterConfig") ? member(target_["DeadLetterConfig"], "Arn") : "";
    if (queue.empty()) return {};
    const auto arn = Arn::parse(queue);
    if (!arn) return not_valid("Parameter " + queue + " is not valid. Reason: Provided Arn is not in correct format.");
    if (arn->service != "sqs") return not_valid(arn->service + " is not supported as a dead letter resource");
    if (arn->resource.ends_with(".fifo")) return not_valid("SQS FIFO is not supported by Dead Letter Queues");
    if (arn->region != session_.place().region) {
      return not_valid("The dead letter queue " + queue + " must be in the region of the rule, " +
                       session_.place().region + ".");
    }
    return {};
  }

  Answer<> bus_fits() const {
    if (target_kind(arn_) != TargetKind::bus) return {};
    if (target_.contains("RetryPolicy")) return not_valid("RetryPolicy is not supported for target " + id_ + ".");
    if (arn_ == session_.place().event_bus(bus_)) {
      return not_valid("Target " + id_ + " is the event bus of the rule itself; choose another one.");
    }
    return {};
  }

  const Session& session_;
  const std::string& bus_;
  const Json& target_;
  const std::size_t number_;  // in the request, from 1
  const std::string id_;
  const std::string arn_;
  std::string service_;
};

}  // namespace

Answer<> check_queue_targets(const Json& targets) {
  for (const Json& target : targets) {
    const auto arn = Arn::parse(member(target, "Arn"));
    if (arn && arn->service == "sqs" && arn->resource.ends_with(".fifo") && !target.contains("SqsParameters")) {
      return missing_block("SqsParameters", member(target, "Id"));
    }
  }
  return {};
}

Answer<> check_targets(const Session& session, const std::string& bus, const Json& targets) {
  std::set<std::string> ids;
  for (const Json& target : targets) {
    if (!ids.insert(member(target, "Id")).second) {
      return not_valid("Parameter targets is not valid. Reason: More than one target with Id '" + member(target, "Id") +
                       "' is provided.");
    }
  }
  for (std::size_t i = 0; i < targets.size(); ++i) {
    if (auto checked = TargetCheck(session, bus, targets[i], i + 1).run(); !checked) return checked;
  }
  return {};
}

}  // namespace waybill::control
