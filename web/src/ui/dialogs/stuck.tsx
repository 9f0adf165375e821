import type { Choice } from '../../sync/plan.ts';
import type { Write } from '../../sync/types.ts';
import { useApp, useMessages, useSelect } from '../context.tsx';
import { Dialog } from '../dialog.tsx';
import { ConflictDialog } from './conflict.tsx';

/** A write that needs the person's decision. */
export function StuckDialog({ memo }: { memo: string }) {
  const stuck = useSelect((state) =>
    state.queue.find((write) => write.memo === memo && write.stuck !== null),
  );
  if (!stuck?.stuck) return null;
  if (stuck.kind === 'update' && stuck.stuck.reason === 'conflict') {
    return <ConflictDialog key={stuck.key} write={stuck} current={stuck.stuck.current} />;
  }
  return <PlainStuckDialog write={stuck} />;
}

interface Offer {
  title: string;
  text: string;
  /** The last one is what most people want. */
  choices: { text: string; choice: Choice; danger?: boolean }[];
}

function PlainStuckDialog({ write }: { write: Write }) {
  const app = useApp();
  const { title, text, choices } = useOffer(write);
  const m = useMessages();
  const close = () => app.state.set({ dialog: null });
  return (
    <Dialog title={title} onClose={close}>
      <p>{text}</p>
      <div class="dialog-actions">
        <button type="button" class="button" onClick={close}>
          {m.decideLater}
        </button>
        {choices.map(({ text, choice, danger }, index) => (
          <button
            key={choice.choose}
            type="button"
            class={
              danger
                ? 'button button-danger'
                : index === choices.length - 1
                  ? 'button button-primary'
                  : 'button'
            }
            autofocus={index === choices.length - 1}
            onClick={() => void app.choose(write.memo, choice)}
          >
            {text}
          </button>
        ))}
      </div>
    </Dialog>
  );
}

function useOffer(write: Write): Offer {
  const app = useApp();
  const m = useMessages();
  const discard = { text: m.discardMine, choice: { choose: 'discard' as const }, danger: true };
  const copy = {
    text: m.saveAsNew,
    choice: { choose: 'copy' as const, memo: app.freshLocalId() },
  };
  const retry = { text: m.tryAgain, choice: { choose: 'retry' as const } };
  switch (write.stuck?.reason) {
    case 'trashed':
      return {
        title: m.trashedTitle,
        text: m.trashedText,
        choices: [discard, copy, { text: m.restoreAndSave, choice: { choose: 'restore' } }],
      };
    case 'gone':
      return { title: m.goneTitle, text: m.goneText, choices: [discard, copy] };
    case 'expired':
      return { title: m.expiredTitle, text: m.expiredText, choices: [discard, retry] };
    case 'refused': {
      const { problem } = write.stuck;
      const detail = problem.detail ?? problem.errors?.[0]?.message ?? problem.title;
      const text = m.refusedText(`${problem.status} ${detail}`.trim());
      return { title: m.refusedTitle, text, choices: [discard, retry] };
    }
    default:
      return { title: m.refusedTitle, text: '', choices: [discard, retry] };
  }
}
