// The account's local copy in memory, kept equal to IndexedDB, which all tabs share.

import { overlay, type Shown } from '../sync/docs.ts';
import type { Outcome } from '../sync/absorb.ts';
import type { Mint } from '../sync/plan.ts';
import type { Change, LocalStore, Own } from '../sync/store.ts';
import type { Doc, Write } from '../sync/types.ts';
import type { Channel, News } from './channel.ts';
import type { AppState, Store } from './state.ts';

export class Replica {
  private aliases = new Map<string, string>();
  /** When this tab last learned of a memo from a write: older lists do not overrule it. */
  private readonly heardAt = new Map<string, number>();
  account: string | null = null;
  onRenamed: (from: string, to: string) => void = () => {};

  constructor(
    private readonly local: LocalStore,
    private readonly state: Store<AppState>,
    private readonly channel: Channel,
  ) {}

  async load(account: string): Promise<void> {
    this.account = account;
    const [docs, queue, aliases] = await Promise.all([
      this.local.docs(account),
      this.local.queue(account),
      this.local.aliases(account),
    ]);
    this.aliases = new Map(aliases.map(({ from, to }) => [from, to]));
    this.state.set({ docs: new Map(docs.map((doc) => [doc.id, doc])), queue });
  }

  unload(): void {
    this.account = null;
    this.aliases.clear();
    this.heardAt.clear();
    this.state.set({ docs: new Map(), queue: [] });
  }

  /** The id the service gave, for an id from before it did. */
  resolve(memo: string): string {
    return this.aliases.get(memo) ?? memo;
  }

  shown(memo: string): Shown | undefined {
    const { docs, queue } = this.state.get();
    return overlay(
      docs.get(memo),
      queue.filter((write) => write.memo === memo),
    );
  }

  stuckWrite(memo: string): Write | undefined {
    return this.state.get().queue.find((write) => write.memo === memo && write.stuck !== null);
  }

  /** Plans over what there is of one memo and stores the result; other tabs are told. */
  async change(memo: string, plan: (own: Own, mint: Mint) => Change): Promise<void> {
    const account = this.account;
    if (account === null) return;
    const mint = { account, now: Date.now(), key: () => crypto.randomUUID() };
    const change = await this.local.changeMemo(account, memo, (own) => plan(own, mint));
    await this.show(account, change, null);
  }

  async onOutcome(account: string, outcome: Outcome): Promise<void> {
    await this.show(account, outcome, outcome.renamed);
  }

  async onNews(news: Extract<News, { news: 'changed' }>): Promise<void> {
    if (news.account !== this.account) return;
    const found = await this.local.docsById(news.account, news.ids);
    const queue = await this.local.queue(news.account);
    if (news.account !== this.account) return;
    this.noteRename(news.renamed);
    const docs = new Map(this.state.get().docs);
    news.ids.forEach((id, index) => {
      const doc = found[index];
      if (doc) docs.set(id, doc);
      else docs.delete(id);
      this.heardAt.set(id, Date.now());
    });
    this.state.set({ docs, queue });
    this.announceRename(news.renamed);
  }

  /**
   * Takes over what a list or a single answer, asked for at `askedAt`, said. `absent` are memos
   * that should have been there.
   */
  async learn(docs: readonly Doc[], absent: readonly Doc[], askedAt: number): Promise<void> {
    const known = this.state.get().docs;
    const busy = new Set(this.state.get().queue.map((write) => write.memo));
    const isNewer = (doc: Doc) => {
      const before = known.get(doc.id);
      return !before || doc.version > before.version || adds(before, doc);
    };
    const news = docs.filter(isNewer);
    const gone = absent.filter(({ id }) => !busy.has(id) && (this.heardAt.get(id) ?? 0) < askedAt);
    if (news.length + gone.length === 0) return;
    const next = new Map(known);
    for (const doc of gone) next.delete(doc.id);
    for (const doc of news) next.set(doc.id, doc);
    this.state.set({ docs: next });
    await this.local.putDocs(news, gone);
  }

  private async show(
    account: string,
    change: Change,
    renamed: { from: string; to: string } | null,
  ): Promise<void> {
    const queue = await this.local.queue(account);
    const ids = [...change.docs.map((doc) => doc.id), ...change.gone];
    if (account === this.account) {
      this.noteRename(renamed);
      const docs = new Map(this.state.get().docs);
      for (const id of change.gone) docs.delete(id);
      for (const doc of change.docs) docs.set(doc.id, doc);
      for (const id of ids) this.heardAt.set(id, Date.now());
      this.state.set({ docs, queue });
      this.announceRename(renamed);
    }
    this.channel.tell({ news: 'changed', account, ids, renamed });
  }

  private noteRename(renamed: { from: string; to: string } | null): void {
    if (renamed) this.aliases.set(renamed.from, renamed.to);
  }

  private announceRename(renamed: { from: string; to: string } | null): void {
    if (renamed) this.onRenamed(renamed.from, renamed.to);
  }
}

function adds(before: Doc, doc: Doc): boolean {
  return doc.version === before.version && before.content === null && doc.content !== null;
}
