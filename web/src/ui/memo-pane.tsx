import { describeTime } from '../i18n/index.ts';
import { ModeSwitch } from './choices.tsx';
import { useApp, useMessages, useSelect } from './context.tsx';
import { Empty } from './empty.tsx';
import { Icon, type IconName } from './icons.tsx';
import { MemoEditor } from './memo-editor.tsx';
import { MemoPreview } from './memo-preview.tsx';
import { SaveStatus } from './save-status.tsx';
import { useShown } from './use-shown.ts';

export function MemoPane() {
  const m = useMessages();
  const status = useSelect((state) => state.editor.status);
  const isOpen = useSelect((state) => state.editor.memo !== null);
  if (!isOpen) return <Empty art="pick" title={m.pickMemo} hint={m.pickMemoHint} />;
  return (
    <article class="memo">
      <Toolbar />
      {status === 'missing' && <Empty art="search" title={m.notFound} hint={m.notFoundHint} />}
      {status === 'unavailable' && <Empty art="cloud" title={m.notHere} hint={m.notHereHint} />}
      {status === 'loading' && <div class="skeleton-memo" role="status" aria-label={m.loading} />}
      {status === 'ready' && <OpenMemo />}
    </article>
  );
}

function OpenMemo() {
  const serial = useSelect((state) => state.editor.serial);
  const memo = useSelect((state) => state.editor.memo);
  const shown = useShown(memo);
  if (shown?.state === 'trashed') return <TrashedMemo />;
  return <MemoEditor key={serial} />;
}

function TrashedMemo() {
  const app = useApp();
  const m = useMessages();
  return (
    <div class="memo-scroll">
      <div class="trashed">
        <p class="notice">{m.inTrash}</p>
        <h2 class="trashed-title">{app.editor.typed.title}</h2>
        <MemoPreview text={app.editor.typed.content} />
      </div>
    </div>
  );
}

function Toolbar() {
  const app = useApp();
  const m = useMessages();
  const place = useSelect((state) => state.route.place);
  return (
    <header class="toolbar">
      <button
        type="button"
        class="icon-button back-button"
        aria-label={m.back}
        onClick={() => app.navigate({ place, memo: null })}
      >
        <Icon name="back" />
      </button>
      <SaveStatus />
      <Actions />
    </header>
  );
}

function Actions() {
  const app = useApp();
  const m = useMessages();
  const memo = useSelect((state) => state.editor.memo);
  const ready = useSelect((state) => state.editor.status === 'ready');
  const shown = useShown(memo);
  if (memo === null || !ready) return null;
  if (shown?.state === 'trashed') {
    return (
      <div class="actions">
        <Action icon="restore" label={m.restore} onClick={() => void app.restore(memo)} />
        <Action
          icon="trash"
          label={m.purge}
          onClick={() => app.state.set({ dialog: { dialog: 'purge', memo } })}
        />
      </div>
    );
  }
  return (
    <div class="actions">
      <ModeSwitch />
      <Action
        icon="pin"
        label={shown?.pinned ? m.unpin : m.pin}
        pressed={shown?.pinned ?? false}
        disabled={!shown}
        onClick={() => void app.pin(memo, !shown?.pinned)}
      />
      <Action
        icon="trash"
        label={m.delete}
        disabled={!shown}
        onClick={() => void app.trash(memo)}
      />
    </div>
  );
}

interface ActionProps {
  icon: IconName;
  label: string;
  pressed?: boolean;
  disabled?: boolean;
  onClick: () => void;
}

function Action({ icon, label, pressed = false, disabled = false, onClick }: ActionProps) {
  return (
    <button
      type="button"
      class={pressed ? 'icon-button is-pressed' : 'icon-button'}
      aria-label={label}
      title={label}
      disabled={disabled}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}

/** When the memo was last changed, or thrown away. */
export function MemoTime({ memo }: { memo: { updated_at: string; deleted_at: string | null } }) {
  const m = useMessages();
  const language = useSelect((state) => state.language);
  const now = useSelect((state) => state.now);
  const iso = memo.deleted_at ?? memo.updated_at;
  const when = describeTime(iso, language, now);
  return <time dateTime={iso}>{memo.deleted_at ? m.deletedAt(when) : m.edited(when)}</time>;
}
