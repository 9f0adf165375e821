import { formatRoute } from '../app/router.ts';
import { describeTime } from '../i18n/index.ts';
import type { Shown } from '../sync/docs.ts';
import { plainText } from '../text/plain.ts';
import { useApp, useMessages, useSelect } from './context.tsx';
import { Icon } from './icons.tsx';

export function MemoRow({ memo, isOpen }: { memo: Shown; isOpen: boolean }) {
  const app = useApp();
  const m = useMessages();
  const language = useSelect((state) => state.language);
  const now = useSelect((state) => state.now);
  const place = useSelect((state) => state.route.place);
  const time = memo.state === 'trashed' ? (memo.deleted_at ?? memo.updated_at) : memo.updated_at;
  return (
    <li class="row-frame">
      <a
        class="row"
        href={formatRoute({ place, memo: memo.id })}
        data-memo={memo.id}
        aria-current={isOpen ? 'true' : undefined}
        onClick={(event) => {
          if (event.metaKey || event.ctrlKey || event.shiftKey) return;
          event.preventDefault();
          app.openMemo(memo.id);
          // Enter on a row means to write; a pointer may only want to look.
          if (event.detail === 0) focusContent();
        }}
      >
        <span class="row-title">
          {memo.pinned && <Icon name="pin" />}
          <strong>{memo.title}</strong>
        </span>
        <span class="row-excerpt">{plainText(memo.excerpt) || m.noText}</span>
        <span class="row-foot">
          <time dateTime={time}>{describeTime(time, language, now)}</time>
          <RowState memo={memo} />
        </span>
      </a>
    </li>
  );
}

function RowState({ memo }: { memo: Shown }) {
  const m = useMessages();
  if (memo.stuck) {
    return (
      <span class="badge badge-warn">
        <Icon name="alert" />
        {m.needsYou}
      </span>
    );
  }
  if (memo.pending === 0) return null;
  return (
    <span class="badge badge-wait" title={m.pendingHere}>
      <span class="dot" />
      <span class="visually-hidden">{m.pendingHere}</span>
    </span>
  );
}

function focusContent(): void {
  // After the memo is on the screen.
  requestAnimationFrame(() => document.getElementById('content')?.focus());
}
