// What to do next with the queue of writes: a pure function of the queue and the time.

import type { Call } from '../api/client.ts';
import type { Write } from './types.ts';

export type Step =
  | { do: 'send'; write: Write }
  /** Nothing may be sent before `until`. */
  | { do: 'wait'; until: number }
  /** Everything left waits for the person. */
  | { do: 'ask' }
  /** The queue is empty. */
  | { do: 'rest' };

/** The service keeps keys for 7 days; a day is left for clocks and slow roads. */
export const kKeyLifetimeMs = 6 * 24 * 3600 * 1000;

/**
 * Writes of one memo go in order, one at a time: only the first of each may be sent. Writes of
 * different memos do not wait for one another. `queue` is in order of seq.
 */
export function decide(queue: readonly Write[], now: number): Step {
  const heads = firstOfEachMemo(queue).filter((write) => write.stuck === null);
  const ready = heads.find((write) => write.notBefore <= now);
  if (ready) return { do: 'send', write: ready };
  if (heads.length > 0) {
    return { do: 'wait', until: Math.min(...heads.map((write) => write.notBefore)) };
  }
  return queue.length > 0 ? { do: 'ask' } : { do: 'rest' };
}

/** A create tried too long ago could make a second memo; nothing else can apply twice. */
export function isExpired(write: Write, now: number): boolean {
  const tried = write.attempts > 0;
  return write.kind === 'create' && tried && now - write.firstTriedAt > kKeyLifetimeMs;
}

/** The request of a write; the same every time it is tried. */
export function toCall(write: Write): Call {
  const memo = `/memos/${write.memo}`;
  const idempotencyKey = write.key;
  switch (write.kind) {
    case 'create': {
      const { title, content, pinned } = write;
      return { method: 'POST', path: '/memos', body: { title, content, pinned }, idempotencyKey };
    }
    case 'update': {
      const body = { title: write.title, content: write.content };
      return { method: 'PUT', path: memo, body, ifMatch: write.base ?? 1, idempotencyKey };
    }
    case 'pin': {
      const body = { pinned: write.pinned };
      return { method: 'PATCH', path: memo, body, ifMatch: write.base ?? 1, idempotencyKey };
    }
    case 'trash':
      return { method: 'DELETE', path: memo, idempotencyKey };
    case 'restore':
    case 'purge':
      return { method: 'POST', path: `${memo}/${write.kind}`, idempotencyKey };
  }
}

/**
 * How many memos have something waiting that needs no decision: what a person counts as changes.
 */
export function countWaiting(queue: readonly Write[]): number {
  return firstOfEachMemo(queue).filter((write) => write.stuck === null).length;
}

export function firstOfEachMemo(queue: readonly Write[]): Write[] {
  const seen = new Set<string>();
  return queue.filter((write) => {
    if (seen.has(write.memo)) return false;
    seen.add(write.memo);
    return true;
  });
}
