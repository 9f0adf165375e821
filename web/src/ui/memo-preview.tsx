import { useEffect, useRef, useState } from 'preact/hooks';
import { useMessages } from './context.tsx';

type Render = typeof import('../text/markdown.ts').renderMarkdown;

let loaded: Promise<Render> | null = null;

function loadRender(): Promise<Render> {
  loaded ??= import('../text/markdown.ts').then((module) => module.renderMarkdown);
  return loaded;
}

export function MemoPreview({ text }: { text: string }) {
  const m = useMessages();
  const element = useRef<HTMLDivElement>(null);
  const [render, setRender] = useState<{ it: Render } | null>(null);
  useEffect(() => {
    let wanted = true;
    void loadRender().then((it) => wanted && setRender({ it }));
    return () => {
      wanted = false;
    };
  }, []);
  useEffect(() => {
    if (render) element.current?.replaceChildren(render.it(text, m.imageNotLoaded));
  }, [render, text, m]);
  return (
    <section class="preview" aria-label={m.preview}>
      <div ref={element} class="prose" />
      {text.trim() === '' && <p class="prose-empty">{m.emptyPreview}</p>}
    </section>
  );
}
