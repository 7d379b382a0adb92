"""Executes the Tiltfile as Tilt would, with stand-ins for its builtins that record its
declarations.

They take the arguments that https://docs.tilt.dev/api.html names, and no others: a misspelt one
fails. The stand-ins also refuse whatever Tilt itself refuses, such as a resource of a missing
workload, or an object that is taken twice.
"""

import functools
import subprocess
from pathlib import Path

import starlark
import yaml

ROOT = Path(__file__).resolve().parents[2]
# The classes in C, if PyYAML has them: they are ten times as fast.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
AUTO, MANUAL = "auto", "manual"
WORKLOADS = ("Deployment", "StatefulSet", "Job", "CronJob", "DaemonSet", "Pod")
# The module `config` of Tilt.
CONFIG = "config = struct(define_bool = define_bool, parse = parse)\n"


class Refused(Exception):
    """Raised for anything that Tilt would not accept."""


class Tilt:
    """The declarations of a Tiltfile, for `tilt up -- <arguments>`."""

    def __init__(self, source, arguments=()):
        self.arguments = arguments
        self.options = {}
        self.contexts = []
        self.images = {}
        self.objects = []
        self.resources = {}
        self.locals = {}
        module = starlark.Module()
        module["TRIGGER_MODE_AUTO"] = AUTO
        module["TRIGGER_MODE_MANUAL"] = MANUAL
        for name in BUILTINS:
            module.add_callable(name, getattr(self, name))
        dialect = starlark.Dialect.standard()
        dialect.enable_top_level_stmt = True
        dialect.enable_load = False
        names = starlark.Globals.extended_by([starlark.LibraryExtension.StructType])
        starlark.eval(module, starlark.parse("Tiltfile", CONFIG + source, dialect), names)
        self.assemble()

    # The builtins that a Tiltfile may call.

    def version_settings(self, constraint="", check_updates=True):
        pass

    def define_bool(self, name, args=False, usage=""):
        fresh(self.options, name, usage)

    def parse(self):
        for one in self.arguments:
            if one.removeprefix("--") not in self.options:
                raise Refused(f"unknown flag: {one}")
        return {one.removeprefix("--"): True for one in self.arguments}

    def allow_k8s_contexts(self, contexts):
        self.contexts += [contexts] if isinstance(contexts, str) else contexts

    def local_resource(self, name, cmd="", deps=(), trigger_mode=AUTO, resource_deps=(), auto_init=True, labels=()):
        fresh(self.locals, name, dict(cmd=cmd, deps=deps, trigger_mode=trigger_mode, resource_deps=resource_deps,
                                      auto_init=auto_init, labels=labels))

    def docker_build(self, ref, context, dockerfile="Dockerfile", build_args=None, live_update=()):
        fresh(self.images, ref, dict(context=context, dockerfile=dockerfile, live_update=live_update))

    def sync(self, local_path, remote_path):
        return {"sync": [local_path, remote_path]}

    def run(self, cmd, trigger=()):
        return {"run": cmd}

    def helm(self, paths, name="", namespace="", values=()):
        command = ["helm", "template", name, paths, "--namespace", namespace]
        for file in values:
            command += ["--values", file]
        rendered = output(tuple(command))
        # Tilt leaves out everything in a directory `tests`.
        kept = [part for part in rendered.split("---\n") if not ("# Source: " in part and "/tests/" in part.splitlines()[0])]
        return "---\n".join(kept)

    def decode_yaml_stream(self, yaml_stream):
        return list(yaml.load_all(yaml_stream, LOADER))

    def encode_yaml_stream(self, objects):
        return yaml.dump_all(objects, Dumper=DUMPER)

    def k8s_yaml(self, text):
        self.objects += [one for one in yaml.load_all(text, LOADER) if one]

    def port_forward(self, local_port, container_port=None, name="", link_path="", host=""):
        return {"local": local_port, "container": container_port or local_port}

    def k8s_resource(self, workload="", new_name="", port_forwards=(), resource_deps=(), objects=(), trigger_mode=AUTO,
                     auto_init=True, labels=()):
        fresh(self.resources, new_name or workload, dict(workload=workload, port_forwards=port_forwards,
                                                         resource_deps=resource_deps, objects=objects, labels=labels))

    # The checks that Tilt makes at the end.

    def assemble(self):
        workloads = [one["metadata"]["name"] for one in self.objects if one["kind"] in WORKLOADS]
        if len(workloads) != len(set(workloads)):
            raise Refused("two workloads of one name: Tilt would call them `name:kind`")
        left = [selector(one) for one in self.objects if one["kind"] not in WORKLOADS + ("Service",)]
        for name, resource in self.resources.items():
            if resource["workload"] and resource["workload"] not in workloads:
                raise Refused(f"{name}: no workload {resource['workload']}, only {workloads}")
            for one in resource["objects"]:
                if one not in left:
                    raise Refused(f"{name}: {one} is not there, or has been taken")
                left.remove(one)
        for name in {**self.resources, **self.locals}:
            self.everything_before(name)

    def everything_before(self, name, seen=()):
        """Returns the direct and indirect resources that must be ready before this one."""
        if name in seen:
            raise Refused(f"{name} waits for itself")
        one = self.resources.get(name) or self.locals.get(name)
        if one is None:
            raise Refused(f"{seen[-1]} depends on {name}, which is not there")
        near = set(one["resource_deps"])
        return near.union(*(self.everything_before(other, (*seen, name)) for other in near))


BUILTINS = [name for name in vars(Tilt) if not name.startswith("_") and name not in ("assemble", "everything_before")]


@functools.cache
def output(command):
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise Refused(done.stderr)
    return done.stdout


def fresh(into, name, value):
    if name in into:
        raise Refused(f"{name} is declared twice")
    into[name] = value


def selector(one):
    return f"{one['metadata']['name']}:{one['kind'].lower()}"
