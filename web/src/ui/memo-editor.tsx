import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { isLocalId } from '../sync/types.ts';
import { kContentMost, kTitleMost, lengthOf } from '../text/limits.ts';
import { useApp, useMessages, useSelect } from './context.tsx';
import { MemoPreview } from './memo-preview.tsx';

/** How near to the limit the number of characters is shown. */
const kCountFrom = 0.9;

/**
 * The fields keep their own text, so that no redraw disturbs typing or an input method; text from
 * elsewhere is written into them only when nothing is being typed (Editor.follow).
 */
export function MemoEditor() {
  const app = useApp();
  const m = useMessages();
  const mode = useSelect((state) => state.mode);
  const revision = useSelect((state) => state.editor.revision);
  const title = useRef<HTMLTextAreaElement>(null);
  const content = useRef<HTMLTextAreaElement>(null);
  const [preview, setPreview] = useState(app.editor.typed.content);

  useLayoutEffect(() => {
    const { typed } = app.editor;
    replaceText(title.current, typed.title);
    replaceText(content.current, typed.content);
    setPreview(typed.content);
  }, [app, revision, mode]);
  useEffect(() => {
    const { memo } = app.state.get().editor;
    if (memo && isLocalId(memo) && !app.replica.shown(memo)) title.current?.focus();
  }, [app]);

  const typeContent = (text: string) => {
    app.editor.type({ content: text });
    setPreview(text);
  };
  return (
    <div class="memo-scroll" data-mode={mode}>
      <div class="sheet">
        <textarea
          ref={title}
          id="title"
          class="title-field"
          rows={1}
          aria-label={m.title}
          placeholder={m.titlePlaceholder}
          spellcheck={false}
          enterkeyhint="next"
          onInput={(event) => app.editor.type({ title: event.currentTarget.value })}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.isComposing) return;
            event.preventDefault();
            content.current?.focus();
          }}
          onBlur={() => void app.editor.flush()}
        />
        {mode !== 'preview' && (
          <textarea
            ref={content}
            id="content"
            class="content-field"
            aria-label={m.content}
            placeholder={m.contentPlaceholder}
            onInput={(event) => typeContent(event.currentTarget.value)}
            onBlur={() => void app.editor.flush()}
          />
        )}
        {mode !== 'write' && <MemoPreview text={preview} />}
      </div>
      <Limits title={app.editor.typed.title} content={preview} />
    </div>
  );
}

function Limits({ title, content }: { title: string; content: string }) {
  const m = useMessages();
  const excess = useSelect((state) => state.editor.excess);
  const length = lengthOf(content);
  const messages = {
    title: `${m.tooLongTitle} (${lengthOf(title)} / ${kTitleMost})`,
    content: m.tooLongContent,
    bytes: m.tooLongBytes,
  };
  return (
    <div class="limits">
      <p class="fault" role="alert">
        {excess && messages[excess]}
      </p>
      {length > kContentMost * kCountFrom && <p>{m.characters(length, kContentMost)}</p>}
    </div>
  );
}

function replaceText(field: HTMLTextAreaElement | null, text: string): void {
  if (!field || field.value === text) return;
  const { selectionStart, selectionEnd } = field;
  field.value = text;
  if (document.activeElement === field) field.setSelectionRange(selectionStart, selectionEnd);
}
