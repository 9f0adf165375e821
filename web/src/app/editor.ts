// The open memo: holds what is typed and hands it to the queue when the hands rest.

import type { Memo } from '../api/types.ts';
import { docOfMemo, textOf } from '../sync/docs.ts';
import { planEdit } from '../sync/plan.ts';
import { isLocalId, sameText, type Text } from '../sync/types.ts';
import { excessOf, tidy } from '../text/limits.ts';
import { recallJson, remember } from './preferences.ts';
import type { Replica } from './replica.ts';
import type { Service } from './service.ts';
import { type AppState, type EditorState, kNoEditor, type Store } from './state.ts';

const kSaveDelayMs = 700;
/** Somebody who never rests is saved anyway. */
const kSaveAtLeastEveryMs = 4000;
const kBlank: Text = { title: '', content: '' };

/** What was typed and not queued when the page went away. */
interface Journal {
  account: string;
  memo: string;
  text: Text;
  was: Text;
  base: number | null;
}

export class Editor {
  typed: Text = kBlank;
  private was: Text = kBlank;
  private base: number | null = null;
  private timer: number | undefined;
  private firstUnsavedAt = 0;
  private flushing = 0;
  onQueued: () => void = () => {};

  constructor(
    private readonly service: Service,
    private readonly replica: Replica,
    private readonly state: Store<AppState>,
    private readonly untitled: () => string,
  ) {}

  /** Opens a memo, or nothing. A local id nobody knows is a new memo. */
  async open(memo: string | null): Promise<void> {
    if (memo === this.now().memo) return;
    await this.flush();
    clearTimeout(this.timer);
    this.typed = this.was = kBlank;
    this.base = null;
    const serial = this.now().serial + 1;
    this.state.set({ editor: { ...kNoEditor, serial, memo } });
    if (memo === null) return;
    const shown = this.replica.shown(memo);
    const fresh = isLocalId(memo) && !shown;
    this.set({ status: fresh || typeof shown?.content === 'string' ? 'ready' : 'loading' });
    this.follow();
    this.takeJournal(memo);
    if (!isLocalId(memo)) await this.fetch(memo, serial);
  }

  /** Asks the service for the open memo, when it is not on this device. */
  async retry(): Promise<void> {
    const { memo, serial, status } = this.now();
    if (memo !== null && (status === 'unavailable' || status === 'loading')) {
      await this.fetch(memo, serial);
    }
  }

  type(part: Partial<Text>): void {
    this.typed = { ...this.typed, ...part };
    const excess = excessOf(tidy(this.typed, this.untitled()));
    if (!this.now().dirty) this.firstUnsavedAt = Date.now();
    this.set({ dirty: true, excess });
    clearTimeout(this.timer);
    const rest = this.firstUnsavedAt + kSaveAtLeastEveryMs - Date.now();
    this.timer = window.setTimeout(
      () => void this.flush(),
      Math.max(0, Math.min(kSaveDelayMs, rest)),
    );
  }

  /** Queues what was typed. Resolves when it is on this device's disk. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    const { memo, dirty, excess } = this.now();
    if (memo === null || !dirty || excess !== null) return;
    const isNew = isLocalId(memo) && !this.replica.shown(memo);
    if (isNew && `${this.typed.title}${this.typed.content}`.trim() === '') {
      this.set({ dirty: false });
      return;
    }
    const text = tidy(this.typed, this.untitled());
    const edit = { text, was: this.was, base: this.base };
    this.was = text;
    this.set({ dirty: false });
    ++this.flushing;
    try {
      await this.replica.change(memo, (own, mint) => planEdit(own, edit, mint));
      this.dropJournal(memo);
    } finally {
      --this.flushing;
    }
    this.follow();
    this.onQueued();
  }

  /** Takes over what happened to the memo elsewhere, unless something is typed here. */
  follow(): void {
    const { memo, dirty, status, revision } = this.now();
    if (memo === null || dirty || this.flushing > 0) return;
    const shown = this.replica.shown(memo);
    if (!shown) {
      if (status === 'ready' && !isLocalId(memo)) this.set({ status: 'missing' });
      return;
    }
    if (shown.content === null) return;
    const text = textOf(shown);
    this.was = text;
    this.base = shown.version || null;
    if (status !== 'ready') this.set({ status: 'ready' });
    if (sameText(tidy(this.typed, this.untitled()), text)) return;
    this.typed = text;
    this.set({ revision: revision + 1, excess: null });
  }

  rename(from: string, to: string): void {
    if (this.now().memo === from) this.set({ memo: to });
  }

  /** The page goes away: what cannot wait for IndexedDB is written down at once. */
  leave(): void {
    const { memo, dirty } = this.now();
    const account = this.replica.account;
    if (memo === null || account === null || !dirty) return;
    const journal: Journal = { account, memo, text: this.typed, was: this.was, base: this.base };
    remember('journal', JSON.stringify(journal));
    void this.flush();
  }

  /** Queues what was left behind by leave(), before anything is opened. */
  async recover(): Promise<void> {
    const journal = recallJson<Journal>('journal');
    if (journal === null || journal.account !== this.replica.account) return;
    const text = tidy(journal.text, this.untitled());
    if (excessOf(text) !== null) return;
    const edit = { text, was: journal.was, base: journal.base };
    await this.replica.change(journal.memo, (own, mint) => planEdit(own, edit, mint));
    this.dropJournal(journal.memo);
  }

  // Text that is too long for the service was never queued; it is shown again as it was typed.
  private takeJournal(memo: string): void {
    const journal = recallJson<Journal>('journal');
    if (journal === null || this.replica.resolve(journal.memo) !== memo) return;
    if (journal.account !== this.replica.account) return;
    this.was = journal.was;
    this.base = journal.base;
    this.set({ status: 'ready', revision: this.now().revision + 1 });
    this.type(journal.text);
  }

  private dropJournal(memo: string): void {
    if (recallJson<Journal>('journal')?.memo === memo) remember('journal', null);
  }

  private async fetch(memo: string, serial: number): Promise<void> {
    const account = this.replica.account;
    if (account === null) return;
    const askedAt = Date.now();
    const answer = await this.service.ask<Memo>({ method: 'GET', path: `/memos/${memo}` });
    if (account !== this.replica.account) return;
    if (answer.kind === 'ok') {
      await this.replica.learn([docOfMemo(account, answer.body)], [], askedAt);
      this.follow();
      return;
    }
    const missing = answer.kind === 'problem' && answer.status === 404;
    const known = this.state.get().docs.get(memo);
    if (missing && known) await this.replica.learn([], [known], askedAt);
    if (this.now().serial !== serial || this.now().status !== 'loading') return;
    this.set({ status: missing ? 'missing' : 'unavailable' });
  }

  private now(): EditorState {
    return this.state.get().editor;
  }

  private set(patch: Partial<EditorState>): void {
    this.state.set({ editor: { ...this.now(), ...patch } });
  }
}
