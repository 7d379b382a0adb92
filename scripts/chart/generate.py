"""Writes the files generated from charts/estore/values.yaml: its schema, and the README with a row
for each value.

usage: generate.py CHART OUT    (OUT gets values.schema.json and README.md)
"""

import json
import pathlib
import re
import sys

import yaml

# Rules for values whose default does not show them all.
RULES = {
    "image.pullPolicy": {"enum": ["Always", "IfNotPresent", "Never"]},
    "payment.gateway": {"enum": ["sandbox", "stripe"]},
    "payment.cardLuhn": {"enum": ["record", "enforce"]},
    "smtp.tls": {"enum": ["starttls", "tls", "none"]},
    "log.format": {"enum": ["json", "pretty"]},
    "telemetry.sampler": {"enum": [f"{parent}{rule}" for parent in ("parentbased_", "") for rule in ("always_on", "always_off", "traceidratio")]},
    "telemetry.ratio": {"type": "number", "minimum": 0, "maximum": 1},
    "defaults.service.type": {"enum": ["ClusterIP", "NodePort", "LoadBalancer"]},
    "archive.after": {"pattern": "^[0-9]{1,9}d?$"},
    "backup.keep": {"type": "integer", "minimum": 1},
    "payment.maxPaymentMethods": {"type": "integer", "minimum": 1, "maximum": 1000000},
    "accounts.unverifiedSeconds": {"type": "integer", "minimum": 172800, "maximum": 31536000},
    "sessions.lifetimeSeconds": {"type": "integer", "minimum": 1, "maximum": 2592000},
    "sessions.idleSeconds": {"type": "integer", "minimum": 1},
    "sessions.refreshLeewaySeconds": {"type": "integer", "minimum": 0, "maximum": 60},
    **{f"{job}.activeDeadlineSeconds": {"type": "integer", "minimum": 1} for job in ("bootstrap", "audit", "backup")},
    "shop.url": {"pattern": "^https?://[^/]+/?$"},
    "shop.publicUrl": {"pattern": "^https?://"},
    "ingress.rewrite": {"enum": ["", "nginx", "traefik"]},
    # An empty list would mean everywhere.
    "networkPolicy.dns": {
        "type": "object",
        "additionalProperties": False,
        "required": ["to", "ports"],
        "properties": {
            "to": {"type": "array", "minItems": 1, "items": {"type": "object", "minProperties": 1}},
            "ports": {"type": "array", "minItems": 1, "items": {"type": "object", "required": ["port"]}},
        },
    },
    "orders.holdSeconds": {"type": "number", "exclusiveMinimum": 0},
    "orders.leaseSeconds": {"type": "number", "exclusiveMinimum": 0},
    "orders.sweepSeconds": {"type": "number", "exclusiveMinimum": 0},
    "orders.reconcileAfterSeconds": {"type": "number", "exclusiveMinimum": 0},
    "limits.policies": {
        "type": "object",
        "additionalProperties": False,
        "patternProperties": {
            "^(reads|writes|orders|cards|register|login|password|codes|mails|refresh|admin)(Address|Account|Familiar|Card)$": {
                "type": "string",
                "pattern": "^(off|[0-9]+/[0-9]+per[0-9]+)$",
            }
        },
    },
    **{f"runAs.{who}": {"type": ["integer", "null"], "minimum": 1} for who in ("programs", "postgres", "redis", "mail", "demo")},
    "demo.load.ordersPerMinute": {"type": "integer", "minimum": 0, "maximum": 3000},
    "demo.load.buyers": {"type": "integer", "minimum": 1, "maximum": 1000},
    **{f"demo.chaos.timetable.{end}PauseSeconds": {"type": "integer", "minimum": 1, "maximum": 3600} for end in ("min", "max")},
    # The program reads 64 bits.
    "demo.chaos.timetable.seed": {"type": ["integer", "string"], "pattern": "^[0-9]{0,19}$", "minimum": 0},
    "demo.traces.ratio": {"type": "number", "minimum": 0, "maximum": 1},
    **{f"demo.links.{page}": {"pattern": "^$|^https?://"} for page in ("grafana", "mailbox", "prometheus")},
    "demo.links.traces": {"pattern": "^$|^https?://.*[{]trace[}]"},
    **{f"demo.{part}.image.digest": {"pattern": "^$|^sha256:[0-9a-f]{64}$"} for part in ("prometheus", "grafana", "traces")},
    "defaults.podDisruptionBudget.maxUnavailable": {"type": ["integer", "string"]},
}
# Values that exclude each other: a value, and the text that the schema demands in its place. No
# value equals the text, and helm prints it as the reason.
CONFLICTS = [
    (
        {"payment.gateway": "stripe", "demo.enabled": True},
        "demo.enabled",
        "false if payment.gateway is stripe: the demonstration injects faults and orders by itself, and Stripe moves money",
    ),
    (
        {"storefront.enabled": False, "demo.enabled": True},
        "demo.enabled",
        "false if storefront.enabled is false: the demonstration shows itself on the storefront's page /engine",
    ),
]
# Objects whose content Kubernetes defines.
KUBERNETES = {"resources", "startupProbe", "readinessProbe", "livenessProbe", "labels"}


def comments(text):
    """Returns the comment above each key, by the key's path. It begins with `# --`, and goes on in
    the next lines."""
    found, path, said = {}, [], []
    for line in text.splitlines():
        if match := re.match(r" *# -- (.*)", line):
            said = [match[1]]
        elif said and (match := re.match(r" *# +(.*)", line)):
            said.append(match[1])
        elif match := re.match(r"( *)([A-Za-z0-9]+):", line):
            depth = len(match[1]) // 2
            path[depth:] = [match[2]]
            if said:
                found[".".join(path)] = " ".join(said)
            said = []
        else:
            said = []
    return found


def schema(value, path, said):
    """Returns a strict schema: keys need a default, unless Kubernetes defines the object."""
    name = path.rsplit(".", 1)[-1]
    if path.startswith("services."):
        made = {"$ref": "#/$defs/service"}
    elif path in RULES:
        made = {"type": "string"} | RULES[path]
    elif isinstance(value, bool):
        made = {"type": "boolean"}
    elif isinstance(value, int):
        made = {"type": "integer", "minimum": 0}
    elif isinstance(value, list):
        made = {"type": "array"}
    elif isinstance(value, dict) and value and name not in KUBERNETES:
        keys = {key: schema(one, f"{path}.{key}" if path else key, said) for key, one in value.items()}
        made = {"type": "object", "additionalProperties": False, "properties": keys}
    elif isinstance(value, dict):
        made = {"type": "object"}
    else:
        made = {"type": "string"}
    return made | ({"description": said[path]} if path in said else {})


def demand(path, content):
    """Returns a schema by which the value at `path` meets `content`."""
    for key in reversed(path.split(".")):
        content = {"required": [key], "properties": {key: content}}
    return content


def conflict(both, path, reason):
    """Returns a schema that refuses these values at once, and says why."""
    return {"if": {"allOf": [demand(of, {"const": value}) for of, value in both.items()]}, "then": demand(path, {"const": reason})}


def rows(value, path, said):
    """Yields (path, default, description) of each value with a row of its own."""
    if isinstance(value, dict) and value and path not in said:
        for key, one in value.items():
            yield from rows(one, f"{path}.{key}" if path else key, said)
    else:
        yield path, json.dumps(value), said.get(path)


def main(chart, out):
    chart, out = pathlib.Path(chart), pathlib.Path(out)
    text = (chart / "values.yaml").read_text()
    values, said = yaml.safe_load(text), comments(text)
    table = list(rows(values, "", said))
    if bare := [path for path, _, description in table if not description]:
        sys.exit(f"values.yaml says nothing about {', '.join(bare)}")

    root = schema(values, "", said)
    root["properties"]["global"] = {"type": "object"}
    service = schema(values["defaults"], "defaults", said)
    root = {"$schema": "http://json-schema.org/draft-07/schema#", "$defs": {"service": service}} | root
    root["allOf"] = [conflict(*one) for one in CONFLICTS]
    (out / "values.schema.json").write_text(json.dumps(root, indent=2) + "\n")

    cell = lambda content: content.replace("|", "\\|")
    lines = [f"| `{path}` | `{cell(default)}` | {cell(description)} |" for path, default, description in table]
    readme = (chart / "README.md.in").read_text()
    (out / "README.md").write_text(readme.replace("@VALUES@", "\n".join(lines)))


if __name__ == "__main__":
    main(*sys.argv[1:])
