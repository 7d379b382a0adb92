"""The parts of Chart.yaml that are generated, so that they agree with the rest of the project.

usage: metadata.py generate CHART OUT                             (OUT gets Chart.yaml)
       metadata.py release CHART REGISTRY REPOSITORY VERSION      (changes a copy of the chart)
       metadata.py readme CHART REGISTRY REPOSITORY VERSION       (changes its README)
       helm template … | metadata.py check CHART                  (compares images)
"""

import base64
import pathlib
import re
import sys

import yaml

ROOT = pathlib.Path(__file__).parents[2]
ICON = ROOT / "services/storefront/assets/favicon.svg"
# The line of Chart.yaml above its generated part, which ends the file.
BELOW = "# `./dev generate` writes the part below."
PLATFORMS = ["linux/amd64", "linux/arm64"]
# Artifact Hub knows these kinds of changes.
KINDS = ("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security")
PICTURES = {
    "The shop": "home-light-1280.webp",
    "An order": "order-light-1280.webp",
    "The back office": "admin-today-light-1280.webp",
    "The engine room": "cluster-engine-light-1280.webp",
}


def own_images():
    """Returns the names of the project's own images."""
    text = (ROOT / "scripts/images.sh").read_text()
    return re.search(r"^IMAGES=\(([^)]*)\)", text, re.M)[1].split()


def other_images(values):
    """Yields the images of other projects: each object in the values with these three keys."""
    for name, value in values.items():
        if isinstance(value, dict):
            if {"registry", "repository", "tag"} <= set(value):
                digest = f"@{value['digest']}" if value.get("digest") else ""
                yield f"{value['registry']}/{value['repository']}:{value['tag']}{digest}"
            yield from other_images(value)


def images(values, version):
    """Returns every image of the chart, with a name that is unique."""
    ours = values["image"]
    found = {name: f"{ours['registry']}/{ours['repository']}/{name}:{ours['tag'] or version}" for name in own_images()}
    others = {re.split("[:@]", image)[0].rsplit("/", 1)[-1]: image for image in other_images({**values, "image": {}})}
    listed = [{"name": name, "image": image, "platforms": [*PLATFORMS]} for name, image in found.items()]
    return listed + [{"name": name, "image": image} for name, image in sorted(others.items())]


def definitions(chart):
    """Returns the kinds that the catalogue operator brings."""
    found = []
    for one in yaml.safe_load_all((chart / "files/crds.yaml").read_text()):
        spec, newest = one["spec"], one["spec"]["versions"][-1]
        kind = spec["names"]["kind"]
        said = newest["schema"]["openAPIV3Schema"].get("description") or f"A {kind.lower()} of the catalogue"
        found.append({"kind": kind, "version": newest["name"], "name": one["metadata"]["name"], "displayName": kind, "description": said})
    return found


def changes(text):
    """Returns the entries about the chart in the newest section of CHANGELOG.md."""
    newest = re.split(r"^## .*\n", text, flags=re.M)[1]
    found = []
    for part in re.split(r"^### ", newest, flags=re.M)[1:]:
        kind, body = part.split("\n", 1)
        if kind not in KINDS:
            continue
        for entry in re.split(r"^- ", body, flags=re.M)[1:]:
            said = " ".join(entry.split())
            if said.startswith("Chart: "):
                said = said.removeprefix("Chart: ")
                found.append({"kind": kind.lower(), "description": said[0].upper() + said[1:]})
    return found


def block(value):
    """Returns a list as the text of an annotation."""
    return yaml.safe_dump(value, sort_keys=False, width=1 << 30, allow_unicode=True)


def generated(chart, more):
    """Returns the part of Chart.yaml that is generated."""
    values = yaml.safe_load((chart / "values.yaml").read_text())
    version = yaml.safe_load((chart / "Chart.yaml").read_text())["appVersion"]
    annotations = {
        # None of its categories fits a shop. Without one, Artifact Hub would guess.
        "category": "skip-prediction",
        "license": "Apache-2.0",
        "images": block(images(values, version)),
        "crds": block(definitions(chart)),
        "changes": block(changes((ROOT / "CHANGELOG.md").read_text())),
        **more,
    }
    lines = ["icon: data:image/svg+xml;base64," + base64.b64encode(ICON.read_bytes().strip()).decode(), "annotations:"]
    for name, value in annotations.items():
        if "\n" in value:
            lines += [f"  artifacthub.io/{name}: |"] + [f"    {line}" for line in value.splitlines()]
        else:
            lines.append(f"  artifacthub.io/{name}: {value}")
    return "\n".join(lines) + "\n"


def written_by_hand(chart):
    text = (chart / "Chart.yaml").read_text()
    if text.count(f"{BELOW}\n") != 1:
        sys.exit(f"Chart.yaml needs the line: {BELOW}")
    return text.split(f"{BELOW}\n")[0]


def generate(chart, out):
    chart = pathlib.Path(chart)
    (pathlib.Path(out) / "Chart.yaml").write_text(f"{written_by_hand(chart)}{BELOW}\n{generated(chart, {})}")


def replaced(text, pattern, new):
    """Returns the text with the one match of the pattern replaced."""
    text, count = re.subn(pattern, lambda match: f"{match[1]}{new}", text, flags=re.M)
    if count != 1:
        sys.exit(f"{pattern} is there {count} times, not once")
    return text


def release(chart, registry, repository, version):
    """Names the registry and the repository that a release belongs to, and its version."""
    chart = pathlib.Path(chart)
    values = chart / "values.yaml"
    text = replaced(values.read_text(), r"^(image:\n(?:  .*\n)*?  registry: ).*", registry)
    values.write_text(replaced(text, r"^(image:\n(?:  .*\n)*?  repository: ).*", repository.lower()))

    page = f"https://github.com/{repository}"
    at = f"{page}/blob/v{version}"
    head = replaced(replaced(written_by_hand(chart), "^(version: ).*", version), "^(appVersion: ).*", version)
    head = replaced(head, "^(  - name: E-Store maintainers)$", f"\n    url: {page}")
    (chart / "Chart.yaml").write_text(f"{head}home: {page}\nsources: [{page}]\n{BELOW}\n")
    links = {
        "support": f"{page}/issues",
        "documentation": f"{at}/charts/estore/README.md",
        "what holds after faults": f"{at}/docs/faults.md",
        "every change": f"{at}/CHANGELOG.md",
    }
    pictures = {title: f"https://raw.githubusercontent.com/{repository}/v{version}/docs/tour/{file}" for title, file in PICTURES.items()}
    more = {
        "links": block([{"name": name, "url": url} for name, url in links.items()]),
        "screenshots": block([{"title": title, "url": url} for title, url in pictures.items()]),
    }
    made = f"{(chart / 'Chart.yaml').read_text()}{generated(chart, more)}"
    (chart / "Chart.yaml").write_text(made)


def readme(chart, registry, repository, version):
    """Makes addresses of paths: the reader of a packed chart has no work tree."""
    page = pathlib.Path(chart) / "README.md"
    text = page.read_text().replace("](../../", f"](https://github.com/{repository}/blob/v{version}/")
    text = text.replace(" charts/estore/files/", f" https://raw.githubusercontent.com/{repository}/v{version}/charts/estore/files/")
    text = re.sub(r" charts/estore(?= |$)", f" oci://{registry}/{repository.lower()}/charts/estore --version {version}", text, flags=re.M)
    if left := re.search(r"^.*(?:\.\./|[ (]charts/estore(?! --version)).*$", text, re.M):
        sys.exit(f"README.md still has a path: {left[0]}")
    page.write_text(text)


def used(value):
    """Yields the image of every container."""
    if isinstance(value, dict):
        for one in (value.get("initContainers") or []) + (value.get("containers") or []):
            yield one["image"]
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from used(one)


def check(chart):
    """Fails unless the rendered objects use exactly the images that Chart.yaml lists."""
    annotations = yaml.safe_load((pathlib.Path(chart) / "Chart.yaml").read_text())["annotations"]
    listed = {one["image"] for one in yaml.safe_load(annotations["artifacthub.io/images"])}
    rendered = set(used(list(yaml.safe_load_all(sys.stdin))))
    for image in sorted(rendered ^ listed):
        print(f"{image} is {'rendered and not listed' if image in rendered else 'listed and never rendered'}", file=sys.stderr)
    if rendered != listed:
        sys.exit("artifacthub.io/images of Chart.yaml does not agree with the templates")


if __name__ == "__main__":
    {"generate": generate, "release": release, "readme": readme, "check": check}[sys.argv[1]](*sys.argv[2:])
