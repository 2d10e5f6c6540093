"""AWS's own client for JavaScript against the SQS API, which it speaks as JSON: clients.mjs, run by js_suite.py."""

import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from sqs import BINARY, Daemon, SqsTest  # noqa: E402  pylint: disable=C0413
import js_suite  # noqa: E402  pylint: disable=C0413

FOLDER = Path(os.environ.get("WAYBILL_JS_BUILD", BINARY.parent / "tests/e2e/sqs/js"))

if __name__ == "__main__":
    sys.exit(js_suite.run(HERE, FOLDER, Daemon(*SqsTest.flags, rules=None)))
