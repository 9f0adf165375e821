import type { ComponentChildren } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { found, inView, shownMemos } from '../app/select.ts';
import type { View } from '../app/state.ts';
import type { Shown } from '../sync/docs.ts';
import { useApp, useMessages, useSelect } from './context.tsx';
import { Empty } from './empty.tsx';
import { MemoRow } from './memo-row.tsx';

export function MemoList() {
  const docs = useSelect((state) => state.docs);
  const queue = useSelect((state) => state.queue);
  const place = useSelect((state) => state.route.place);
  const isSearch = useSelect((state) => state.search.query !== '');
  const shown = useMemo(() => shownMemos(docs, queue), [docs, queue]);
  return (
    <div class="list" id="list" tabIndex={-1}>
      {place === 'trash' ? (
        <TrashList shown={shown} />
      ) : isSearch ? (
        <ResultList shown={shown} />
      ) : (
        <BoardList shown={shown} />
      )}
    </div>
  );
}

function BoardList({ shown }: { shown: Shown[] }) {
  const app = useApp();
  const m = useMessages();
  const views = useSelect((state) => state.views);
  const pinned = inView(shown, 'pinned', views.pinned);
  const others = inView(shown, 'active', views.active);
  if (pinned.length + others.length === 0) {
    if (isBusy(views.active)) return <Skeleton />;
    const hint = matchMedia('(hover: none)').matches ? m.emptyBoardTouchHint : m.emptyBoardHint;
    return <Empty art="board" title={m.emptyBoard} hint={hint} />;
  }
  return (
    <>
      {pinned.length > 0 && <Section title={m.pinned} memos={pinned} />}
      {others.length > 0 && <Section title={m.memos} memos={others} quiet={pinned.length === 0} />}
      <More view={views.pinned} onMore={() => void app.board.loadMore('pinned')} />
      <More view={views.active} onMore={() => void app.board.loadMore('active')} />
    </>
  );
}

function TrashList({ shown }: { shown: Shown[] }) {
  const app = useApp();
  const m = useMessages();
  const view = useSelect((state) => state.views.trash);
  const memos = inView(shown, 'trash', view);
  if (memos.length === 0) {
    if (isBusy(view)) return <Skeleton />;
    return <Empty art="trash" title={m.emptyTrash} hint={m.emptyTrashHint} />;
  }
  return (
    <>
      <Section title={m.trash} memos={memos} quiet />
      <More view={view} onMore={() => void app.board.loadMore('trash')} />
    </>
  );
}

function ResultList({ shown }: { shown: Shown[] }) {
  const app = useApp();
  const m = useMessages();
  const search = useSelect((state) => state.search);
  const memos = useMemo(() => found(shown, search), [shown, search]);
  const settled = search.status === 'ready' || search.status === 'failed';
  return (
    <>
      <p class="visually-hidden" role="status">
        {settled && m.resultCount(memos.length, search.cursor !== null)}
      </p>
      {memos.length > 0 && <Section title={m.results} memos={memos} />}
      {memos.length === 0 && settled && (
        <Empty art="search" title={m.emptySearch(search.query)} hint={m.emptySearchHint} />
      )}
      {memos.length === 0 && !settled && <Skeleton />}
      <More view={search} onMore={() => void app.board.moreResults()} />
    </>
  );
}

interface SectionProps {
  title: string;
  memos: Shown[];
  /** The only section needs no visible heading. */
  quiet?: boolean;
}

function Section({ title, memos, quiet = false }: SectionProps) {
  const open = useSelect((state) => state.route.memo);
  return (
    <section>
      <h2 class={quiet ? 'visually-hidden' : 'list-heading'}>{title}</h2>
      <ul class="rows">
        {memos.map((memo) => (
          <MemoRow key={memo.id} memo={memo} isOpen={memo.id === open} />
        ))}
      </ul>
    </section>
  );
}

/** Loads the next page when it comes near the screen; as a button for those who do not scroll. */
function More({ view, onMore }: { view: View; onMore: () => void }): ComponentChildren {
  const m = useMessages();
  const button = useRef<HTMLButtonElement>(null);
  const more = useRef(onMore);
  more.current = onMore;
  const hasMore = view.cursor !== null;
  useEffect(() => {
    if (!hasMore || !button.current) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) more.current();
      },
      { root: button.current.closest('.list'), rootMargin: '600px' },
    );
    observer.observe(button.current);
    return () => observer.disconnect();
    // A new cursor observes anew: the button may still be on the screen.
  }, [hasMore, view.cursor]);
  if (!hasMore) return null;
  return (
    <button ref={button} type="button" class="button more" onClick={() => more.current()}>
      {view.status === 'loading' ? m.loading : m.loadMore}
    </button>
  );
}

function Skeleton() {
  const m = useMessages();
  return (
    <div class="skeleton" role="status" aria-label={m.loading}>
      {[0, 1, 2, 3].map((row) => (
        <div key={row} class="skeleton-row" />
      ))}
    </div>
  );
}

function isBusy(view: View): boolean {
  return view.status === 'idle' || view.status === 'loading';
}
