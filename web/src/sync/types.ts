// The vocabulary of working offline. Plain values: they live in IndexedDB as they are.

import type { Memo, MemoState, Problem } from '../api/types.ts';

/** A memo as the service last described it, in the local copy. */
export interface Doc {
  account: string;
  id: string;
  title: string;
  /** null while only the excerpt is known. */
  content: string | null;
  excerpt: string;
  pinned: boolean;
  state: MemoState;
  /** 0 for a memo the service has not acknowledged yet. */
  version: number;
  created_at: string;
  updated_at: string;
  deleted_at: string | null;
}

export interface Text {
  title: string;
  content: string;
}

/** Why a write needs the person's decision; every later write of the memo waits behind it. */
export type Stuck =
  /** Somebody changed the text meanwhile. */
  | { reason: 'conflict'; current: Memo }
  /** The memo is in the trash. */
  | { reason: 'trashed' }
  /** The memo was deleted for ever. */
  | { reason: 'gone' }
  /** The service will not take it as it is. */
  | { reason: 'refused'; problem: Problem }
  /** Tried so long ago that the service may have forgotten whether it took effect. */
  | { reason: 'expired' };

interface WriteHead {
  /** Order within this browser; 0 until stored. */
  seq: number;
  account: string;
  /** The service's id, or a local one (IsLocalId) until the create is acknowledged. */
  memo: string;
  /** Idempotency-Key: minted once, kept until the write is acknowledged or changed. */
  key: string;
  queuedAt: number;
  /** 0: never sent, so it may still change. From the first try on its request is frozen. */
  attempts: number;
  firstTriedAt: number;
  notBefore: number;
  stuck: Stuck | null;
}

export type Write = WriteHead &
  (
    | ({ kind: 'create'; pinned: boolean } & Text)
    /**
     * `base` is the version it replaces; null: the version the previous write of this memo makes.
     * `was` is the text the person started from: it tells a real conflict from a mere new version.
     */
    | ({ kind: 'update'; base: number | null; was: Text } & Text)
    | { kind: 'pin'; base: number | null; pinned: boolean }
    | { kind: 'trash' }
    | { kind: 'restore' }
    | { kind: 'purge' }
  );

export type UpdateWrite = Extract<Write, { kind: 'update' }>;
export type CreateWrite = Extract<Write, { kind: 'create' }>;

const kLocalPrefix = 'local-';

/** Local ids sort after every server id, in order of making: newest first works for both. */
export function makeLocalId(now: number, random: string): string {
  return `${kLocalPrefix}${now.toString(36).padStart(9, '0')}-${random}`;
}

export function isLocalId(id: string): boolean {
  return id.startsWith(kLocalPrefix);
}

export function sameText(a: Text, b: Text): boolean {
  return a.title === b.title && a.content === b.content;
}
