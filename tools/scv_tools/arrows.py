"""The arrows between the rooms of src/: includes, links, and what a pure room may reach."""

import json
import re
import subprocess
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from scv_tools import cpp_text

# Headers only, of libraries that anybody may use (cmake/ScvPrecompiled.cmake).
PRECOMPILED = {"scv_precompiled", "scv_precompiled_tests"}

# Symbols that end purity, as `nm -C` prints them without their arguments. A pure room gets what
# it needs as parameters.
BANNED_SYMBOLS = {
    "a clock": r"(clock_gettime|gettimeofday|time|clock|times|ftime|timespec_get|localtime(_r)?"
               r"|std::chrono::.*(system|steady)_clock::now)",
    "randomness": r"(s?rand(om)?(_r)?|[dlm]rand48|getrandom|getentropy|arc4random\w*"
                  r"|std::random_device::.+|RAND_\w+|randombytes\w*)",
    "the environment": r"(secure_getenv|getenv|setenv|putenv|unsetenv|environ|getpid|gethostname"
                       r"|uname|sysconf|std::locale::locale)",
    "a file": r"(f?open(at|64)?|creat|fdopen|freopen|p?read(v|64)?|p?write(v|64)?|fread|fwrite"
              r"|(f|l)?stat(64|x|at)?|unlink(at)?|rename|mkdir|rmdir|opendir|fsync"
              r"|std::basic_([io]?fstream|filebuf)\b.*|std::filesystem::.+)",
    "standard output": r"(v?f?printf|puts|putchar|fputs|fputc|perror|std::cout|std::cerr|std::clog"
                       r"|stdout|stderr|__v?f?printf_chk|std::ios_base::Init::Init)",
    "a socket": r"(socket(pair)?|bind|listen|connect|accept4?|send(to|msg)?|recv(from|msg)?"
                r"|getaddrinfo|getnameinfo|gethostby\w+|poll|select|epoll_\w+)",
    "a process or thread": r"(v?fork|exec[lv]\w*|posix_spawn\w*|system|popen|kill|raise|_?exit"
                           r"|pthread_create|std::thread::.+|std::this_thread::.+|u?sleep"
                           r"|nanosleep|clock_nanosleep|signal|sigaction|dlopen)",
}


@dataclass(frozen=True)
class Room:
    name: str
    path: str
    may: frozenset[str]
    libraries: frozenset[str]
    test_may: frozenset[str] = field(default_factory=frozenset)
    pure: bool = False


def read_rooms(text: str) -> dict[str, Room]:
    rooms = {}
    for name, entry in tomllib.loads(text)["rooms"].items():
        rooms[name] = Room(
            name=name,
            path=entry.pop("path"),
            may=frozenset(entry.pop("may")),
            libraries=frozenset(entry.pop("libraries")),
            test_may=frozenset(entry.pop("test_may", [])),
            pure=entry.pop("pure", False),
        )
        if entry:
            raise ValueError(f"arrows.toml: unknown key in rooms.{name}: {', '.join(entry)}")
    return rooms


def table_problems(rooms: dict[str, Room]) -> list[str]:
    """The table itself: known names only, and no cycle."""
    problems = [
        f"room {room.name}: '{other}' is no room"
        for room in rooms.values()
        for other in sorted((room.may | room.test_may) - rooms.keys())
    ]
    settled: set[str] = set()
    while len(settled) < len(rooms):
        ready = {r.name for r in rooms.values() if (r.may & rooms.keys()) <= settled} - settled
        if not ready:
            return problems + [f"arrows in a circle: {', '.join(sorted(rooms.keys() - settled))}"]
        settled |= ready
    return problems


def room_of(path: Path, rooms: dict[str, Room]) -> Room | None:
    inside = [r for r in rooms.values() if path.is_relative_to(r.path)]
    return max(inside, key=lambda room: len(room.path), default=None)


_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*"([^"]+)"', re.MULTILINE)


def include_problems(tree: dict[Path, str], rooms: dict[str, Room]) -> list[str]:
    problems = []
    for path, text in tree.items():
        if path.suffix not in {".cc", ".h", ".in"} or path.parts[0] != "src":
            continue
        room = room_of(path, rooms)
        if room is None:
            problems.append(f"{path}: lives in no room of tools/arrows.toml")
            continue
        may = room.may | (room.test_may if path.stem.endswith("_test") else frozenset())
        code = cpp_text.blank(text, keep_strings=True)
        for match in _INCLUDE.finditer(code):
            line = code.count("\n", 0, match.start()) + 1
            target = room_of(Path("src") / match.group(1), rooms)
            if ".." in match.group(1):
                problems.append(f"{path}:{line}: include by the path from src/, without '..'")
            elif target is None:
                problems.append(f"{path}:{line}: \"{match.group(1)}\" is in no room; third-party "
                                "headers are included with <>")
            elif target.name != room.name and target.name not in may:
                problems.append(f"{path}:{line}: {room.name} must not include {target.name} "
                                f"(\"{match.group(1)}\")")
    return problems


@dataclass(frozen=True)
class Target:
    name: str
    kind: str
    directory: str
    artifact: Path | None


def read_targets(reply: Path) -> dict[str, Target]:
    """CMake's file API: every target, its kind and the directory that defines it."""
    targets = {}
    for file in sorted(reply.glob("target-*.json")):
        data = json.loads(file.read_text())
        artifacts = data.get("artifacts") or [{}]
        path = artifacts[0].get("path")
        targets[data["name"]] = Target(
            data["name"], data["type"], data["paths"]["source"], Path(path) if path else None)
    return targets


_NODE = re.compile(r'^\s*"(node\d+)" \[ label = "([^"\\]+)')
_EDGE = re.compile(r'^\s*"(node\d+)" -> "(node\d+)"')


def read_links(dot: str) -> set[tuple[str, str]]:
    """`cmake --graphviz`: pairs of target and what it links itself."""
    names, links = {}, set()
    for line in dot.splitlines():
        if edge := _EDGE.match(line):
            links.add((names[edge.group(1)], names[edge.group(2)]))
        elif node := _NODE.match(line):
            names[node.group(1)] = node.group(2)
    return links


def link_problems(targets: dict[str, Target], links: set[tuple[str, str]],
                  rooms: dict[str, Room]) -> list[str]:
    """A room's library links only what the table allows. Tests may link test libraries, too."""
    problems = []
    for source, linked in sorted(_through_groups(targets, links)):
        target = targets.get(source)
        room = target and room_of(Path(target.directory), rooms)
        if not room or _is_test(target):
            continue
        if linked in PRECOMPILED:
            continue
        # A target of ours outside every room is third-party code built here, like boost_impl.
        other = linked in targets and room_of(Path(targets[linked].directory), rooms)
        if other:
            if other.name != room.name and other.name not in room.may:
                problems.append(f"{source} ({room.name}) must not link {linked}")
        elif linked not in room.libraries:
            problems.append(f"{source} ({room.name}) must not link {linked}: it is not among the "
                            "room's libraries")
    return problems


def _through_groups(targets: dict[str, Target],
                    links: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Libraries of ours without code of their own (CMake's file API omits them) stand for what
    they link."""

    def members(name: str) -> set[str]:
        if not name.startswith("scv_") or name in targets:
            return {name}
        return set().union(*(members(linked) for group, linked in links if group == name))

    return {(source, member) for source, linked in links for member in members(linked)}


def _is_test(target: Target) -> bool:
    return re.search(r"_(test|test_support|contract|harness)$", target.name) is not None


def impure_symbols(nm_output: str) -> list[str]:
    """The banned symbols among the undefined ones that `nm -C -u` lists."""
    found = set()
    for line in nm_output.splitlines():
        match = re.match(r"\s*(?:U|w|v)\s+(.*)", line)
        if not match:
            continue
        symbol = re.sub(r"\[abi:\w+\]", "", match.group(1)).split("@")[0]
        bare = re.sub(r"\(.*\)( const)?$", "", symbol)
        for what, pattern in BANNED_SYMBOLS.items():
            if re.fullmatch(pattern, bare):
                found.add(f"{bare}: {what}")
    return sorted(found)


def undefined_symbols(library: Path) -> str:
    return subprocess.run(["nm", "-C", "-u", str(library)], capture_output=True, text=True,
                          check=True).stdout


def link_alone(library: Path, others: list[Path], libraries: list[str], output: Path) -> str | None:
    """Links the whole library with only what the table allows; the linker's words if it cannot."""
    command = ["g++", "-shared", "-o", str(output), "-Wl,--no-undefined", "-Wl,--whole-archive",
               str(library), "-Wl,--no-whole-archive", *map(str, others), *libraries]
    linked = subprocess.run(command, capture_output=True, text=True, check=False)
    return None if linked.returncode == 0 else linked.stderr.strip()
