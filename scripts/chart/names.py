"""Checks rendered objects: names fit their kinds, texts are texts, no variable or object occurs
twice, and no job is left behind.

usage: helm template … | names.py WHAT
"""

import sys

import yaml

# Kubernetes adds 11 characters to a CronJob's name for a Job, and 11 to a StatefulSet's for a pod's
# revision label.
LONGEST = {"CronJob": 52, "StatefulSet": 52, "Service": 63, "Job": 63, "Deployment": 63}


def maps(value):
    """Yields every map within a value."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from maps(one)


def faults(document):
    metadata, kind = document["metadata"], document["kind"]
    name = metadata["name"]
    if not isinstance(name, str):
        yield f"the name {name} is no text"
    elif len(name) > LONGEST.get(kind, 253):
        yield f"its name has {len(name)} characters"
    for one in maps(document):
        for texts in ("labels", "annotations", "matchLabels", "nodeSelector"):
            for key, value in (one.get(texts) or {}).items() if isinstance(one.get(texts), dict) and kind != "CustomResourceDefinition" else ():
                if not isinstance(value, str):
                    yield f"{texts} has {key}: {value}, which is no text"
                elif "abel" in texts and len(value) > 63:
                    yield f"the label {key} has {len(value)} characters"
        env = one.get("env")
        if isinstance(env, list):
            names = [variable["name"] for variable in env]
            for twice in {name for name in names if names.count(name) > 1}:
                yield f"the variable {twice} is there twice"
            for variable in env:
                value = variable.get("value", "")
                if not isinstance(value, str) or "e+" in value:
                    yield f"the variable {variable['name']} is {value}"


def left_behind(documents):
    """Yields jobs of the release that the hook does not delete before each revision."""
    jobs = [one for one in documents if one["kind"] == "Job"]
    is_hook = lambda job: "helm.sh/hook" in job["metadata"].get("annotations", {})
    env = [variable for job in filter(is_hook, jobs) for variable in job["spec"]["template"]["spec"]["containers"][0].get("env", [])]
    replaced = ",".join(variable["value"] for variable in env if variable["name"] == "REPLACED_JOBS").split(",")
    return [job["metadata"]["name"] for job in jobs if not is_hook(job) and job["metadata"]["name"] not in replaced]


def main(what):
    seen, found = set(), []
    documents = [document for document in yaml.safe_load_all(sys.stdin) if document]
    found += [f"the job {name} would be left behind: the hook does not remove it" for name in left_behind(documents)]
    for document in documents:
        one = f"{document['kind']} {document['metadata']['name']}"
        found += [f"{one}: {fault}" for fault in faults(document)]
        if one in seen:
            found.append(f"{one} is there twice")
        seen.add(one)
    if not seen:
        found.append("nothing was rendered")
    if found:
        sys.exit("\n".join(f"{what}: {one}" for one in sorted(set(found))))


if __name__ == "__main__":
    main(*sys.argv[1:])
