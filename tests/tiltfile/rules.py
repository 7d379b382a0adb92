"""Rules for the Tiltfile, each a function that raises if its rule is broken."""

from tilt import MANUAL, ROOT, WORKLOADS

RULES = []
SERVICES = {"user": 8002, "verification": 8003, "inventory": 8001, "payment": 8000}
SHOP = SERVICES | {"storefront": 8080}


def rule(function):
    RULES.append(function)
    return function


def pod_of(workload):
    spec = workload["spec"]
    return spec.get("jobTemplate", {"spec": spec})["spec"]["template"]["spec"]


def is_demo(tilt):
    return "--demo" in tilt.arguments


def containers(tilt):
    return [one for workload in tilt.objects if workload["kind"] in WORKLOADS for one in pod_of(workload)["containers"]]


def workload_of(tilt, resource):
    name = tilt.resources[resource]["workload"]
    return next(one for one in tilt.objects if one["kind"] in WORKLOADS and one["metadata"]["name"] == name)


def component(workload):
    return workload["metadata"]["labels"]["app.kubernetes.io/component"]


@rule
def only_local_clusters_are_allowed(tilt):
    assert {"kind-estore", "minikube", "docker-desktop"} <= set(tilt.contexts)
    assert not any("prod" in one or "." in one or "/" in one for one in tilt.contexts), "names of local clusters"


@rule
def our_images_are_built_here_and_no_others(tilt):
    used = {one["image"].rsplit(":", 1)[0] for one in containers(tilt)}
    ours = {one for one in used if one.startswith("docker.io/estore/")}
    assert ours == set(tilt.images), f"the chart uses {ours}, the Tiltfile builds {set(tilt.images)}"


@rule
def images_are_built_from_files_that_are_there(tilt):
    for one in tilt.images.values():
        dockerfile = ROOT / one["dockerfile"]
        assert dockerfile.is_file()
        copied = [line.split()[1:-1] for line in dockerfile.read_text().splitlines() if line.startswith("COPY ") and "--from" not in line]
        assert sum(copied, []) == ["live.sh", "estore"], "what k8s/dev/build.sh lays out"


@rule
def a_service_is_updated_in_its_pod(tilt):
    for name in SHOP:
        build = tilt.images[f"docker.io/estore/{name}"]
        sync, run = build["live_update"]
        source, target = sync["sync"]
        assert source == f"{build['context']}/estore"
        (container,) = pod_of(workload_of(tilt, name))["containers"]
        volumes = {one["name"]: one for one in pod_of(workload_of(tilt, name))["volumes"]}
        mounts = {one["mountPath"]: volumes[one["name"]] for one in container["volumeMounts"]}
        directory, file = target.rsplit("/", 1)
        assert "emptyDir" in mounts.get(directory, {}), "where a pod can write"
        script = (ROOT / "k8s/dev/live.sh").read_text()
        assert f":-{directory}/{file}}}" in script and "USR1" in script
        # In a demonstration, process 1 is another.
        assert run == {"run": f"kill -USR1 $(cat {directory}/pid)"} and '/pid"' in script


@rule
def every_workload_has_a_resource_in_a_group(tilt):
    named = {one["workload"] for one in tilt.resources.values() if one["workload"]}
    assert named == {one["metadata"]["name"] for one in tilt.objects if one["kind"] in WORKLOADS}
    groups = {name: one["labels"] for name, one in {**tilt.resources, **tilt.locals}.items()}
    assert all(groups[name] == ["shop"] for name in SHOP)
    assert all(groups[name] == ["stores"] for name in ("postgres", "redis", "mailbox"))
    assert {one[0] for one in groups.values() if len(one) == 1} == {"shop", "stores", "tools"} | ({"demo"} if is_demo(tilt) else set()), groups


@rule
def a_resource_has_the_name_of_its_component(tilt):
    for name in tilt.resources:
        if tilt.resources[name]["workload"]:
            assert component(workload_of(tilt, name)) == {"mailbox": "mail"}.get(name, name)


@rule
def the_ports_of_the_shop_and_the_mailbox_are_forwarded(tilt):
    forwards = {}
    for name, resource in tilt.resources.items():
        for one in resource["port_forwards"]:
            ports = {port["name"]: port["containerPort"] for port in pod_of(workload_of(tilt, name))["containers"][0]["ports"]}
            assert ports["http"] == one["container"], f"{name} listens at {ports}"
            assert one["local"] not in forwards
            forwards[one["local"]] = name
    pages = {9090: "prometheus", 3000: "grafana", 16686: "traces"} if is_demo(tilt) else {}
    assert forwards == {port: name for name, port in SHOP.items()} | {8025: "mailbox"} | pages


@rule
def everything_that_is_no_workload_comes_first(tilt):
    named = set(tilt.resources["objects"]["objects"])
    kinds = {one.split(":")[1] for one in named}
    assert {"namespace", "serviceaccount", "role", "rolebinding", "configmap", "networkpolicy"} <= kinds
    there = [one for one in tilt.objects if one["kind"] not in WORKLOADS + ("Service",)]
    assert len(there) == len(named), "an object in no resource is applied at any time"
    assert not tilt.everything_before("objects")
    for name, one in tilt.resources.items():
        assert not one["workload"] or "objects" in tilt.everything_before(name), name


@rule
def secrets_are_made_before_they_are_mounted(tilt):
    job = workload_of(tilt, "secrets")
    assert job["kind"] == "Job" and pod_of(job)["containers"][0]["args"] == ["secrets"]
    for name, one in tilt.resources.items():
        if one["workload"] and any("secret" in str(volume).lower() for volume in pod_of(workload_of(tilt, name)).get("volumes", [])):
            assert "secrets" in tilt.everything_before(name), name


@rule
def what_runs_our_programs_waits_for_them(tilt):
    for name, one in tilt.resources.items():
        if one["workload"] and pod_of(workload_of(tilt, name))["containers"][0]["image"].startswith("docker.io/estore/"):
            assert "build" in tilt.everything_before(name), name


@rule
def services_wait_for_stores_and_not_for_bootstrap(tilt):
    for name in SERVICES:
        before = tilt.everything_before(name)
        assert {"postgres", "redis"} <= before and "bootstrap" not in before, "bootstrap ends once the services answered it"
    assert {"postgres", "redis"} <= tilt.everything_before("bootstrap")


@rule
def the_storefront_waits_for_the_services(tilt):
    before = tilt.everything_before("storefront")
    assert set(SERVICES) <= before and "bootstrap" not in before


@rule
def the_demonstration_is_there_when_asked_for_alone(tilt):
    there = {"chaos", "shopper", "prometheus", "grafana", "traces", "audit"} & set(tilt.resources)
    assert len(there) == (6 if is_demo(tilt) else 0), there
    if is_demo(tilt):
        env = {one["name"]: one.get("value") for one in pod_of(workload_of(tilt, "storefront"))["containers"][0]["env"]}
        assert env["ENGINE"] == "true" and tilt.options["demo"]
        # A fault stops the service, and not the script that runs it.
        assert all(pod_of(workload_of(tilt, name)).get("shareProcessNamespace") for name in SERVICES)
        assert {*SERVICES} <= tilt.everything_before("shopper")


@rule
def buttons_are_pressed_by_people_alone(tilt):
    for name in ("tests", "seed"):
        one = tilt.locals[name]
        assert one["trigger_mode"] == MANUAL and one["auto_init"] is False and not one["deps"], name
    assert tilt.locals["seed"]["cmd"] == "tilt trigger bootstrap" and "bootstrap" in tilt.resources
    assert {*SHOP, "mailbox", "bootstrap"} <= set(tilt.locals["tests"]["resource_deps"])


@rule
def scripts_and_sources_are_there(tilt):
    for name in ("build", "tests"):
        assert (ROOT / tilt.locals[name]["cmd"].split()[1]).is_file()
    deps = tilt.locals["build"]["deps"]
    assert deps and all((ROOT / one).exists() for one in deps), deps
