"""The Tiltfile declares everything that the chart needs, and each rule detects its violation."""

import unittest

import rules
from tilt import ROOT, Refused, Tilt

SOURCE = (ROOT / "Tiltfile").read_text()

# The original text, its replacement, and the detector: the name of a rule, or Tilt itself.
MUTATIONS = [
    ("'kind-estore', ", "", "only_local_clusters_are_allowed"),
    ("'minikube'", "'arn:aws:eks/minikube'", "only_local_clusters_are_allowed"),
    ("image('bootstrap')", "", "our_images_are_built_here_and_no_others"),
    ("image('bootstrap')", "image('bootstrap')\nimage('cart')", "our_images_are_built_here_and_no_others"),
    ("k8s/dev/Dockerfile", "Dockerfile.dev", "images_are_built_from_files_that_are_there"),
    ("'/live/estore'", "'/estore'", "a_service_is_updated_in_its_pod"),
    ("kill -USR1 $", "kill -HUP $", "a_service_is_updated_in_its_pod"),
    ("kill -USR1 $(cat /live/pid)", "kill -USR1 1", "a_service_is_updated_in_its_pod"),
    ("labels=['stores']", "labels=['shops']", "every_workload_has_a_resource_in_a_group"),
    ("k8s_resource('estore-redis', new_name='redis'", "k8s_resource('estore-postgres', new_name='redis'", "every_workload_has_a_resource_in_a_group"),
    ("k8s_resource('estore-postgres'", "k8s_resource('estore-redis'", "a_resource_has_the_name_of_its_component"),
    ("port_forward(8025, 1080", "port_forward(8025, 1025", "the_ports_of_the_shop_and_the_mailbox_are_forwarded"),
    ("'payment': 8000", "'payment': 8004", "the_ports_of_the_shop_and_the_mailbox_are_forwarded"),
    ("+ ['Service']", "+ ['Service', 'Role']", "everything_that_is_no_workload_comes_first"),
    ("resource_deps=['build', 'objects']", "resource_deps=['build']", "everything_that_is_no_workload_comes_first"),
    ("new_name='redis', resource_deps=['secrets']", "new_name='redis', resource_deps=['objects']", "secrets_are_made_before_they_are_mounted"),
    ("resource_deps=['build', 'objects']", "resource_deps=['objects']", "what_runs_our_programs_waits_for_them"),
    ("resource_deps=['build', 'postgres', 'redis'],\n        labels", "resource_deps=['build', 'bootstrap'],\n        labels", "services_wait_for_stores_and_not_for_bootstrap"),
    ("['build', 'secrets'] + list(PORTS)", "['build', 'secrets']", "the_storefront_waits_for_the_services"),
    ("STOREFRONT = 8080", "STOREFRONT = 8081", "the_ports_of_the_shop_and_the_mailbox_are_forwarded"),
    ("list(PORTS) + ['storefront']:", "list(PORTS):", "our_images_are_built_here_and_no_others"),
    ("auto_init=False", "auto_init=True", "buttons_are_pressed_by_people_alone"),
    ("TRIGGER_MODE_MANUAL", "TRIGGER_MODE_AUTO", "buttons_are_pressed_by_people_alone"),
    ("tilt trigger bootstrap", "tilt trigger catalogue", "buttons_are_pressed_by_people_alone"),
    ("'migrations']", "'migration']", "scripts_and_sources_are_there"),
    ("k8s_resource('estore-redis'", "k8s_resource('estore-reddis'", "no workload estore-reddis"),
    ("['bootstrap'])", "['bootstrapping'])", "depends on bootstrapping"),
    ("o['kind'].lower()", "o['kind'].lower() + 's'", "is not there"),
    ("resource_deps=['objects'],", "resource_deps=['user'],\n    links_to='x',", "links_to"),
    ("new_name='postgres', resource_deps=['secrets']", "new_name='postgres', resource_deps=['user']", "waits for itself"),
    ("if demo:\n    for program in PROGRAMS:\n        k8s", "if True:\n    for program in PROGRAMS:\n        k8s", "no workload estore-chaos"),
]
# The same for `tilt up -- --demo`.
DEMO_MUTATIONS = [
    ("config.parse()", "{}", "the_demonstration_is_there_when_asked_for_alone"),
    ("['k8s/values/demo.yaml'] if demo", "[] if demo", "no workload estore-chaos"),
    ("'shopper']", "]", "every_workload_has_a_resource_in_a_group"),
    ("'prometheus': (9090", "'prometheus': (9091", "the_ports_of_the_shop_and_the_mailbox_are_forwarded"),
    ("or o['metadata']['name'] == 'estore-audit'", "", "no workload estore-audit"),
    ("'secrets'] + list(PORTS), labels=['demo']", "'secrets'], labels=['demo']", "the_demonstration_is_there_when_asked_for_alone"),
    ("define_bool('demo'", "define_bool('demonstration'", "unknown flag: --demo"),
]


class TheTiltfile(unittest.TestCase):
    maxDiff = None

    def test_keeps_every_rule(self):
        for arguments in (), ("--demo",):
            tilt = Tilt(SOURCE, arguments)
            for rule in rules.RULES:
                with self.subTest(f"{rule.__name__} {arguments}"):
                    rule(tilt)

    def test_would_be_caught_where_it_does_not(self):
        for mutations, arguments in (MUTATIONS, ()), (DEMO_MUTATIONS, ("--demo",)):
            for old, new, finder in mutations:
                with self.subTest(f"{old!r} -> {new!r}"):
                    self.assertIn(old, SOURCE)
                    self.assertIn(finder, found(SOURCE.replace(old, new), arguments))

    def test_has_a_mutation_for_each_rule(self):
        finders = {finder for _, _, finder in MUTATIONS + DEMO_MUTATIONS}
        self.assertEqual({rule.__name__ for rule in rules.RULES} - finders, set())


def found(source, arguments):
    """Returns the rules that a Tiltfile breaks, or the reason why Tilt refuses it."""
    try:
        tilt = Tilt(source, arguments)
    except Exception as error:  # noqa: BLE001  The interpreter wraps what a builtin raises.
        return str(error)
    broken = []
    for rule in rules.RULES:
        try:
            rule(tilt)
        except Exception:  # noqa: BLE001
            broken.append(rule.__name__)
    return " ".join(broken)


if __name__ == "__main__":
    unittest.main()
