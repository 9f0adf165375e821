import { useApp, useMessages, useSelect } from '../context.tsx';
import { Dialog } from '../dialog.tsx';

export function Shortcuts() {
  const app = useApp();
  const m = useMessages();
  const singleKeys = useSelect((state) => state.singleKeys);
  const command = /Mac|iPhone|iPad/.test(navigator.platform) ? '⌘' : 'Ctrl';
  const always: [string[], string][] = [
    [[command, 'S'], m.keySave],
    [[command, 'E'], m.keyPreview],
    [['↑', '↓'], m.keyMove],
    [['Enter'], m.keyOpen],
    [['Esc'], m.keyEscape],
  ];
  const single: [string[], string][] = [
    [['N'], m.keyNew],
    [['/'], m.keySearch],
    [['J', 'K'], m.keyMove],
    [['P'], m.keyPin],
    [['Delete'], m.keyDelete],
    [['U'], m.keyUndo],
    [['T'], m.keyTrash],
    [['?'], m.keyHelp],
  ];
  return (
    <Dialog title={m.shortcuts} onClose={() => app.state.set({ dialog: null })}>
      <Keys keys={always} />
      <label class="switch-row">
        <span>{m.singleKeys}</span>
        <input
          type="checkbox"
          role="switch"
          checked={singleKeys}
          onChange={(event) => app.setSingleKeys(event.currentTarget.checked)}
        />
      </label>
      <Keys keys={single} dim={!singleKeys} />
    </Dialog>
  );
}

function Keys({ keys, dim = false }: { keys: [string[], string][]; dim?: boolean }) {
  return (
    <dl class={dim ? 'keys is-off' : 'keys'}>
      {keys.map(([names, text]) => (
        <div key={names.join()}>
          <dt>
            {names.map((name) => (
              <kbd key={name}>{name}</kbd>
            ))}
          </dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  );
}
