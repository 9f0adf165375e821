import { useRef, useState } from 'preact/hooks';
import type { ImportReport } from '../../api/types.ts';
import { type FormFault, faultOf } from '../../app/session.ts';
import { firstOfEachMemo } from '../../sync/decide.ts';
import { describeFault, PasswordField } from '../auth.tsx';
import { LanguageSwitch, ThemeSwitch } from '../choices.tsx';
import { useApp, useMessages, useSelect } from '../context.tsx';
import { Dialog } from '../dialog.tsx';
import { Icon } from '../icons.tsx';

export function Settings() {
  const app = useApp();
  const m = useMessages();
  const account = useSelect((state) => state.account);
  return (
    <Dialog title={m.settings} onClose={() => app.state.set({ dialog: null })}>
      <div class="setting">
        <h3>{m.theme}</h3>
        <ThemeSwitch />
      </div>
      <div class="setting">
        <h3>{m.language}</h3>
        <LanguageSwitch />
      </div>
      <section class="setting-group">
        <h3>{m.data}</h3>
        <Export />
        <Import />
      </section>
      <section class="setting-group">
        <h3>{m.account}</h3>
        <div class="setting">
          <p>{account && m.signedInAs(account.username)}</p>
          <button type="button" class="button" onClick={() => void app.signOut()}>
            <Icon name="logout" />
            {m.signOut}
          </button>
        </div>
        <ChangePassword />
        <SignOutEverywhere />
      </section>
    </Dialog>
  );
}

function Export() {
  const app = useApp();
  const m = useMessages();
  const waiting = useSelect((state) => firstOfEachMemo(state.queue).length);
  const [fault, setFault] = useState<FormFault | null>(null);
  const [busy, setBusy] = useState(false);
  const run = async () => {
    setBusy(true);
    const answer = await app.service.api.download('/export');
    setBusy(false);
    setFault(answer.kind === 'ok' ? null : faultOf(answer));
    if (answer.kind === 'ok') saveFile(answer.body);
  };
  return (
    <div class="setting">
      <div>
        <p class="hint">{m.exportHint}</p>
        {waiting > 0 && <p class="hint">{m.exportPending(waiting)}</p>}
        <p class="fault" role="alert">
          {fault && describeFault(fault, m)}
        </p>
      </div>
      <button type="button" class="button" disabled={busy} onClick={() => void run()}>
        {m.export}
      </button>
    </div>
  );
}

function saveFile(body: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(body);
  link.download = `memos-${new Date().toISOString().slice(0, 10)}.jsonl`;
  link.click();
  // The download has its own hold on the data once the click was handled.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function Import() {
  const app = useApp();
  const m = useMessages();
  const input = useRef<HTMLInputElement>(null);
  // The same file tried again is the same request: nothing is imported twice.
  const chosen = useRef<{ file: File; key: string } | null>(null);
  const [state, setState] = useState<'idle' | 'busy' | FormFault | ImportReport>('idle');
  const run = async () => {
    if (!chosen.current) return;
    setState('busy');
    const answer = await app.import(chosen.current.file, chosen.current.key);
    setState(answer.kind === 'ok' ? answer.body : faultOf(answer));
  };
  const failed = typeof state === 'object' && 'fault' in state;
  return (
    <div class="setting">
      <div>
        <p class="hint">{m.importHint}</p>
        <div role="status">
          {typeof state === 'object' && 'imported' in state && <Report report={state} />}
        </div>
        <p class="fault" role="alert">
          {failed && describeFault(state, m)}
        </p>
      </div>
      <input
        ref={input}
        type="file"
        accept=".jsonl,.ndjson,application/jsonl"
        class="visually-hidden"
        tabIndex={-1}
        aria-label={m.import}
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          if (!file) return;
          chosen.current = { file, key: crypto.randomUUID() };
          void run();
          event.currentTarget.value = '';
        }}
      />
      <button
        type="button"
        class="button"
        disabled={state === 'busy'}
        onClick={() => (failed ? void run() : input.current?.click())}
      >
        {state === 'busy' ? m.importing : failed ? m.tryAgain : m.import}
      </button>
    </div>
  );
}

function Report({ report }: { report: ImportReport }) {
  const m = useMessages();
  return (
    <>
      <p class="report">{m.imported(report.imported, report.failed)}</p>
      {report.errors.length > 0 && (
        <ul class="report-lines">
          {report.errors.map(({ line, message }) => (
            <li key={line}>{m.importLine(line, message)}</li>
          ))}
        </ul>
      )}
    </>
  );
}

function ChangePassword() {
  const app = useApp();
  const m = useMessages();
  const name = useSelect((state) => state.account?.username ?? '');
  const current = useRef<HTMLInputElement>(null);
  const next = useRef<HTMLInputElement>(null);
  const [result, setResult] = useState<FormFault | 'done' | null>(null);
  const submit = async (event: Event) => {
    event.preventDefault();
    const secret = next.current?.value ?? '';
    const length = [...secret].length;
    if (length < 8 || length > 128) {
      setResult({ fault: 'field', field: 'new_password' });
      return;
    }
    const fault = await app.session.changePassword(current.current?.value ?? '', secret);
    setResult(fault ?? 'done');
    if (fault === null) {
      current.current!.value = '';
      next.current!.value = '';
    }
  };
  const fault = result !== null && result !== 'done' ? result : null;
  const text =
    fault?.fault === 'bad-credentials' ? m.wrongPassword : fault && describeFault(fault, m);
  return (
    <details class="disclosure">
      <summary>{m.changePassword}</summary>
      <form class="form" onSubmit={(event) => void submit(event)} noValidate>
        {/* For password managers: whose password this is. */}
        <input
          class="visually-hidden"
          autocomplete="username"
          value={name}
          readOnly
          tabIndex={-1}
          aria-hidden="true"
        />
        <PasswordField label={m.currentPassword} autocomplete="current-password" input={current} />
        <PasswordField
          label={m.newPassword}
          hint={m.passwordHint}
          autocomplete="new-password"
          input={next}
        />
        <p class="fault" role="alert">
          {text}
        </p>
        <p class="report" role="status">
          {result === 'done' && m.passwordChanged}
        </p>
        <button type="submit" class="button">
          {m.changePassword}
        </button>
      </form>
    </details>
  );
}

function SignOutEverywhere() {
  const app = useApp();
  const m = useMessages();
  return (
    <details class="disclosure">
      <summary>{m.signOutEverywhere}</summary>
      <p class="hint">{m.signOutEverywhereText}</p>
      <button
        type="button"
        class="button button-danger"
        onClick={() => void app.signOutEverywhere()}
      >
        {m.signOutEverywhere}
      </button>
    </details>
  );
}
