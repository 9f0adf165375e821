// What the lists show: pure functions of the state.

import { byNewest, overlay, type Shown } from '../sync/docs.ts';
import type { Doc, Write } from '../sync/types.ts';
import { belongsTo, type ViewName } from './board.ts';
import type { Search, View } from './state.ts';

/** Every memo with its waiting writes applied, newest first. */
export function shownMemos(docs: ReadonlyMap<string, Doc>, queue: readonly Write[]): Shown[] {
  const writes = new Map<string, Write[]>();
  for (const write of queue) {
    const list = writes.get(write.memo);
    if (list) list.push(write);
    else writes.set(write.memo, [write]);
  }
  const ids = new Set([...docs.keys(), ...writes.keys()]);
  const shown: Shown[] = [];
  for (const id of ids) {
    const memo = overlay(docs.get(id), writes.get(id) ?? []);
    if (memo) shown.push(memo);
  }
  return shown.sort(byNewest);
}

/** Memos beyond what was loaded stay out, or the list would have holes. */
export function inView(shown: readonly Shown[], name: ViewName, view: View): Shown[] {
  return shown.filter(
    (memo) => belongsTo(name, memo) && (memo.pending > 0 || memo.id >= view.boundary),
  );
}

export function found(shown: readonly Shown[], search: Search): Shown[] {
  const needle = fold(search.query);
  const matches = (memo: Shown) =>
    fold(memo.title).includes(needle) || fold(memo.content ?? memo.excerpt).includes(needle);
  return shown.filter(
    (memo) => memo.state === 'active' && (search.hits.has(memo.id) || matches(memo)),
  );
}

function fold(text: string): string {
  return text.normalize('NFC').toLowerCase();
}
