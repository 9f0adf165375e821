// The keyboard. Single keys act only where they cannot be typed, and can be switched off.

import type { App } from '../app/app.ts';

export function listenToKeys(app: App): () => void {
  const onKey = (event: KeyboardEvent) => {
    // While an input method composes, its keys are its own.
    if (event.isComposing || event.defaultPrevented || event.altKey) return;
    if (app.state.get().dialog !== null) return;
    const handled =
      event.ctrlKey || event.metaKey
        ? onCommand(app, event.key.toLowerCase())
        : event.key === 'Escape'
          ? onEscape(app)
          : !isTyping(event.target) && onSingle(app, event);
    if (handled) event.preventDefault();
  };
  window.addEventListener('keydown', onKey);
  return () => window.removeEventListener('keydown', onKey);
}

function onCommand(app: App, key: string): boolean {
  switch (key) {
    case 's':
      void app.saveNow();
      return true;
    case 'e':
      app.setMode(app.state.get().mode === 'preview' ? 'write' : 'preview');
      return true;
    default:
      return false;
  }
}

// From the inside out: the memo, then the search.
function onEscape(app: App): boolean {
  const { search, route } = app.state.get();
  const inSearch = document.activeElement?.id === 'search';
  if (inSearch || route.memo === null) {
    if (search.query === '') return false;
    app.board.search('');
    return true;
  }
  const row = rowOf(route.memo);
  app.navigate({ place: route.place, memo: null });
  (row ?? document.getElementById('list'))?.focus();
  return true;
}

function onSingle(app: App, event: KeyboardEvent): boolean {
  const { singleKeys } = app.state.get();
  switch (event.key) {
    case 'ArrowDown':
      return !isReading(event.target) && moveFocus(1);
    case 'ArrowUp':
      return !isReading(event.target) && moveFocus(-1);
    default:
  }
  return singleKeys && onLetter(app, event.key.toLowerCase());
}

function onLetter(app: App, key: string): boolean {
  const row = focusedRow();
  const memo = row?.dataset['memo'] ?? app.state.get().route.memo;
  const shown = memo ? app.replica.shown(memo) : undefined;
  switch (key) {
    case 'n':
      app.newMemo();
      return true;
    case '/':
      document.getElementById('search')?.focus();
      return true;
    case '?':
      app.state.set({ dialog: { dialog: 'shortcuts' } });
      return true;
    case 'j':
      return moveFocus(1);
    case 'k':
      return moveFocus(-1);
    case 't': {
      const place = app.state.get().route.place === 'trash' ? 'board' : 'trash';
      app.navigate({ place, memo: null });
      return true;
    }
    case 'u':
      void app.undo();
      return true;
    case 'p':
      if (shown?.state === 'active') void app.pin(shown.id, !shown.pinned);
      return shown !== undefined;
    case 'delete':
      return deleteMemo(app, shown, row);
    default:
      return false;
  }
}

function deleteMemo(
  app: App,
  shown: ReturnType<App['replica']['shown']>,
  row: HTMLElement | null,
): boolean {
  if (!shown) return false;
  if (row) leaveRow(row);
  if (shown.state === 'trashed') {
    app.state.set({ dialog: { dialog: 'purge', memo: shown.id } });
  } else {
    void app.trash(shown.id);
  }
  return true;
}

/** Moves the focus among the rows; from elsewhere it enters the list. */
function moveFocus(by: 1 | -1): boolean {
  const rows = [...document.querySelectorAll<HTMLElement>('.row')];
  if (rows.length === 0) return false;
  const at = rows.indexOf(document.activeElement as HTMLElement);
  const open = rows.findIndex((row) => row.hasAttribute('aria-current'));
  const next = at >= 0 ? at + by : open >= 0 ? open + by : 0;
  const target = rows[Math.min(rows.length - 1, Math.max(0, next))];
  target?.focus();
  target?.scrollIntoView({ block: 'nearest' });
  return true;
}

/** The row is about to go: the focus goes to its neighbour. */
function leaveRow(row: HTMLElement): void {
  const rows = [...document.querySelectorAll<HTMLElement>('.row')];
  const at = rows.indexOf(row);
  (rows[at + 1] ?? rows[at - 1] ?? document.getElementById('list'))?.focus();
}

function focusedRow(): HTMLElement | null {
  const active = document.activeElement;
  return active instanceof HTMLElement && active.classList.contains('row') ? active : null;
}

function rowOf(memo: string): HTMLElement | null {
  return document.querySelector<HTMLElement>(`.row[data-memo="${CSS.escape(memo)}"]`);
}

// Inside the memo the arrows scroll.
function isReading(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('#memo') !== null;
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.matches('input, textarea, select') || target.isContentEditable;
}
