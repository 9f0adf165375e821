import type { RefObject } from 'preact';
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { FormFault } from '../app/session.ts';
import type { Messages } from '../i18n/en.ts';
import { LanguageSwitch } from './choices.tsx';
import { useApp, useMessages, useSelect } from './context.tsx';
import { Icon, Mark } from './icons.tsx';

export function AuthPage() {
  const m = useMessages();
  const ended = useSelect((state) => state.ended);
  const closed = useSelect((state) => state.signupClosed);
  const [isNew, setIsNew] = useState(false);
  const notice =
    ended && (ended.pending > 0 ? m.sessionEndedPending(ended.pending) : m.sessionEnded);
  return (
    <main class="auth">
      <div class="auth-brand">
        <Mark />
        <h1>{m.appName}</h1>
        <p>{m.tagline}</p>
      </div>
      <section class="auth-card" aria-labelledby="auth-title">
        <h2 id="auth-title">{isNew ? m.signUpTitle : m.signInTitle}</h2>
        {notice && (
          <p class="notice" role="status">
            {notice}
          </p>
        )}
        <AuthForm key={String(isNew)} isNew={isNew} />
        {!closed && (
          <button type="button" class="link-button" onClick={() => setIsNew(!isNew)}>
            {isNew ? m.toSignIn : m.toSignUp}
          </button>
        )}
      </section>
      <LanguageSwitch />
    </main>
  );
}

function AuthForm({ isNew }: { isNew: boolean }) {
  const m = useMessages();
  const app = useApp();
  const [fault, setFault] = useState<FormFault | null>(null);
  const [busy, setBusy] = useState(false);
  const name = useRef<HTMLInputElement>(null);
  const secret = useRef<HTMLInputElement>(null);
  const hint = useId();
  // Before the next key press: a focus that moves later takes keys from who types already.
  useLayoutEffect(() => name.current?.focus(), []);

  const submit = async (event: Event) => {
    event.preventDefault();
    const username = name.current?.value.trim().toLowerCase() ?? '';
    const password = secret.current?.value ?? '';
    const early = isNew ? checkWords(username, password) : null;
    if (early) {
      setFault(early);
      (early.field === 'username' ? name : secret).current?.focus();
      return;
    }
    setBusy(true);
    const found = isNew
      ? await app.session.signUp(username, password)
      : await app.session.signIn(username, password);
    setBusy(false);
    setFault(found);
    if (found) secret.current?.focus();
  };

  return (
    <form class="form" onSubmit={(event) => void submit(event)} noValidate>
      <label class="field">
        <span>{m.username}</span>
        <input
          ref={name}
          name="username"
          autocomplete="username"
          autocapitalize="none"
          spellcheck={false}
          required
          aria-describedby={isNew ? `${hint}-name` : undefined}
        />
        {isNew && <small id={`${hint}-name`}>{m.usernameHint}</small>}
      </label>
      <PasswordField
        label={m.password}
        hint={isNew ? m.passwordHint : undefined}
        autocomplete={isNew ? 'new-password' : 'current-password'}
        input={secret}
      />
      <p class="fault" role="alert">
        {fault && describeFault(fault, m)}
      </p>
      <button type="submit" class="button button-primary button-large" disabled={busy}>
        {isNew ? m.signUp : m.signIn}
      </button>
    </form>
  );
}

interface PasswordFieldProps {
  label: string;
  hint?: string | undefined;
  autocomplete: 'new-password' | 'current-password';
  input: RefObject<HTMLInputElement | null>;
}

export function PasswordField({ label, hint, autocomplete, input }: PasswordFieldProps) {
  const m = useMessages();
  const id = useId();
  const [visible, setVisible] = useState(false);
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class="password">
        <input
          id={id}
          ref={input}
          type={(visible ? 'text' : 'password') as 'password'}
          name={autocomplete}
          autocomplete={autocomplete}
          required
          aria-describedby={hint ? `${id}-hint` : undefined}
        />
        <button
          type="button"
          class="icon-button"
          aria-label={visible ? m.hidePassword : m.showPassword}
          aria-pressed={visible}
          onClick={() => setVisible(!visible)}
        >
          <Icon name="eye" />
        </button>
      </div>
      {hint && <small id={`${id}-hint`}>{hint}</small>}
    </div>
  );
}

function checkWords(username: string, password: string) {
  if (!/^[a-z][a-z0-9._-]{2,31}$/.test(username)) {
    return { fault: 'field', field: 'username' } as const;
  }
  const length = [...password].length;
  return length < 8 || length > 128 ? ({ fault: 'field', field: 'password' } as const) : null;
}

export function describeFault(fault: FormFault, m: Messages): string {
  switch (fault.fault) {
    case 'bad-credentials':
      return m.badCredentials;
    case 'username-taken':
      return m.usernameTaken;
    case 'signup-closed':
      return m.signupClosed;
    case 'unreachable':
      return m.unreachable;
    case 'too-many':
      return m.tooManyTries(fault.seconds);
    case 'field':
      return fault.field === 'username' ? m.usernameInvalid : m.passwordInvalid;
    case 'other':
      return m.failed(fault.detail);
  }
}
