import { useEffect, useState } from 'preact/hooks';
import type { Toast } from '../app/state.ts';
import { useApp, useMessages, useSelect } from './context.tsx';
import { Icon } from './icons.tsx';

const kShowMs = 8000;

/** The live region is always there: only then is what appears in it read out. */
export function ToastArea() {
  const toast = useSelect((state) => state.toast);
  return (
    <div class="toast-area" role="status">
      {toast && <ToastCard key={toast.id} toast={toast} />}
    </div>
  );
}

function ToastCard({ toast }: { toast: Toast }) {
  const app = useApp();
  const m = useMessages();
  // A message that is being looked at does not go away.
  const [held, setHeld] = useState(false);
  const close = () => app.state.set({ toast: null });
  useEffect(() => {
    if (held || toast.text === 'updateReady') return;
    const timer = setTimeout(close, kShowMs);
    return () => clearTimeout(timer);
  }, [held, toast]);
  return (
    <div
      class="toast"
      onMouseEnter={() => setHeld(true)}
      onMouseLeave={() => setHeld(false)}
      onFocusCapture={() => setHeld(true)}
      onBlurCapture={() => setHeld(false)}
    >
      <span>{m[toast.text]}</span>
      {toast.undo !== undefined && (
        <button type="button" class="toast-action" onClick={() => void app.undo()}>
          {m.undo}
        </button>
      )}
      {toast.text === 'updateReady' && (
        <button type="button" class="toast-action" onClick={() => app.onUpdateWanted()}>
          {m.reload}
        </button>
      )}
      <button
        type="button"
        class="icon-button icon-button-small"
        aria-label={m.dismiss}
        onClick={close}
      >
        <Icon name="close" />
      </button>
    </div>
  );
}
