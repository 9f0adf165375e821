import { useApp, useMessages } from '../context.tsx';
import { Dialog } from '../dialog.tsx';
import { useShown } from '../use-shown.ts';

export function ConfirmPurge({ memo }: { memo: string }) {
  const app = useApp();
  const m = useMessages();
  const shown = useShown(memo);
  const close = () => app.state.set({ dialog: null });
  return (
    <Dialog title={m.purgeTitle} onClose={close}>
      <p>{m.purgeText(shown?.title ?? m.untitled)}</p>
      <div class="dialog-actions">
        <button type="button" class="button" autofocus onClick={close}>
          {m.cancel}
        </button>
        <button
          type="button"
          class="button button-danger"
          onClick={() => {
            close();
            void app.purge(memo);
          }}
        >
          {m.purge}
        </button>
      </div>
    </Dialog>
  );
}
