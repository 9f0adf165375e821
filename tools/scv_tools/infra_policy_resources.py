"""What the policies of infra_policy.py look at: the resources of a state, and how rules are written."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

Problem = tuple[str, str]


@dataclass(frozen=True)
class Resource:
    address: str
    mode: str  # managed or data
    type: str
    values: dict


class Resources:
    def __init__(self, resources: list[Resource]):
        self.all = resources

    def of(self, *types: str) -> list[Resource]:
        return [r for r in self.all if r.mode == "managed" and r.type in types]

    def data(self, kind: str) -> list[Resource]:
        return [r for r in self.all if r.mode == "data" and r.type == kind]


def read_module(module: dict) -> Iterator[Resource]:
    """The resources of a module of Terraform's JSON, and of the modules in it."""
    for item in module.get("resources", []):
        yield Resource(item["address"], item["mode"], item["type"], item.get("values", {}))
    for child in module.get("child_modules", []):
        yield from read_module(child)


def must(resources: list[Resource], problem: str,
          fine: Callable[[dict], bool]) -> list[Problem]:
    return [(r.address, problem) for r in resources if not fine(r.values)]


def first(values: dict, block: str) -> dict:
    return (values.get(block) or [{}])[0]


def module_of(resource: Resource) -> str:
    return resource.address[:resource.address.index(resource.type)]
