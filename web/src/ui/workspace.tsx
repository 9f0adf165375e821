import { useEffect, useRef } from 'preact/hooks';
import { useApp, useMessages, useSelect } from './context.tsx';
import { Dialogs } from './dialogs.tsx';
import { Icon, Mark } from './icons.tsx';
import { MemoList } from './memo-list.tsx';
import { MemoPane } from './memo-pane.tsx';
import { SearchBox } from './search-box.tsx';
import { listenToKeys } from './shortcuts.ts';
import { StatusBar } from './status-bar.tsx';
import { ToastArea } from './toast.tsx';

/** List and memo side by side; on a phone one of them at a time. */
export function Workspace() {
  const app = useApp();
  const m = useMessages();
  const open = useSelect((state) => state.route.memo !== null);
  useEffect(() => listenToKeys(app), [app]);
  const wasOpen = useRef(open);
  useEffect(() => {
    if (wasOpen.current !== open) keepFocus(open);
    wasOpen.current = open;
  }, [open]);
  return (
    <div class="workspace" data-pane={open ? 'memo' : 'list'}>
      <a class="skip-link" href="#memo" onClick={(event) => jump(event, 'memo')}>
        {m.skipToContent}
      </a>
      <nav class="sidebar" aria-label={m.memos}>
        <Header />
        <SearchBox />
        <Places />
        <MemoList />
      </nav>
      <main id="memo" class="stage" tabIndex={-1}>
        <MemoPane />
      </main>
      <StatusBar />
      <ToastArea />
      <Dialogs />
    </div>
  );
}

// Where the focus goes when what had it left the screen.
function keepFocus(open: boolean): void {
  const active = document.activeElement;
  const lost = active === null || active === document.body || active.getClientRects().length === 0;
  if (lost) document.getElementById(open ? 'memo' : 'list')?.focus({ preventScroll: true });
}

// The address must stay what it is: it names the memo.
function jump(event: Event, id: string): void {
  event.preventDefault();
  document.getElementById(id)?.focus();
}

function Header() {
  const app = useApp();
  const m = useMessages();
  return (
    <header class="header">
      <h1 class="brand">
        <Mark />
        <span>{m.appName}</span>
      </h1>
      <button
        type="button"
        class="icon-button"
        aria-label={m.shortcuts}
        title={`${m.shortcuts} (?)`}
        onClick={() => app.state.set({ dialog: { dialog: 'shortcuts' } })}
      >
        <Icon name="keyboard" />
      </button>
      <button
        type="button"
        class="icon-button"
        aria-label={m.settings}
        title={m.settings}
        onClick={() => app.state.set({ dialog: { dialog: 'settings' } })}
      >
        <Icon name="settings" />
      </button>
      <button
        type="button"
        class="button button-primary new-button"
        title={`${m.newMemo} (N)`}
        onClick={() => app.newMemo()}
      >
        <Icon name="plus" />
        <span>{m.newMemo}</span>
      </button>
    </header>
  );
}

function Places() {
  const app = useApp();
  const m = useMessages();
  const place = useSelect((state) => state.route.place);
  const link = (target: 'board' | 'trash', href: string, text: string) => (
    <a
      href={href}
      aria-current={place === target ? 'page' : undefined}
      onClick={(event) => {
        event.preventDefault();
        app.navigate({ place: target, memo: null });
      }}
    >
      {text}
    </a>
  );
  return (
    <div class="places">
      {link('board', '/', m.memos)}
      {link('trash', '/trash', m.trash)}
    </div>
  );
}
