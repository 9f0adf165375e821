// The only place that speaks HTTP. One call, one request: repeating is the sync engine's business.

import type { Answer, Problem, ServedBy } from './types.ts';

export interface Call {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below /api/v1. */
  path: string;
  body?: unknown;
  /** Sent as it is with its own type, in place of `body`. */
  upload?: Blob;
  ifMatch?: number;
  idempotencyKey?: string;
  signal?: AbortSignal;
}

/** Longer than the service's own deadline (10 s), so that its answer is not thrown away. */
const kTimeoutMs = 15_000;
/**
 * While the service answers, a request without an answer is rather on a dead connection than slow.
 * What may be repeated is given up sooner, and the sync engine repeats it.
 */
const kTimeoutWhileAnsweredMs = 4_000;
const kUploadTimeoutMs = 300_000;

export class ApiClient {
  /** Goes with every write; belongs to the session (see docs/api.md, "Who is asking"). */
  csrfToken: string | null = null;
  onServedBy: (served: ServedBy) => void = () => {};
  private answered = true;

  constructor(private readonly fetch_: typeof fetch = (...args) => fetch(...args)) {}

  async send<T>(call: Call): Promise<Answer<T>> {
    let response: Response;
    let text: string;
    try {
      response = await this.fetch_(`/api/v1${call.path}`, this.init(call));
      text = await response.text();
    } catch (error) {
      if (call.signal?.aborted) throw error;
      this.answered = false;
      return { kind: 'unreachable', retryAfterMs: 0 };
    }
    this.answered = response.status < 500;
    this.noteServedBy(response);
    return toAnswer<T>(response, text);
  }

  /** The whole answer as a file; the service streams it. */
  async download(path: string): Promise<Answer<Blob>> {
    try {
      const response = await this.fetch_(`/api/v1${path}`, { credentials: 'same-origin' });
      this.noteServedBy(response);
      if (!response.ok) return toAnswer<Blob>(response, await response.text());
      return { kind: 'ok', status: response.status, body: await response.blob() };
    } catch {
      return { kind: 'unreachable', retryAfterMs: 0 };
    }
  }

  private init(call: Call): RequestInit {
    const headers: Record<string, string> = { Accept: 'application/json' };
    let body: BodyInit | null = null;
    if (call.upload) {
      headers['Content-Type'] = 'application/jsonl';
      body = call.upload;
    } else if (call.body !== undefined) {
      headers['Content-Type'] = 'application/json';
      body = JSON.stringify(call.body);
    }
    if (call.method !== 'GET' && this.csrfToken) headers['X-CSRF-Token'] = this.csrfToken;
    if (call.ifMatch !== undefined) headers['If-Match'] = `"${call.ifMatch}"`;
    if (call.idempotencyKey) headers['Idempotency-Key'] = call.idempotencyKey;
    const timeout = AbortSignal.timeout(this.patienceMs(call));
    return {
      method: call.method,
      headers,
      body,
      credentials: 'same-origin',
      cache: 'no-store',
      signal: call.signal ? anySignal(call.signal, timeout) : timeout,
    };
  }

  private patienceMs(call: Call): number {
    if (call.upload) return kUploadTimeoutMs;
    const repeatable = call.method === 'GET' || call.idempotencyKey !== undefined;
    return this.answered && repeatable ? kTimeoutWhileAnsweredMs : kTimeoutMs;
  }

  private noteServedBy(response: Response): void {
    const region = response.headers.get('X-Scv-Region');
    const instance = response.headers.get('X-Scv-Instance');
    if (!region || !instance) return;
    this.onServedBy({
      region,
      instance,
      tookMs: readDuration(response.headers.get('Server-Timing')),
    });
  }
}

function toAnswer<T>(response: Response, text: string): Answer<T> {
  const retryAfterMs = readRetryAfter(response.headers.get('Retry-After'));
  if (response.ok) {
    if (text === '') return { kind: 'ok', status: response.status, body: undefined as T };
    const body = parse<T>(text);
    return body === null
      ? { kind: 'unreachable', retryAfterMs }
      : { kind: 'ok', status: response.status, body };
  }
  const problem = parse<Problem>(text);
  if (problem === null || typeof problem.type !== 'string')
    return toStranger(response, retryAfterMs);
  return { kind: 'problem', status: response.status, problem, retryAfterMs };
}

// Not the service's own words: something in between (a load balancer, a firewall) answered. What it
// forbids stays forbidden, so a 4xx is a refusal; anything else may pass.
function toStranger(response: Response, retryAfterMs: number): Answer<never> {
  const status = response.status;
  const transient = status < 400 || status >= 500 || [408, 425, 429].includes(status);
  if (transient) return { kind: 'unreachable', retryAfterMs };
  const problem: Problem = { type: '/problems/refused', title: response.statusText, status };
  return { kind: 'problem', status, problem, retryAfterMs };
}

function parse<T>(text: string): T | null {
  try {
    return JSON.parse(text) as T;
  } catch {
    return null;
  }
}

/** Milliseconds to wait, from seconds or an HTTP date; 0 when absent or unreadable. */
export function readRetryAfter(value: string | null, now: number = Date.now()): number {
  if (value === null) return 0;
  if (/^\d{1,6}$/.test(value.trim())) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? 0 : Math.max(0, date - now);
}

/** The `total` metric of a Server-Timing header, else its first with a duration. */
export function readDuration(value: string | null): number | null {
  if (value === null) return null;
  const metrics = [...value.matchAll(/([\w-]+)[^,]*?;\s*dur=([\d.]+)/g)];
  const chosen = metrics.find((metric) => metric[1] === 'total') ?? metrics[0];
  const duration = Number(chosen?.[2]);
  return Number.isFinite(duration) ? duration : null;
}

/** The kind at the end of a problem's type: `/problems/version-conflict` → `version-conflict`. */
export function problemKind(problem: Problem): string {
  return problem.type.slice(problem.type.lastIndexOf('/') + 1);
}

// AbortSignal.any is younger than the browsers this app is meant for.
function anySignal(...signals: AbortSignal[]): AbortSignal {
  const controller = new AbortController();
  for (const signal of signals) {
    if (signal.aborted) controller.abort(signal.reason);
    signal.addEventListener('abort', () => controller.abort(signal.reason), { once: true });
  }
  return controller.signal;
}
