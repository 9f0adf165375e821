// Addresses: `/`, `/m/<memo>`, `/trash`, `/trash/<memo>`; `/new` makes a new memo.

export interface Route {
  place: 'board' | 'trash';
  memo: string | null;
}

export function parseRoute(path: string): Route | 'new' {
  if (path === '/new') return 'new';
  const [, first, second] = path.split('/');
  if (first === 'trash') return { place: 'trash', memo: second || null };
  if (first === 'm' && second) return { place: 'board', memo: second };
  return { place: 'board', memo: null };
}

export function formatRoute(route: Route): string {
  if (route.place === 'trash') return route.memo ? `/trash/${route.memo}` : '/trash';
  return route.memo ? `/m/${route.memo}` : '/';
}
