// Between the service's memos, the local copy, and what is shown.

import type { Memo, Summary } from '../api/types.ts';
import { excerptOf, kExcerptCodePoints, lengthOf } from '../text/limits.ts';
import type { Doc, Text, Write } from './types.ts';

export function docOfMemo(account: string, memo: Memo): Doc {
  return { ...memo, account, excerpt: excerptOf(memo.content) };
}

/** A short excerpt is the whole content; otherwise what was known of this version is kept. */
export function docOfSummary(account: string, summary: Summary, known: Doc | undefined): Doc {
  const whole = lengthOf(summary.excerpt) < kExcerptCodePoints;
  const kept = known?.version === summary.version ? known.content : null;
  return { ...summary, account, content: whole ? summary.excerpt : kept };
}

/** A memo as the person sees it: what the service said, with the waiting writes on top. */
export interface Shown extends Doc {
  pending: number;
  stuck: Write | null;
}

/** Applies one memo's writes, oldest first. Undefined: there is nothing (more) to see. */
export function overlay(doc: Doc | undefined, writes: readonly Write[]): Shown | undefined {
  let shown = doc;
  for (const write of writes) shown = applyWrite(shown, write);
  if (!shown) return undefined;
  return {
    ...shown,
    pending: writes.length,
    stuck: writes.find((write) => write.stuck !== null) ?? null,
  };
}

function applyWrite(doc: Doc | undefined, write: Write): Doc | undefined {
  const at = new Date(write.queuedAt).toISOString();
  switch (write.kind) {
    case 'create':
    case 'update': {
      const before = doc ?? blankDoc(write, at);
      const { title, content } = write;
      const pinned = write.kind === 'create' ? write.pinned : before.pinned;
      return { ...before, title, content, excerpt: excerptOf(content), pinned, updated_at: at };
    }
    case 'pin':
      return doc && { ...doc, pinned: write.pinned };
    case 'trash':
      return doc && { ...doc, state: 'trashed', pinned: false, deleted_at: at };
    case 'restore':
      return doc && { ...doc, state: 'active', deleted_at: null };
    case 'purge':
      return undefined;
  }
}

function blankDoc(write: Write, at: string): Doc {
  return {
    account: write.account,
    id: write.memo,
    title: '',
    content: '',
    excerpt: '',
    pinned: false,
    state: 'active',
    version: 0,
    created_at: at,
    updated_at: at,
    deleted_at: null,
  };
}

export function textOf(shown: { title: string; content: string | null }): Text {
  return { title: shown.title, content: shown.content ?? '' };
}

/** Newest first, as the service orders its lists (ids are UUIDv7). */
export function byNewest(a: { id: string }, b: { id: string }): number {
  return a.id < b.id ? 1 : a.id > b.id ? -1 : 0;
}
