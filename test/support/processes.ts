// Child processes whose output is kept, and which never outlive the process that started them: the
// kernel ends them with it, however it ends (setpriv is part of every Debian).
import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { kLogDirectoryName, runDirectory } from './run.js';

let next_log = 0;

export interface SpawnOptions {
  env?: { [name: string]: string };
  cwd?: string;
  stdin?: string;
  /** Leave standard input open after that; the program ends when `closeInput` closes it. */
  keepInput?: boolean;
}

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A started program. Its standard output and error also go to the run's logs. */
export class Process {
  stdout = '';
  stderr = '';
  readonly child: ChildProcess;
  readonly exited: Promise<Exit>;
  private exit: Exit | undefined;

  constructor(name: string, command: string, args: readonly string[], options: SpawnOptions = {}) {
    const directory = join(runDirectory(), kLogDirectoryName);
    mkdirSync(directory, { recursive: true });
    const log = createWriteStream(join(directory, `${process.pid}-${next_log++}-${name}.log`));
    this.child = spawn('setpriv', ['--pdeathsig', 'KILL', command, ...args], {
      cwd: options.cwd ?? runDirectory(),
      env: { PATH: process.env.PATH ?? '/usr/bin:/bin:/usr/sbin', LANG: 'C.UTF-8', ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.child.stdin?.on('error', () => undefined);
    this.child.stdin?.write(options.stdin ?? '');
    if (options.keepInput !== true) this.closeInput();
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
      log.write(text);
    });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
      log.write(text);
    });
    this.exited = new Promise((resolve, reject) => {
      this.child.once('error', reject);
      this.child.once('close', (code, signal) => {
        log.end();
        this.exit = { code, signal };
        resolve(this.exit);
      });
    });
    this.exited.catch(() => undefined);
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error('the process did not start');
    return this.child.pid;
  }

  get isRunning(): boolean {
    return this.exit === undefined;
  }

  closeInput(): void {
    this.child.stdin?.end();
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** Waits for the end; kills the process and throws when it takes longer than `deadlineMs`. */
  async waitForExit(deadlineMs: number): Promise<Exit> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        this.child.kill('SIGKILL');
        reject(new Error(`still running after ${deadlineMs} ms\n${this.stderr.slice(-2000)}`));
      }, deadlineMs);
    });
    try {
      return await Promise.race([this.exited, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Runs a program to its end. */
export async function run(
  command: string,
  args: readonly string[],
  options: SpawnOptions & { name?: string; deadlineMs?: number } = {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const process = new Process(options.name ?? 'run', command, args, options);
  const { code } = await process.waitForExit(options.deadlineMs ?? 30_000);
  return { code, stdout: process.stdout, stderr: process.stderr };
}
