import { useEffect, useRef } from 'preact/hooks';
import { useApp, useMessages, useSelect } from './context.tsx';
import { Icon } from './icons.tsx';

/**
 * The field keeps its own text: writing it back would disturb an input method at work. The syllable
 * being composed counts, since a Korean word ends in one.
 */
export function SearchBox() {
  const app = useApp();
  const m = useMessages();
  const query = useSelect((state) => state.search.query);
  const reachable = useSelect((state) => state.reachable);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (query === '' && field.current?.value.trim() !== '') field.current!.value = '';
  }, [query]);
  return (
    <div class="search" role="search">
      <Icon name="search" />
      <input
        ref={field}
        id="search"
        type="search"
        aria-label={m.search}
        placeholder={m.search}
        autocomplete="off"
        enterkeyhint="search"
        onInput={(event) => {
          const { route } = app.state.get();
          if (route.place === 'trash') app.navigate({ place: 'board', memo: null });
          app.board.search(event.currentTarget.value);
        }}
      />
      {query === '' ? (
        <kbd aria-hidden="true">/</kbd>
      ) : (
        <button
          type="button"
          class="icon-button icon-button-small"
          aria-label={m.clearSearch}
          onClick={() => {
            app.board.search('');
            field.current?.focus();
          }}
        >
          <Icon name="close" />
        </button>
      )}
      {query !== '' && !reachable && <small class="search-note">{m.offlineSearch}</small>}
    </div>
  );
}
