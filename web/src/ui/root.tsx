import { useEffect, useLayoutEffect } from 'preact/hooks';
import type { App } from '../app/app.ts';
import { applyTheme } from '../app/theme.ts';
import { firstOfEachMemo } from '../sync/decide.ts';
import { AuthPage } from './auth.tsx';
import { AppContext, useMessages, useSelect } from './context.tsx';
import { Workspace } from './workspace.tsx';

export function Root({ app }: { app: App }) {
  return (
    <AppContext.Provider value={app}>
      <PageSettings />
      <Page />
    </AppContext.Provider>
  );
}

function Page() {
  const phase = useSelect((state) => state.phase);
  if (phase === 'starting') return null;
  return phase === 'signed-in' ? <Workspace /> : <AuthPage />;
}

// What the page around the app says: language, colours, title.
function PageSettings() {
  const m = useMessages();
  const language = useSelect((state) => state.language);
  const theme = useSelect((state) => state.theme);
  const waiting = useSelect((state) => firstOfEachMemo(state.queue).length);
  useLayoutEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  useLayoutEffect(() => applyTheme(theme), [theme]);
  useEffect(() => {
    document.title = waiting > 0 ? `(${waiting}) ${m.appName}` : m.appName;
  }, [m, waiting]);
  return null;
}
