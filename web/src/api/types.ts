// What the service says (docs/api.md), as far as this app reads it.

export type MemoState = 'active' | 'trashed';

interface MemoHead {
  id: string;
  title: string;
  pinned: boolean;
  state: MemoState;
  version: number;
  created_at: string;
  updated_at: string;
  deleted_at: string | null;
}

export interface Memo extends MemoHead {
  content: string;
}

/** A memo in a list: the first 200 code points in place of the content. */
export interface Summary extends MemoHead {
  excerpt: string;
}

export interface Page {
  items: Summary[];
  next_cursor: string | null;
}

export interface Account {
  id: string;
  username: string;
  created_at: string;
}

export interface Session {
  account: Account;
  csrf_token: string;
  expires_at: string;
}

export interface Info {
  signup: 'open' | 'closed';
  version: string;
}

export interface ImportReport {
  imported: number;
  failed: number;
  errors: { line: number; message: string }[];
}

/** RFC 9457, with this service's extensions. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail?: string;
  errors?: { field: string; message: string }[];
  current?: Memo;
}

/** Who answered last, for the footer. */
export interface ServedBy {
  region: string;
  instance: string;
  /** Total duration by Server-Timing, in milliseconds; null when it is not said. */
  tookMs: number | null;
}

/**
 * The outcome of one request. `unreachable` is everything that says nothing about its effect: no
 * network, a time-out, a body cut short, or a gateway's page in place of the service's answer.
 */
export type Answer<T> =
  | { kind: 'ok'; status: number; body: T }
  | { kind: 'problem'; status: number; problem: Problem; retryAfterMs: number }
  | { kind: 'unreachable'; retryAfterMs: number };
