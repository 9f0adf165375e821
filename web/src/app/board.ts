// Fills the lists: pages of the service go into the local copy, the screen shows the local copy.

import type { Memo, Page } from '../api/types.ts';
import { docOfMemo, docOfSummary } from '../sync/docs.ts';
import type { Doc } from '../sync/types.ts';
import { firstCodePoints, kQueryMost, normalize } from '../text/limits.ts';
import type { Replica } from './replica.ts';
import type { Service } from './service.ts';
import { type AppState, kNoSearch, kNoView, type Store, type View } from './state.ts';

export type ViewName = keyof AppState['views'];

const kPageSize = 50;
const kSearchDelayMs = 250;
/** How many long memos are fetched whole ahead of time, so that they open offline. */
const kPrefetchMost = 30;

const kFilters: Record<ViewName, string> = {
  pinned: 'state=active&pinned=true',
  active: 'state=active&pinned=false',
  trash: 'state=trashed',
};

export function belongsTo(view: ViewName, doc: Doc): boolean {
  if (view === 'trash') return doc.state === 'trashed';
  return doc.state === 'active' && doc.pinned === (view === 'pinned');
}

export class Board {
  private searchTimer: number | undefined;
  private searching: AbortController | null = null;
  private refreshedAt = 0;
  private refreshing: Promise<void> | null = null;

  constructor(
    private readonly service: Service,
    private readonly replica: Replica,
    private readonly state: Store<AppState>,
  ) {}

  reset(): void {
    clearTimeout(this.searchTimer);
    this.searching?.abort();
    this.state.set({
      views: { pinned: kNoView, active: kNoView, trash: kNoView },
      search: kNoSearch,
    });
  }

  /** Brings the lists on the screen up to date. */
  refresh(): Promise<void> {
    this.refreshing ??= this.refreshNow().finally(() => (this.refreshing = null));
    return this.refreshing;
  }

  private async refreshNow(): Promise<void> {
    this.refreshedAt = Date.now();
    // Pinned first: a memo pinned elsewhere must not look lost when the other list lacks it.
    await this.load('pinned', null);
    await this.load('active', null);
    if (this.state.get().route.place === 'trash') await this.load('trash', null);
    await this.prefetch();
  }

  refreshIfOlderThan(ms: number): void {
    if (Date.now() - this.refreshedAt > ms) void this.refresh();
  }

  async loadMore(view: ViewName): Promise<void> {
    const { status, cursor } = this.state.get().views[view];
    if (status === 'loading') return;
    if (status === 'failed' || cursor !== null) await this.load(view, cursor);
  }

  ensureTrash(): void {
    if (this.state.get().views.trash.status === 'idle') void this.load('trash', null);
  }

  search(typed: string): void {
    const query = firstCodePoints(normalize(typed).trim(), kQueryMost);
    if (query === this.state.get().search.query) return;
    clearTimeout(this.searchTimer);
    this.searching?.abort();
    if (query === '') {
      this.state.set({ search: kNoSearch });
      return;
    }
    this.state.set({ search: { ...kNoSearch, query, status: 'loading' } });
    this.searchTimer = window.setTimeout(() => void this.find(query, null), kSearchDelayMs);
  }

  async moreResults(): Promise<void> {
    const { status, cursor, query } = this.state.get().search;
    if (status === 'ready' && cursor !== null) await this.find(query, cursor);
  }

  private async load(view: ViewName, cursor: string | null): Promise<void> {
    const account = this.replica.account;
    if (account === null) return;
    this.setView(view, { status: 'loading' });
    const askedAt = Date.now();
    const page = await this.fetchPage(kFilters[view], cursor);
    if (account !== this.replica.account) return;
    if (page === null) {
      this.setView(view, { status: 'failed' });
      return;
    }
    const above = cursor === null ? null : this.state.get().views[view].boundary;
    const below = page.next_cursor === null ? '' : (page.items.at(-1)?.id ?? '');
    const docs = this.toDocs(account, page);
    await this.replica.learn(docs, this.absentees(view, page, above, below), askedAt);
    this.setView(view, extend(this.state.get().views[view], page, cursor === null));
  }

  // Memos of this list, between its two ends, that the page should have had.
  private absentees(view: ViewName, page: Page, above: string | null, below: string): Doc[] {
    const present = new Set(page.items.map((item) => item.id));
    return [...this.state.get().docs.values()].filter(
      (doc) =>
        belongsTo(view, doc) &&
        !present.has(doc.id) &&
        doc.id > below &&
        (above === null || doc.id < above),
    );
  }

  private async find(query: string, cursor: string | null): Promise<void> {
    const account = this.replica.account;
    if (account === null) return;
    this.searching = new AbortController();
    const { signal } = this.searching;
    const askedAt = Date.now();
    const filter = `state=active&q=${encodeURIComponent(query)}`;
    try {
      const page = await this.fetchPage(filter, cursor, signal);
      const { search } = this.state.get();
      if (signal.aborted || search.query !== query) return;
      if (page === null) {
        this.state.set({ search: { ...search, status: 'failed' } });
        return;
      }
      await this.replica.learn(this.toDocs(account, page), [], askedAt);
      const hits = new Set([...search.hits, ...page.items.map((item) => item.id)]);
      const next = { ...search, hits, status: 'ready' as const, cursor: page.next_cursor };
      if (this.state.get().search.query === query) this.state.set({ search: next });
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  private async fetchPage(
    filter: string,
    cursor: string | null,
    signal?: AbortSignal,
  ): Promise<Page | null> {
    const after = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const path = `/memos?limit=${kPageSize}&${filter}${after}`;
    const answer = await this.service.ask<Page>({
      method: 'GET',
      path,
      ...(signal ? { signal } : {}),
    });
    return answer.kind === 'ok' ? answer.body : null;
  }

  private toDocs(account: string, page: Page): Doc[] {
    const { docs } = this.state.get();
    return page.items.map((item) => docOfSummary(account, item, docs.get(item.id)));
  }

  private async prefetch(): Promise<void> {
    const account = this.replica.account;
    const lacking = [...this.state.get().docs.values()]
      .filter((doc) => doc.content === null && doc.state === 'active')
      .sort((a, b) => (a.updated_at < b.updated_at ? 1 : -1))
      .slice(0, kPrefetchMost);
    for (const { id } of lacking) {
      if (account === null || account !== this.replica.account) return;
      const askedAt = Date.now();
      const answer = await this.service.ask<Memo>({ method: 'GET', path: `/memos/${id}` });
      if (answer.kind === 'unreachable' || account !== this.replica.account) return;
      if (answer.kind === 'ok') {
        await this.replica.learn([docOfMemo(account, answer.body)], [], askedAt);
      }
    }
  }

  private setView(name: ViewName, patch: Partial<View>): void {
    const { views } = this.state.get();
    this.state.set({ views: { ...views, [name]: { ...views[name], ...patch } } });
  }
}

/**
 * A view after one more page. A newer first page keeps the pages below it when it reaches them;
 * otherwise there would be a hole.
 */
export function extend(view: View, page: Page, isFirst: boolean): View {
  const boundary = page.next_cursor === null ? '' : (page.items.at(-1)?.id ?? '');
  const top = isFirst ? (page.items[0]?.id ?? '') : view.top;
  const keeps = isFirst && view.boundary < boundary && boundary <= view.top;
  if (keeps) return { ...view, status: 'ready', top };
  return { status: 'ready', cursor: page.next_cursor, boundary, top };
}
