// Small sets of which one is chosen.

import { useId } from 'preact/hooks';
import type { Mode, Theme } from '../app/preferences.ts';
import { useApp, useMessages, useSelect } from './context.tsx';

interface ChoiceProps<T extends string> {
  label: string;
  value: T;
  options: readonly { value: T; text: string; lang?: string; class?: string }[];
  onChange: (value: T) => void;
}

/** A segmented control; to a screen reader and the keyboard it is a group of radio buttons. */
export function Choice<T extends string>({ label, value, options, onChange }: ChoiceProps<T>) {
  const name = useId();
  return (
    <fieldset class="choice">
      <legend class="visually-hidden">{label}</legend>
      {options.map((option) => (
        <label key={option.value} class={option.class} lang={option.lang}>
          <input
            type="radio"
            name={name}
            value={option.value}
            checked={option.value === value}
            onChange={() => onChange(option.value)}
          />
          <span>{option.text}</span>
        </label>
      ))}
    </fieldset>
  );
}

export function LanguageSwitch() {
  const app = useApp();
  const m = useMessages();
  const language = useSelect((state) => state.language);
  return (
    <Choice
      label={m.language}
      value={language}
      options={[
        { value: 'ko', text: '한국어', lang: 'ko' },
        { value: 'en', text: 'English', lang: 'en' },
      ]}
      onChange={(value) => app.setLanguage(value)}
    />
  );
}

export function ThemeSwitch() {
  const app = useApp();
  const m = useMessages();
  const theme = useSelect((state) => state.theme);
  return (
    <Choice<Theme>
      label={m.theme}
      value={theme}
      options={[
        { value: 'auto', text: m.themeAuto },
        { value: 'light', text: m.themeLight },
        { value: 'dark', text: m.themeDark },
      ]}
      onChange={(value) => app.setTheme(value)}
    />
  );
}

export function ModeSwitch() {
  const app = useApp();
  const m = useMessages();
  const mode = useSelect((state) => state.mode);
  return (
    <Choice<Mode>
      label={m.modes}
      value={mode}
      options={[
        { value: 'write', text: m.write },
        { value: 'split', text: m.split, class: 'wide-only' },
        { value: 'preview', text: m.preview },
      ]}
      onChange={(value) => app.setMode(value)}
    />
  );
}
