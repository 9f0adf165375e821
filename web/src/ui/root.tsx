import { useEffect } from 'preact/hooks';
import type { App } from '../app/app.ts';
import { applyTheme } from '../app/theme.ts';
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
  const waiting = useSelect((state) => state.queue.length);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  useEffect(() => applyTheme(theme), [theme]);
  useEffect(() => {
    document.title = waiting > 0 ? `(${waiting}) ${m.appName}` : m.appName;
  }, [m, waiting]);
  return null;
}
