// Everything the screen shows, as one value; changed only through Store.set.

import type { Account, ServedBy } from '../api/types.ts';
import type { Language } from '../i18n/index.ts';
import type { Doc, Write } from '../sync/types.ts';
import type { Excess } from '../text/limits.ts';
import * as preferences from './preferences.ts';
import type { Route } from './router.ts';

/** How much of one of the service's lists is in the local copy. */
export interface View {
  status: 'idle' | 'loading' | 'ready' | 'failed';
  /** For the next page; null when there is none, or nothing was loaded yet. */
  cursor: string | null;
  /** Memos below this id are beyond what was loaded; '' when there is no such limit. */
  boundary: string;
  /** The newest memo of what was loaded; '' when nothing was. */
  top: string;
}

export interface Search extends View {
  query: string;
  /** What the service found; the local copy is searched as well. */
  hits: ReadonlySet<string>;
}

export interface EditorState {
  /** Changes when another memo is opened, not when a memo gets its id. */
  serial: number;
  memo: string | null;
  status: 'closed' | 'loading' | 'ready' | 'missing' | 'unavailable';
  dirty: boolean;
  excess: Excess | null;
  /** Changes when the text was replaced by something other than typing. */
  revision: number;
}

export type ToastText =
  | 'movedToTrash'
  | 'restored'
  | 'purged'
  | 'backOnline'
  | 'unreachable'
  | 'updateReady'
  | 'saved'
  | 'keptHere';

export interface Toast {
  id: number;
  text: ToastText;
  /** Offers to undo the move of this memo to the trash. */
  undo?: string;
}

export type DialogState =
  | { dialog: 'settings' }
  | { dialog: 'shortcuts' }
  | { dialog: 'purge'; memo: string }
  | { dialog: 'stuck'; memo: string }
  | { dialog: 'sign-out' };

export interface AppState {
  phase: 'starting' | 'signed-out' | 'signed-in';
  account: Account | null;
  /** Set when the session ended by itself: how many writes wait for the next one. */
  ended: { pending: number } | null;
  signupClosed: boolean;
  reachable: boolean;
  servedBy: ServedBy | null;
  /** For "3 minutes ago"; moves once in a while. */
  now: number;

  docs: ReadonlyMap<string, Doc>;
  queue: readonly Write[];
  views: { pinned: View; active: View; trash: View };
  search: Search;

  route: Route;
  editor: EditorState;
  dialog: DialogState | null;
  toast: Toast | null;

  language: Language;
  theme: preferences.Theme;
  mode: preferences.Mode;
  singleKeys: boolean;
}

export const kNoView: View = { status: 'idle', cursor: null, boundary: '', top: '' };
export const kNoSearch: Search = { ...kNoView, query: '', hits: new Set() };
export const kNoEditor: EditorState = {
  serial: 0,
  memo: null,
  status: 'closed',
  dirty: false,
  excess: null,
  revision: 0,
};

/** As it is before anything is known, with what this browser remembers. */
export function initialState(): AppState {
  return {
    phase: 'starting',
    account: null,
    ended: null,
    signupClosed: false,
    reachable: true,
    servedBy: null,
    now: Date.now(),
    docs: new Map(),
    queue: [],
    views: { pinned: kNoView, active: kNoView, trash: kNoView },
    search: kNoSearch,
    route: { place: 'board', memo: null },
    editor: kNoEditor,
    dialog: null,
    toast: null,
    language: preferences.recallLanguage(),
    theme: preferences.recallTheme(),
    mode: preferences.recallMode(),
    singleKeys: preferences.recall('single-keys') !== 'off',
  };
}

export class Store<T extends object> {
  private readonly listeners = new Set<() => void>();

  constructor(private value: T) {}

  get(): T {
    return this.value;
  }

  set(patch: Partial<T>): void {
    this.value = { ...this.value, ...patch };
    for (const listener of [...this.listeners]) listener();
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
