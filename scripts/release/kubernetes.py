"""Makes one file for `kubectl apply -f` of what helm renders: with the namespace, in an order in
which objects find what they need, and without anything of helm.

usage: helm template … | kubernetes.py NAMESPACE
"""

import json
import re
import sys

import yaml

# Everything else comes after these, in helm's order.
FIRST = ["ServiceAccount", "Role", "RoleBinding", "NetworkPolicy", "ConfigMap", "PersistentVolumeClaim", "Service", "Job"]
# Hooks that an installation runs. Others belong to a test, or to the end of a release.
INSTALLS = {"pre-install", "post-install"}
# `kubectl apply` keeps each object in an annotation, which has an upper bound.
MOST_BYTES = 262_144
# Keys that say that helm keeps the object.
HELM = re.compile(r'^ *"?(helm\.sh/|app\.kubernetes\.io/managed-by)[^:]*: .*\n', re.M)
EMPTY = re.compile(r"^( *)annotations:\n(?!\1 )", re.M)

HEADER = """\
# E-Store {version} with its demo: a shop under load, faults on demand, and a proof that nothing
# was lost. Made from the chart with k8s/values/demo.yaml.
#
#   kubectl apply -f kubernetes.yaml
#   kubectl -n {namespace} wait --for=condition=Available deployment --all --timeout=5m
#   kubectl -n {namespace} port-forward svc/estore-storefront 8080
#
# The shop is then at http://localhost:8080, and its engine room at http://localhost:8080/engine.
# More addresses, if you forward svc/estore-mail 8025:1080 (the mailbox), svc/estore-grafana 3000 and
# svc/estore-traces 16686. A customer is {customer}, and the admin {admin}. Their passwords:
#
#   kubectl -n {namespace} get secret estore-shopper -o go-template='{{{{index .data "customer-password" | base64decode}}}}'
#   kubectl -n {namespace} get secret estore-bootstrap -o go-template='{{{{index .data "admin-password" | base64decode}}}}'
#
# Jobs run once. Before you apply another version: kubectl -n {namespace} delete job --all
# Erase everything: kubectl delete namespace {namespace}
---
apiVersion: v1
kind: Namespace
metadata:
  name: {namespace}
  labels: {{pod-security.kubernetes.io/enforce: restricted}}
"""


def variables(value):
    """Yields the name and the value of each variable of a container."""
    if isinstance(value, dict):
        for one in value.get("env") or []:
            yield one["name"], one.get("value")
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from variables(one)


def main(namespace):
    kept, version, env = [], None, {}
    for text in re.split(r"^---\n", sys.stdin.read(), flags=re.M):
        one = yaml.safe_load(text)
        if not one:
            continue
        metadata = one["metadata"]
        hook = (metadata.get("annotations") or {}).get("helm.sh/hook")
        if hook and not INSTALLS & set(hook.split(",")):
            continue
        if metadata.get("namespace") != namespace:
            sys.exit(f"{one['kind']} {metadata['name']} is not in the namespace {namespace}")
        env |= variables(one)
        version = metadata["labels"]["app.kubernetes.io/version"]
        text = EMPTY.sub("", HELM.sub("", text))
        # A mistake above must not change an object.
        if "helm.sh/" in text or yaml.safe_load(text)["metadata"]["name"] != metadata["name"]:
            sys.exit(f"{one['kind']} {metadata['name']} still says that it belongs to helm")
        if len(json.dumps(one)) > MOST_BYTES:
            sys.exit(f"{one['kind']} {metadata['name']} is too large for kubectl apply: split it")
        rank = FIRST.index(one["kind"]) if one["kind"] in FIRST else len(FIRST)
        # The hook's job makes the Secrets that every other pod mounts.
        kept.append((rank, not hook, text))
    if not kept:
        sys.exit("nothing was rendered")
    kept.sort(key=lambda one: one[:2])
    sys.stdout.write(HEADER.format(version=version, namespace=namespace, customer=env["CUSTOMER_EMAIL"], admin=env["ADMIN_EMAIL"]))
    for _, _, text in kept:
        sys.stdout.write(f"---\n{text.strip()}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
