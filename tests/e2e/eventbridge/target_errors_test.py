"""Targets that are refused: the whole request fails, and nothing of it is stored."""

import unittest

from eventbridge import (ACCOUNT, EVENTS, FUNCTION, LIMIT_EXCEEDED, QUEUE, RECORDER, REGION, ROLE, TOPIC,
                         EventBridgeTest, bus_arn, constraint, violations)

NAME_PATTERN = r"Member must satisfy regular expression pattern: [\.\-_A-Za-z0-9]+"
ECS = f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/c"
BATCH = f"arn:aws:batch:{REGION}:{ACCOUNT}:job-queue/q"
LOGS = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/g"


def target(**more):
    return {"Id": "t", "Arn": RECORDER, **more}


class TargetErrorsTest(EventBridgeTest):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.events.put_rule(Name="rule", EventPattern='{"source": ["a"]}')

    def refused(self, message, *targets, code="ValidationException"):
        """None of the targets is stored, the good one before them neither."""
        good = {"Id": "good", "Arn": RECORDER}
        self.check_refused(code, message, "put_targets", Rule="rule", Targets=[good, *targets])
        self.check_answer({"Targets": []}, "list_targets_by_rule", Rule="rule")

    def test_an_unknown_rule(self):
        members = {"put_targets": {"Targets": [target()]}, "remove_targets": {"Ids": ["t"]}, "list_targets_by_rule": {}}
        for operation, more in members.items():
            with self.subTest(operation):
                self.check_not_found("Rule nowhere does not exist on EventBus default.", operation, Rule="nowhere",
                                     **more)

    def test_an_unknown_rule_of_another_bus(self):
        bus = self.make_bus()
        self.check_not_found(f"Rule rule does not exist on EventBus {bus}.", "put_targets", Rule="rule",
                             EventBusName=bus, Targets=[target()])

    def test_seven_targets(self):
        self.refused(LIMIT_EXCEEDED, *(target(Id=str(number)) for number in range(6)), code="LimitExceededException")

    def test_a_sixth_target(self):
        rule = self.make_rule()
        self.events.put_targets(Rule=rule, Targets=[target(Id=str(number)) for number in range(5)])
        self.check_refused("LimitExceededException", LIMIT_EXCEEDED, "put_targets", Rule=rule,
                           Targets=[target(Id="6")])
        self.events.put_targets(Rule=rule, Targets=[target(Id="1", Input="1")])
        self.assertEqual(len(self.events.list_targets_by_rule(Rule=rule)["Targets"]), 5)

    def test_one_id_twice(self):
        self.refused("Parameter targets is not valid. Reason: More than one target with Id 't' is provided.",
                     target(), target(Input="1"))

    def test_what_is_no_arn(self):
        self.refused("Parameter nonsense is not valid. Reason: Provided Arn is not in correct format.",
                     target(Arn="nonsense"))

    def test_services_that_are_no_targets(self):
        for service, arn in (("s3", "arn:aws:s3:::bucket"),
                             ("dynamodb", f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/t"),
                             ("rds", f"arn:aws:rds:{REGION}:{ACCOUNT}:db:d")):
            with self.subTest(service):
                self.refused(f"{service} is not a supported service for a target.", target(Arn=arn))

    def test_a_fifo_queue_needs_a_group(self):
        self.refused("Parameter(s) SqsParameters must be specified for target: t.", target(Arn=QUEUE + "q.fifo"))

    def test_the_group_of_a_fifo_queue_is_missed_before_the_rule(self):
        self.check_not_valid("Parameter(s) SqsParameters must be specified for target: t.", "put_targets",
                             Rule="nowhere", Targets=[target(Arn=QUEUE + "q.fifo")])

    def test_ecs_needs_its_block(self):
        self.refused("Parameter(s) EcsParameters must be specified for target: t.", target(Arn=ECS, RoleArn=ROLE))

    def test_batch_needs_its_block(self):
        self.refused("Parameter(s) BatchParameters must be specified for target: t.", target(Arn=BATCH, RoleArn=ROLE))

    def test_the_block_of_another_service(self):
        self.refused("Parameter(s) EcsParameters not supported for target: t",
                     target(EcsParameters={"TaskDefinitionArn": "arn:aws:ecs:r:1:task-definition/t"}))

    def test_a_group_is_tolerated_anywhere(self):
        rule = self.make_rule()
        self.make_target(rule, SqsParameters={"MessageGroupId": "g"})

    def test_services_that_need_a_role(self):
        for arn in (f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/s",
                    f"arn:aws:firehose:{REGION}:{ACCOUNT}:deliverystream/d",
                    f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:m",
                    f"arn:aws:codebuild:{REGION}:{ACCOUNT}:project/p"):
            with self.subTest(arn):
                self.refused(f"RoleArn is required for target {arn}.", target(Arn=arn))

    def test_a_log_group_with_a_role(self):
        self.refused(None, target(Arn=LOGS, RoleArn=ROLE))

    def test_a_log_group_with_input(self):
        message = ("Input and InputPath are not valid forms of input for target t. The only valid form of input is "
                   "InputTransformer.")
        self.refused(message, target(Arn=LOGS, Input="{}"))
        self.refused(message, target(Arn=LOGS, InputPath="$.detail"))

    def test_two_forms_of_input(self):
        forms = {"Input": "{}", "InputPath": "$", "InputTransformer": {"InputTemplate": '"a"'}}
        for left_out in forms:
            with self.subTest(left_out):
                two = {name: value for name, value in forms.items() if name != left_out}
                self.refused("Only one of Input, InputPath, or InputTransformer must be provided for target t.",
                             target(**two))

    def test_input_that_is_no_json(self):
        for text, column in (("not-json", 1), ('{"a":x}', 6)):
            with self.subTest(text):
                self.refused(f'JSON syntax error in input for target t: [Source: (String)"{text}"; line: 1, '
                             f'column: {column}]', target(Input=text))

    def test_input_may_be_a_scalar(self):
        for number, text in enumerate(('"text"', "1.0", "null", "[]")):
            with self.subTest(text):
                rule = self.make_rule()
                self.make_target(rule, Id=str(number), Input=text)

    def test_an_input_path_that_is_none(self):
        for path in ("detail", "$.", "$['detail']", "$.a[", "$..a"):
            with self.subTest(path):
                self.refused("InputPath for target t is invalid.", target(InputPath=path))

    def test_a_template_with_an_undeclared_name(self):
        self.refused("InputTemplate for target t contains invalid placeholder name.",
                     target(InputTransformer={"InputPathsMap": {"other": "$.id"}, "InputTemplate": '"a <name>"'}))

    def test_the_whole_event_in_a_text(self):
        self.refused("InputTemplate for target t contains placeholder aws.events.event.json valid only for JSON "
                     "template.", target(InputTransformer={"InputTemplate": '"got <aws.events.event.json>"'}))

    def test_dead_letters_that_go_to_no_queue(self):
        for service, arn in (("sns", TOPIC + "t"), ("lambda", RECORDER)):
            with self.subTest(service):
                self.refused(f"{service} is not supported as a dead letter resource",
                             target(DeadLetterConfig={"Arn": arn}))

    def test_dead_letters_that_go_to_a_fifo_queue(self):
        self.refused("SQS FIFO is not supported by Dead Letter Queues",
                     target(DeadLetterConfig={"Arn": QUEUE + "letters.fifo"}))

    def test_dead_letters_that_go_to_another_region(self):
        self.refused(None, target(DeadLetterConfig={"Arn": f"arn:aws:sqs:eu-west-1:{ACCOUNT}:letters"}))

    def test_a_bus_takes_events_as_they_are(self):
        bus = bus_arn(self.make_bus())
        for form in ({"Input": "{}"}, {"InputPath": "$.detail"}, {"InputTransformer": {"InputTemplate": "{}"}}):
            with self.subTest(form):
                self.refused("Modifying the input for target t is not supported",
                             target(Arn=bus, RoleArn=ROLE, **form))

    def test_a_bus_has_no_retry_policy(self):
        self.refused(None, target(Arn=bus_arn(self.make_bus()), RoleArn=ROLE, RetryPolicy={"MaximumRetryAttempts": 1}))

    def test_a_rule_does_not_send_to_its_own_bus(self):
        self.refused(None, target(Arn=bus_arn("default"), RoleArn=ROLE))

    def test_an_id_that_is_none(self):
        self.refused(violations(constraint("a b", "targets.2.member.id", NAME_PATTERN)), target(Id="a b"))
        self.refused(violations(constraint("i" * 65, "targets.2.member.id",
                                           "Member must have length less than or equal to 64")), target(Id="i" * 65))

    def test_retries_out_of_bounds(self):
        self.refused(violations(constraint(186, "targets.2.member.retryPolicy.maximumRetryAttempts",
                                           "Member must have value less than or equal to 185"),
                                constraint(59, "targets.2.member.retryPolicy.maximumEventAgeInSeconds",
                                           "Member must have value greater than or equal to 60")),
                     target(RetryPolicy={"MaximumRetryAttempts": 186, "MaximumEventAgeInSeconds": 59}))

    def test_a_bad_target_leaves_a_good_one_as_it_was(self):
        rule = self.make_rule()
        before = self.make_target(rule, Input="1")
        self.check_refused("ValidationException", None, "put_targets", Rule=rule,
                           Targets=[target(), target(Id="bad", Arn=FUNCTION + "f", Input="{")])
        self.check_answer({"Targets": [before]}, "list_targets_by_rule", Rule=rule)

    def test_a_bus_and_an_api_destination_need_a_role(self):
        for arn in (bus_arn(self.make_bus()), EVENTS + "api-destination/d/00000000-0000-0000-0000-000000000000"):
            with self.subTest(arn):
                self.refused(f"RoleArn is required for target {arn}.", target(Arn=arn))


if __name__ == "__main__":
    unittest.main()
