import { firstOfEachMemo } from '../../sync/decide.ts';
import { useApp, useMessages, useSelect } from '../context.tsx';
import { Dialog } from '../dialog.tsx';

export function SignOutPending() {
  const app = useApp();
  const m = useMessages();
  const waiting = useSelect((state) => firstOfEachMemo(state.queue).length);
  const close = () => app.state.set({ dialog: null });
  const leave = (what: 'keep' | 'discard') => {
    close();
    void app.signOut(what);
  };
  return (
    <Dialog title={m.signOutPendingTitle} onClose={close}>
      <p>{m.signOutPendingText(waiting)}</p>
      <div class="dialog-actions">
        <button type="button" class="button button-danger" onClick={() => leave('discard')}>
          {m.signOutDiscard}
        </button>
        <button type="button" class="button" onClick={() => leave('keep')}>
          {m.signOutKeep}
        </button>
        <button type="button" class="button button-primary" autofocus onClick={close}>
          {m.stay}
        </button>
      </div>
    </Dialog>
  );
}
