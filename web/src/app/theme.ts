import type { Theme } from './preferences.ts';

const kColours = { light: '#eef3f0', dark: '#0e1413' };

/** Applies a theme and follows the system while it is asked to. Returns how to stop. */
export function applyTheme(theme: Theme): () => void {
  const system = matchMedia('(prefers-color-scheme: dark)');
  const apply = () => {
    const chosen = theme === 'auto' ? (system.matches ? 'dark' : 'light') : theme;
    document.documentElement.dataset['theme'] = chosen;
    document.querySelector('meta[name=theme-color]')?.setAttribute('content', kColours[chosen]);
  };
  apply();
  system.addEventListener('change', apply);
  return () => system.removeEventListener('change', apply);
}
