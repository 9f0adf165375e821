// Figures from /proc, and what machine this is.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';

/** Microseconds of a clock tick: Linux shows USER_HZ = 100 to every program. */
const kTickUs = 10_000;

function statFields(pid) {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

/** CPU microseconds that a process has used, all its threads together. */
export function cpuOf(pid) {
  const fields = statFields(pid);
  return (Number(fields[11]) + Number(fields[12])) * kTickUs;
}

/** CPU microseconds of this process's ended children. */
export function cpuOfEndedChildren() {
  const fields = statFields('self');
  return (Number(fields[13]) + Number(fields[14])) * kTickUs;
}

/** CPU microseconds that all processors were not idle, steal included. */
export function cpuOfMachine() {
  const [user, nice, system, , , irq, softirq, steal] = readFileSync('/proc/stat', 'utf8')
    .split('\n', 1)[0].trim().split(/\s+/).slice(1).map(Number);
  return (user + nice + system + irq + softirq + steal) * kTickUs;
}

function childrenOf(pid) {
  try {
    return readdirSync(`/proc/${pid}/task`)
      .map((task) => readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8'))
      .flatMap((pids) => pids.split(' ').filter(Boolean).map(Number));
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ESRCH') return [];  // it has just ended
    throw error;
  }
}

/** A process and its descendants. */
export function family(pid) {
  const found = [pid];
  for (const member of found) found.push(...childrenOf(member));
  return found;
}

/** Resident bytes of a process: now, and at most so far. */
export function memoryOf(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kib = (name) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)[1]);
  return { now: kib('VmRSS') * 1024, peak: kib('VmHWM') * 1024 };
}

/** The file system type that a path is on. */
function fileSystem(path) {
  const mounts = readFileSync('/proc/mounts', 'utf8').trim().split('\n').map((l) => l.split(' '));
  const holding = mounts
    .filter(([, at]) => path === at || path.startsWith(at === '/' ? '/' : `${at}/`))
    .sort((a, b) => b[1].length - a[1].length);
  return holding[0]?.[2] ?? 'unknown';
}

export function describeMachine(workDirectory) {
  const osRelease = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  return {
    cpu: cpus()[0].model.trim(),
    cores: (availableParallelism ?? (() => cpus().length))(),
    memory_gib: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    system: /^PRETTY_NAME="(.*)"$/m.exec(osRelease)?.[1] ?? 'Linux',
    file_system: fileSystem(workDirectory),
    load_before: loadavg()[0],
  };
}
