"""The compose file is valid, keeps the daemon on this machine, and copies into the image only what the tree has."""

import json
import re
import shutil
import subprocess
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = ROOT / "docker" / "compose.yaml"
DOCKERFILE = ROOT / "docker" / "Dockerfile"


def published_ports(text):
    """Short-form entries under `ports:`."""
    return re.findall(r'^\s+- "([\d.:]+)"\s*$', text, re.MULTILINE)


class Compose(unittest.TestCase):
    @unittest.skipUnless(shutil.which("docker-compose"), "docker-compose is not installed")
    def test_docker_compose_accepts_it(self):
        result = subprocess.run(["docker-compose", "-f", str(COMPOSE), "config"], capture_output=True, text=True,
                                check=False, timeout=50)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("WAYBILL_ALLOWED_HOSTS", result.stdout)

    def test_every_port_is_published_on_loopback_only(self):
        ports = published_ports(COMPOSE.read_text())
        self.assertIn("127.0.0.1:4566:4566", ports)
        for port in ports:
            self.assertTrue(port.startswith("127.0.0.1:"), port)

    def test_prometheus_scrapes_a_host_that_the_daemon_allows(self):
        scraped = re.search(r'targets: \["([\w.]+):4566"\]',
                            (ROOT / "docker/prometheus/prometheus.yml").read_text()).group(1)
        allowed = re.search(r'WAYBILL_ALLOWED_HOSTS: "([^"]+)"', COMPOSE.read_text()).group(1).split(",")
        self.assertIn(scraped, allowed)


class Image(unittest.TestCase):
    def instructions(self, name):
        joined = DOCKERFILE.read_text().replace("\\\n", " ")
        return [line[len(name):].strip() for line in joined.splitlines() if line.startswith(name + " ")]

    def test_copies_what_is_in_the_tree_and_in_the_build_context(self):
        sent = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
        for copy in self.instructions("COPY"):
            if copy.startswith("--from"):
                continue
            for source in copy.split()[:-1]:
                self.assertTrue((ROOT / source).exists(), source)
                self.assertIn(source, sent)

    def test_runs_as_nobody_special(self):
        self.assertEqual(self.instructions("USER"), ["waybill"])

    def test_command_is_plain_json_and_listens_where_the_health_check_looks(self):
        command = json.loads(self.instructions("CMD")[-1])
        self.assertEqual(command[0], "serve")
        self.assertEqual(command[command.index("--listen") + 1], "0.0.0.0:4566")
        self.assertEqual(self.instructions("EXPOSE"), ["4566"])
        self.assertIn('CMD ["/usr/bin/waybill", "health"]', self.instructions("HEALTHCHECK")[0])


if __name__ == "__main__":
    unittest.main()
