import { render } from 'preact';
import { App } from './app/app.ts';
import { openChannel } from './app/channel.ts';
import { recallLanguage } from './app/preferences.ts';
import { watchForUpdates } from './app/updates.ts';
import { messagesOf } from './i18n/index.ts';
import { LocalStore } from './sync/store.ts';
import './styles/base.css';
import './styles/controls.css';
import './styles/workspace.css';
import './styles/list.css';
import './styles/memo.css';
import './styles/dialogs.css';
import './styles/auth.css';
import { Root } from './ui/root.tsx';

async function main(): Promise<void> {
  const local = await LocalStore.open();
  local.onObsolete = () => location.reload();
  const app = new App(local, openChannel());
  const root = document.getElementById('app');
  if (!root) throw new Error('index.html has no #app');
  render(<Root app={app} />, root);
  if (import.meta.env.PROD) {
    watchForUpdates((install) => {
      app.onUpdateWanted = install;
      app.say('updateReady');
    });
  }
  await app.start();
}

main().catch((error: unknown) => {
  console.error(error);
  // Without its storage the app could lose what is written; it says so instead.
  document.body.textContent = messagesOf(recallLanguage()).cannotStart;
});
