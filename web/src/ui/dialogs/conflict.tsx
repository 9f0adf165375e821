import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Memo } from '../../api/types.ts';
import { normalize, tidy } from '../../text/limits.ts';
import type { UpdateWrite } from '../../sync/types.ts';
import { diffLines, mergeTexts, type DiffLine } from '../../text/merge.ts';
import { useApp, useMessages } from '../context.tsx';
import { Dialog } from '../dialog.tsx';
import { MemoTime } from '../memo-pane.tsx';

interface ConflictProps {
  write: UpdateWrite;
  current: Memo;
}

/** Both versions side by side; nothing is lost whichever way it is closed. */
export function ConflictDialog({ write, current }: ConflictProps) {
  const app = useApp();
  const m = useMessages();
  const [merging, setMerging] = useState(false);
  const close = () => app.state.set({ dialog: null });
  return (
    <Dialog title={m.conflictTitle} onClose={close} wide>
      <p>{m.conflictText}</p>
      {merging ? (
        <MergeForm write={write} current={current} onBack={() => setMerging(false)} />
      ) : (
        <>
          <Versions write={write} current={current} />
          <div class="dialog-actions">
            <button type="button" class="button" onClick={close}>
              {m.decideLater}
            </button>
            <button type="button" class="button" onClick={() => setMerging(true)}>
              {m.editMerged}
            </button>
            <button
              type="button"
              class="button"
              onClick={() => void app.choose(write.memo, { choose: 'theirs' })}
            >
              {m.takeTheirs}
            </button>
            <button
              type="button"
              class="button button-primary"
              autofocus
              onClick={() => {
                const { title, content } = write;
                void app.choose(write.memo, { choose: 'text', text: { title, content } });
              }}
            >
              {m.keepMine}
            </button>
          </div>
        </>
      )}
    </Dialog>
  );
}

function Versions({ write, current }: ConflictProps) {
  const m = useMessages();
  const lines = useMemo(() => diffLines(write.content, current.content), [write, current]);
  const mine = lines.filter((line) => line.side !== 'theirs');
  const theirs = lines.filter((line) => line.side !== 'mine');
  const at = new Date(write.queuedAt).toISOString();
  return (
    <div class="versions">
      <Version
        name={m.yours}
        at={at}
        title={write.title}
        lines={mine}
        changed={write.title !== current.title}
      />
      <Version
        name={m.theirs}
        at={current.updated_at}
        title={current.title}
        lines={theirs}
        changed={write.title !== current.title}
      />
    </div>
  );
}

interface VersionProps {
  name: string;
  at: string;
  title: string;
  lines: DiffLine[];
  changed: boolean;
}

function Version({ name, at, title, lines, changed }: VersionProps) {
  const m = useMessages();
  return (
    <section class="version" aria-label={name}>
      <header>
        <h3>{name}</h3>
        <MemoTime memo={{ updated_at: at, deleted_at: null }} />
      </header>
      <div class="version-text" tabIndex={0} role="group" aria-label={name}>
        <p class="version-title">{changed ? <mark>{title}</mark> : title}</p>
        {lines.map(({ side, line }, index) => (
          <p key={index}>
            {side === 'both' ? (
              line || ' '
            ) : (
              <mark>
                <span class="visually-hidden">{m.lineOnly(name)}: </span>
                {line || ' '}
              </mark>
            )}
          </p>
        ))}
      </div>
    </section>
  );
}

function MergeForm({ write, current, onBack }: ConflictProps & { onBack: () => void }) {
  const app = useApp();
  const m = useMessages();
  const title = useRef<HTMLInputElement>(null);
  const content = useRef<HTMLTextAreaElement>(null);
  const merged = useMemo(
    () => mergeTexts(write.was.content, write.content, current.content),
    [write, current],
  );
  useEffect(() => content.current?.focus(), []);
  const mergedTitle = write.title === write.was.title ? current.title : write.title;
  const save = () => {
    const typed = {
      title: title.current?.value ?? '',
      content: normalize(content.current?.value ?? ''),
    };
    void app.choose(write.memo, { choose: 'text', text: tidy(typed, m.untitled) });
  };
  return (
    <>
      <div class="merge">
        <label class="field">
          <span>{m.title}</span>
          <input ref={title} defaultValue={mergedTitle} />
        </label>
        <label class="field">
          <span>{m.merged}</span>
          <textarea ref={content} rows={12} defaultValue={merged} />
        </label>
      </div>
      <div class="dialog-actions">
        <button type="button" class="button" onClick={onBack}>
          {m.cancel}
        </button>
        <button type="button" class="button button-primary" onClick={save}>
          {m.saveMerged}
        </button>
      </div>
    </>
  );
}
