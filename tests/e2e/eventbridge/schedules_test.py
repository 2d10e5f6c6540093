"""Schedule expressions: which are taken, which are refused."""

import unittest

from eventbridge import EventBridgeTest, fresh

NOT_VALID = "Parameter ScheduleExpression is not valid."
ONLY_ON_DEFAULT = "ScheduleExpression is supported only on the default event bus."


class SchedulesTest(EventBridgeTest):

    def check_taken(self, *expressions):
        for expression in expressions:
            with self.subTest(expression):
                name = self.make_rule(ScheduleExpression=expression)
                shown = self.events.describe_rule(Name=name)
                self.assertEqual(shown["ScheduleExpression"], expression)
                self.assertNotIn("EventPattern", shown)
                self.events.delete_rule(Name=name)

    def check_expressions_refused(self, *expressions):
        for expression in expressions:
            with self.subTest(expression):
                self.check_not_valid(NOT_VALID, "put_rule", Name=fresh("rule"), ScheduleExpression=expression)

    def test_rates(self):
        self.check_taken("rate(1 minute)", "rate(5 minutes)", "rate(1 hour)", "rate(12 hours)", "rate(1 day)",
                         "rate(365 days)")

    def test_rates_whose_unit_does_not_agree(self):
        self.check_expressions_refused("rate(1 minutes)", "rate(1 hours)", "rate(1 days)", "rate(10 minute)",
                                       "rate(10 hour)", "rate(10 day)")

    def test_rates_of_nothing(self):
        self.check_expressions_refused("rate(0 minutes)", "rate(-10 minutes)", "rate(10)", "rate()", "rate( minutes)")

    def test_units_that_there_are_not(self):
        self.check_expressions_refused("rate(10 seconds)", "rate(10 years)", "rate(10 minutess)")

    def test_spelling(self):
        self.check_expressions_refused("foo", "Rate(5 minutes)", "RATE(5 MINUTES)", "rate(5  minutes)",
                                       " rate(5 minutes)", "rate(5 minutes) ", "rate( 5 minutes)", "rate(5 minutes")

    def test_crons(self):
        self.check_taken("cron(0 10 * * ? *)", "cron(15 12 * * ? *)", "cron(0 18 ? * MON-FRI *)",
                         "cron(0 8 1 * ? *)", "cron(0/15 * * * ? *)", "cron(*/10 * ? * SUN,SAT *)",
                         "cron(0 0 1 1 ? 2500)")

    def test_crons_with_letters(self):
        self.check_taken("cron(0 0 L * ? *)", "cron(0 0 L-3 * ? *)", "cron(0 0 ? * 6L *)", "cron(0 0 15W * ? *)",
                         "cron(0 0 LW * ? *)", "cron(0 0 ? * SAT#3 *)", "cron(0 0 ? * 2#1 *)")

    def test_ranges_may_wrap(self):
        self.check_taken("cron(0 20-2 * * ? *)", "cron(50-10/5 * * * ? *)", "cron(0 0 1 NOV-FEB ? *)",
                         "cron(0 0 ? * FRI-MON *)", "cron(0 0 28-3 * ? *)")

    def test_crons_that_are_none(self):
        self.check_expressions_refused("cron(INVALID)", "cron(71 8 1 * ? *)", "cron(0 24 * * ? *)",
                                       "cron(0 0 32 * ? *)", "cron(0 0 1 13 ? *)", "cron(0 0 ? * 8 *)",
                                       "cron(0 10 * * ?)", "cron(0 10 * * ? * *)")

    def test_both_kinds_of_days_at_once(self):
        self.check_expressions_refused("cron(0 1 * * * *)")

    def test_a_number_sign_belongs_to_week_days(self):
        self.check_expressions_refused("cron(0 0 2#1 * ? *)", "cron(0 2#1 * * ? *)")

    def test_only_the_default_bus_has_schedules(self):
        bus = self.make_bus()
        self.check_not_valid(ONLY_ON_DEFAULT, "put_rule", Name=fresh("rule"), EventBusName=bus,
                             ScheduleExpression="rate(1 day)")

    def test_another_bus_has_not_even_an_empty_one(self):
        bus = self.make_bus()
        self.check_not_valid(ONLY_ON_DEFAULT, "put_rule", Name=fresh("rule"), EventBusName=bus,
                             EventPattern='{"source": ["a"]}', ScheduleExpression="")

    def test_a_pattern_beside_a_schedule(self):
        rule = self.make_rule()
        self.events.put_rule(Name=rule, EventPattern=f'{{"source": ["{rule}"]}}', ScheduleExpression="rate(1 day)")
        self.make_target(rule)
        self.delivered(self.put(rule))

    def test_a_schedule_alone_does_not_fire_on_events(self):
        rule = self.make_rule(ScheduleExpression="rate(1 day)")
        self.make_target(rule)
        self.check_nothing_delivered(self.put(rule))


if __name__ == "__main__":
    unittest.main()
