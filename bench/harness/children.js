// Child processes of the benchmark. Every one is ended by its pid, on Ctrl-C as well.
import { spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { family } from './proc.js';

const kOutputMax = 256 * 1024;
const running = new Set();

function killQuietly(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

/** Kills whatever still runs, workers of children included. Synchronous, for the way out. */
export function killAll() {
  for (const child of running) {
    if (child.pid !== undefined) family(child.pid).reverse().forEach(killQuietly);
  }
}

export class Child {
  /** @param {{env?: object, cwd?: string, stdin?: string}} [options] */
  constructor(name, command, args, options = {}) {
    this.name = name;
    this.output = '';
    this.process = spawn(command, args, {
      cwd: options.cwd,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, LANG: 'C.UTF-8', ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    running.add(this);
    this.exited = new Promise((resolve) => {
      this.process.once('error', (error) => {
        running.delete(this);
        this.output += `${command}: ${error.message}`;
        resolve({ code: 127, signal: null });
      });
      this.process.once('close', (code, signal) => {
        running.delete(this);
        resolve({ code, signal });
      });
    });
    this.stdout = '';
    this.process.stdin.on('error', () => undefined);
    this.process.stdin.end(options.stdin ?? '');
    this.process.stdout.setEncoding('utf8').on('data', (text) => {
      this.stdout += text;
      this.keep(text);
    });
    this.process.stderr.setEncoding('utf8').on('data', (text) => this.keep(text));
  }

  /** The end of what the program said, for messages. */
  keep(text) {
    this.output = (this.output + text).slice(-kOutputMax);
  }

  get pid() {
    return this.process.pid;
  }

  get isRunning() {
    return running.has(this);
  }

  /** SIGTERM, and SIGKILL when that does not help. */
  async stop(deadlineMs = 30_000) {
    if (!this.isRunning) return;
    this.process.kill('SIGTERM');
    const patience = new AbortController();
    const late = pause(deadlineMs, 'late', { signal: patience.signal }).catch(() => undefined);
    if ((await Promise.race([this.exited, late])) === 'late') this.process.kill('SIGKILL');
    await this.exited;
    patience.abort();
  }
}

/** Runs a program to its end and returns its standard output; anything but success throws. */
export async function run(command, args, { deadlineMs = 60_000, ...options } = {}) {
  const child = new Child(command, command, args, options);
  const timer = setTimeout(() => child.process.kill('SIGKILL'), deadlineMs);
  const { code, signal } = await child.exited;
  clearTimeout(timer);
  if (code === 0) return child.stdout;
  const end = signal ? `was ended by ${signal}` : `failed with status ${code}`;
  throw new Error(`${command} ${args[0] ?? ''} ${end}: ${child.output.trim().slice(-2000)}`);
}
