import { useApp, useMessages, useSelect } from './context.tsx';
import { Icon } from './icons.tsx';
import { MemoTime } from './memo-pane.tsx';
import { useShown } from './use-shown.ts';

/** How far the open memo's text has come: typed, on this device, or with the service. */
export function SaveStatus() {
  const app = useApp();
  const m = useMessages();
  const { memo, dirty, excess } = useSelect((state) => state.editor);
  const reachable = useSelect((state) => state.reachable);
  const shown = useShown(memo);
  if (memo === null) return null;
  if (excess) return <Status tone="warn" icon="alert" text={m.tooLong} />;
  if (shown?.stuck) {
    return (
      <button
        type="button"
        class="save-status save-status-button"
        data-tone="warn"
        onClick={() => app.state.set({ dialog: { dialog: 'stuck', memo } })}
      >
        <Icon name="alert" />
        {m.needsYou}
      </button>
    );
  }
  const pending = shown !== undefined && shown.pending > 0;
  if ((dirty || pending) && !reachable)
    return <Status tone="wait" icon="clock" text={m.keptHere} />;
  if (dirty || pending) return <Status tone="busy" text={m.saving} />;
  if (!shown) return <span class="save-status" />;
  return (
    <span class="save-status" data-tone="done">
      <Icon name="check" />
      <span>{m.saved}</span>
      <span class="save-time">
        <MemoTime memo={shown} />
      </span>
    </span>
  );
}

interface StatusProps {
  tone: 'busy' | 'wait' | 'warn';
  text: string;
  icon?: 'alert' | 'clock';
}

function Status({ tone, text, icon }: StatusProps) {
  return (
    <span class="save-status" data-tone={tone}>
      {icon ? <Icon name={icon} /> : <span class="dot dot-busy" />}
      <span>{text}</span>
    </span>
  );
}
