// Before the first paint: colours and language as they were last chosen (src/app/preferences.ts).
(() => {
  const root = document.documentElement;
  const recall = (key) => {
    try {
      return localStorage.getItem('scv.' + key);
    } catch {
      return null;
    }
  };
  const dark = matchMedia('(prefers-color-scheme: dark)').matches;
  root.dataset.theme = recall('theme') || (dark ? 'dark' : 'light');
  const preferred = navigator.languages.map((tag) => tag.toLowerCase().split('-')[0]);
  root.lang = recall('language') || preferred.find((tag) => tag === 'ko' || tag === 'en') || 'en';
})();
