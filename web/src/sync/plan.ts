// How what the person does becomes writes: pure functions over one memo's waiting writes.
// A write that was never sent may still change; one that was is frozen, and a new one follows it.

import { overlay, textOf } from './docs.ts';
import { type Change, noChange, type Own } from './store.ts';
import { isLocalId, sameText, type Text, type Write } from './types.ts';

/** What a new write needs from the outside. */
export interface Mint {
  account: string;
  now: number;
  key: () => string;
}

export interface Edit {
  text: Text;
  /** The text the person started from. */
  was: Text;
  /** The version they started from; null for a memo that has none yet. */
  base: number | null;
}

export function planEdit({ id, doc, writes }: Own, edit: Edit, mint: Mint): Change {
  const shown = overlay(doc, writes);
  if (shown && sameText(textOf(shown), edit.text)) return noChange();
  if (!shown && isLocalId(id)) {
    return add({ ...head(id, mint), kind: 'create', pinned: false, ...edit.text });
  }
  const follows = shown !== undefined && sameText(textOf(shown), edit.was);
  const tail = writes.at(-1);
  if (follows && tail) {
    const changed = retype(tail, edit.text, mint);
    if (changed) return { ...noChange(), put: [changed] };
  }
  const next = tail ? null : (doc?.version ?? 1);
  // Not what they started from: their own version makes the service report the conflict.
  const base = follows ? next : (edit.base ?? 1);
  const { text, was } = edit;
  return add({ ...head(id, mint), kind: 'update', base, was, ...text });
}

// The same write with another text, when nobody but this browser knows of it.
function retype(write: Write, text: Text, mint: Mint): Write | null {
  if (write.kind !== 'create' && write.kind !== 'update') return null;
  if (write.stuck) {
    const stuck = write.stuck.reason === 'refused' ? null : write.stuck;
    return { ...write, ...text, ...fresh(mint), stuck };
  }
  return write.attempts === 0 ? { ...write, ...text } : null;
}

export function planPin({ id, doc, writes }: Own, pinned: boolean, mint: Mint): Change {
  const tail = writes.at(-1);
  if (tail && tail.attempts === 0 && (tail.kind === 'pin' || tail.kind === 'create')) {
    return { ...noChange(), put: [{ ...tail, pinned }] };
  }
  const base = tail ? null : (doc?.version ?? 1);
  return add({ ...head(id, mint), kind: 'pin', base, pinned });
}

/** Trash undoes a restore that was never sent, and the other way round. */
export function planMove(
  { id, writes }: Own,
  kind: 'trash' | 'restore' | 'purge',
  mint: Mint,
): Change {
  const tail = writes.at(-1);
  const opposite = kind === 'trash' ? 'restore' : 'trash';
  if (kind !== 'purge' && tail?.kind === opposite && tail.attempts === 0) {
    return { ...noChange(), drop: [tail.seq] };
  }
  return add({ ...head(id, mint), kind });
}

/** What to do about the memo's write that is stuck. */
export type Choice =
  /** Overwrite theirs with this text. */
  | { choose: 'text'; text: Text }
  | { choose: 'theirs' }
  | { choose: 'retry' }
  | { choose: 'restore' }
  | { choose: 'copy'; memo: string }
  | { choose: 'discard' };

export function planChoice({ writes }: Own, choice: Choice, mint: Mint): Change {
  const stuck = writes.find((write) => write.stuck !== null);
  if (!stuck) return noChange();
  const rest = writes.filter((write) => write.seq > stuck.seq);
  switch (choice.choose) {
    case 'text':
      return overwrite(stuck, choice.text, mint);
    case 'retry':
      return { ...noChange(), put: [{ ...stuck, ...fresh(mint), stuck: null }] };
    case 'restore':
      return restoreAndSave(stuck, mint);
    case 'copy':
      return saveAsNew(writes, stuck, choice.memo, mint);
    case 'theirs':
    case 'discard':
      return discard(stuck, rest);
  }
}

function overwrite(stuck: Write, text: Text, mint: Mint): Change {
  if (stuck.kind !== 'update' || stuck.stuck?.reason !== 'conflict') return noChange();
  const { version, title, content } = stuck.stuck.current;
  const was = { title, content };
  const write: Write = { ...stuck, ...text, ...fresh(mint), base: version, was, stuck: null };
  return { ...noChange(), put: [write] };
}

// The text is right, the memo is in the trash: restore it, then save what was typed.
function restoreAndSave(stuck: Write, mint: Mint): Change {
  if (stuck.kind !== 'update') return noChange();
  const { title, content, was } = stuck;
  const update: Write = {
    ...head(stuck.memo, mint),
    kind: 'update',
    base: null,
    was,
    title,
    content,
  };
  return {
    ...noChange(),
    drop: [stuck.seq],
    add: [{ ...head(stuck.memo, mint), kind: 'restore' }, update],
  };
}

function saveAsNew(writes: readonly Write[], stuck: Write, memo: string, mint: Mint): Change {
  if (stuck.kind !== 'update' && stuck.kind !== 'create') return noChange();
  const { title, content } = stuck;
  return {
    ...add({ ...head(memo, mint), kind: 'create', pinned: false, title, content }),
    drop: writes.map((write) => write.seq),
    gone: stuck.stuck?.reason === 'gone' ? [stuck.memo] : [],
  };
}

// Without its create a memo has no other writes; without an update, a later one has no ground.
function discard(stuck: Write, rest: readonly Write[]): Change {
  const falls = rest.filter((write) => stuck.kind === 'create' || fallsWith(stuck, write));
  const stays = rest.filter((write) => !falls.includes(write));
  const [next] = stays;
  const version = stuck.stuck?.reason === 'conflict' ? stuck.stuck.current.version : null;
  const base = version ?? ('base' in stuck ? stuck.base : null) ?? 1;
  return {
    ...noChange(),
    drop: [stuck, ...falls].map((write) => write.seq),
    put: next && 'base' in next && next.base === null ? [{ ...next, base }] : [],
    gone: stuck.stuck?.reason === 'gone' ? [stuck.memo] : [],
  };
}

function fallsWith(stuck: Write, write: Write): boolean {
  return stuck.kind === 'update' && write.kind === 'update';
}

function add(write: Write): Change {
  return { ...noChange(), add: [write] };
}

function head(memo: string, mint: Mint) {
  return { seq: 0, account: mint.account, memo, queuedAt: mint.now, ...fresh(mint), stuck: null };
}

function fresh(mint: Mint) {
  return { key: mint.key(), attempts: 0, firstTriedAt: 0, notBefore: 0 };
}
