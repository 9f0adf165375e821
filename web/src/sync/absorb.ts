// What an answer means for the queue and the local copy: a pure function.

import { problemKind } from '../api/client.ts';
import type { Answer, Memo } from '../api/types.ts';
import { backoffMs } from './backoff.ts';
import { docOfMemo } from './docs.ts';
import type { Change } from './store.ts';
import { sameText, type Stuck, type Write } from './types.ts';

export interface Outcome extends Change {
  /** A memo got its id. */
  renamed: { from: string; to: string } | null;
  /** Nothing more can be sent before the session is looked at. */
  pause: 'sign-in' | 'check-session' | null;
}

export interface Moment {
  now: number;
  /** In [0, 1). */
  random: number;
}

/** `queue` is the account's, in order of seq, as it is when the answer arrives. */
export function absorb(
  queue: readonly Write[],
  write: Write,
  answer: Answer<Memo | undefined>,
  moment: Moment,
): Outcome {
  if (!queue.some((other) => other.seq === write.seq)) return afterwards(write, answer);
  if (answer.kind === 'unreachable') return holdAll(queue, write, answer.retryAfterMs, moment);
  if (answer.kind === 'ok') return acknowledge(queue, write, answer.body);
  switch (problemKind(answer.problem)) {
    case 'unauthenticated':
      return { ...nothing(), pause: 'sign-in' };
    case 'csrf':
      return { ...nothing(), pause: 'check-session' };
    case 'version-conflict':
      return meetConflict(queue, write, answer.problem.current);
    case 'memo-trashed':
      return write.kind === 'update' ? stop(write, { reason: 'trashed' }) : giveUp(queue, write);
    case 'memo-not-trashed':
      return giveUp(queue, write);
    case 'not-found':
      if (write.kind === 'update') return stop(write, { reason: 'gone' });
      return { ...giveUp(queue, write), gone: [write.memo] };
    case 'too-many-requests':
      return holdAll(queue, write, answer.retryAfterMs, moment);
    default:
  }
  // An internal error may be this write's own fault; the others need not wait for it.
  if (answer.status === 500) return hold([write], write, answer.retryAfterMs, moment);
  if (answer.status > 501) return holdAll(queue, write, answer.retryAfterMs, moment);
  return stop(write, { reason: 'refused', problem: answer.problem });
}

// The person gave the write up while it was on its way; all it can still do is tell the news.
function afterwards(write: Write, answer: Answer<Memo | undefined>): Outcome {
  return answer.kind === 'ok' ? acknowledge([], write, answer.body) : nothing();
}

function acknowledge(queue: readonly Write[], write: Write, memo: Memo | undefined): Outcome {
  const outcome = { ...nothing(), drop: [write.seq] };
  if (write.kind === 'purge' || memo === undefined) {
    return { ...outcome, gone: write.kind === 'purge' ? [write.memo] : [] };
  }
  const [next, ...rest] = followers(queue, write);
  outcome.docs = [docOfMemo(write.account, memo)];
  if (next) outcome.put.push(buildOn(memo, next));
  if (memo.id === write.memo) return outcome;
  outcome.put = [...outcome.put, ...rest].map((later) => ({ ...later, memo: memo.id }));
  return { ...outcome, renamed: { from: write.memo, to: memo.id } };
}

// The next write of the memo replaces the version just made, provided it started from its text.
// Otherwise somebody's change got in between, and an older version makes the service say so.
function buildOn(memo: Memo, next: Write): Write {
  if (next.kind === 'pin' && next.base === null) return { ...next, base: memo.version };
  if (next.kind !== 'update' || next.base !== null) return next;
  const base = sameText(memo, next.was) ? memo.version : Math.max(1, memo.version - 1);
  return { ...next, base };
}

function meetConflict(queue: readonly Write[], write: Write, current: Memo | undefined): Outcome {
  if (!current || (write.kind !== 'update' && write.kind !== 'pin')) {
    const problem = { type: '/problems/version-conflict', title: '', status: 412 };
    return stop(write, { reason: 'refused', problem });
  }
  const docs = [docOfMemo(write.account, current)];
  const again = { ...nothing(), put: [{ ...write, base: current.version }], docs };
  if (write.kind === 'pin') return again;
  if (sameText(current, write)) return { ...acknowledge(queue, write, current), docs };
  if (sameText(current, write.was)) return again;
  return { ...stop(write, { reason: 'conflict', current }), docs };
}

/** The write has lost its meaning; what follows takes over the version it was made for. */
function giveUp(queue: readonly Write[], write: Write): Outcome {
  const [next] = followers(queue, write);
  const base = 'base' in write ? write.base : null;
  const takesOver = next && 'base' in next && next.base === null && base !== null;
  return {
    ...nothing(),
    drop: [write.seq],
    put: takesOver ? [{ ...next, base }] : [],
  };
}

function stop(write: Write, stuck: Stuck): Outcome {
  return { ...nothing(), put: [{ ...write, stuck }] };
}

function holdAll(
  queue: readonly Write[],
  write: Write,
  retryAfterMs: number,
  moment: Moment,
): Outcome {
  return hold(queue, write, retryAfterMs, moment);
}

function hold(
  writes: readonly Write[],
  tried: Write,
  retryAfterMs: number,
  { now, random }: Moment,
): Outcome {
  const until = now + backoffMs(Math.max(1, tried.attempts), retryAfterMs, random);
  const put = writes.map((write) => ({ ...write, notBefore: Math.max(write.notBefore, until) }));
  return { ...nothing(), put };
}

function followers(queue: readonly Write[], write: Write): Write[] {
  return queue.filter((other) => other.memo === write.memo && other.seq > write.seq);
}

function nothing(): Outcome {
  return { put: [], add: [], drop: [], docs: [], gone: [], renamed: null, pause: null };
}
