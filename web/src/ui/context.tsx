import { createContext } from 'preact';
import { useContext, useLayoutEffect, useReducer, useRef } from 'preact/hooks';
import type { App } from '../app/app.ts';
import type { AppState } from '../app/state.ts';
import { messagesOf } from '../i18n/index.ts';
import type { Messages } from '../i18n/en.ts';

export const AppContext = createContext<App | null>(null);

export function useApp(): App {
  const app = useContext(AppContext);
  if (!app) throw new Error('no app around this component');
  return app;
}

/** A part of the state; the component is drawn again when it is another one. */
export function useSelect<T>(select: (state: AppState) => T): T {
  const { state } = useApp();
  const [, redraw] = useReducer<number, void>((count) => count + 1, 0);
  const latest = useRef({ select, value: select(state.get()) });
  latest.current = { select, value: select(state.get()) };
  useLayoutEffect(() => {
    const check = () => {
      const { select, value } = latest.current;
      if (!Object.is(select(state.get()), value)) redraw();
    };
    check();
    return state.subscribe(check);
  }, [state]);
  return latest.current.value;
}

export function useMessages(): Messages {
  return messagesOf(useSelect((state) => state.language));
}
