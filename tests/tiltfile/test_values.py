"""The chart accepts every example of values."""

import unittest

import yaml
from tilt import LOADER, ROOT, output

EXAMPLES = sorted((ROOT / "k8s/values").glob("*.yaml"))
# These examples are used on top of others.
PARTS = {"redis-8"}


def rendered(example):
    more = ("--set", "mail.enabled=true") if example.stem in PARTS else ()
    api = ("--api-versions", "monitoring.coreos.com/v1")
    return list(yaml.load_all(output(("helm", "template", "estore", "charts/estore", "--values", str(example), *more, *api)), LOADER))


class Values(unittest.TestCase):
    def test_are_taken_by_the_chart(self):
        self.assertIn("kind.yaml", [example.name for example in EXAMPLES])
        for example in EXAMPLES:
            with self.subTest(example.name):
                kinds = {one["kind"] for one in rendered(example) if one}
                self.assertIn("Deployment", kinds)
                self.assertEqual("StatefulSet" in kinds, example.stem != "external-stores")

    def test_of_kind_use_the_ports_that_its_cluster_lets_out(self):
        cluster = yaml.safe_load((ROOT / "k8s/kind.yaml").read_text())
        out = {one["containerPort"]: one["hostPort"] for node in cluster["nodes"] for one in node.get("extraPortMappings", [])}
        services = [one for one in rendered(ROOT / "k8s/values/kind.yaml") if one and one["kind"] == "Service"]
        used = [port["nodePort"] for one in services for port in one["spec"]["ports"] if "nodePort" in port]
        self.assertEqual(sorted(used), sorted(out))
        self.assertEqual(list(out), list(out.values()))

    def test_of_the_demo_request_what_pages_say(self):
        cpu = memory = 0
        for one in rendered(ROOT / "k8s/values/demo.yaml"):
            if not one or one["kind"] not in ("Deployment", "StatefulSet", "CronJob") or one["spec"].get("suspend"):
                continue
            pod = one["spec"].get("jobTemplate", one)["spec"]["template"]["spec"]
            for container in pod["containers"]:
                requests = container["resources"]["requests"]
                cpu += one["spec"].get("replicas", 1) * int(requests["cpu"].removesuffix("m"))
                memory += one["spec"].get("replicas", 1) * int(requests["memory"].removesuffix("Mi"))
        self.assertTrue(700 < cpu < 1000 and 1.0 < memory / 1024 < 1.3, (cpu, memory))
        for page in ("README.md", "charts/estore/README.md.in"):
            self.assertIn("requests less than 1 CPU and 1.3 GiB", " ".join((ROOT / page).read_text().split()), page)


if __name__ == "__main__":
    unittest.main()
