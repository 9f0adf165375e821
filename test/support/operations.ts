// One request per operation of the OpenAPI document, such as a well-meaning client would send.
import { jsonRequest, newPassword, newUsername } from './client.js';
import type { Request } from './http.js';

/** Everything an account can do to itself and to the memo `id`; writes only, or reads as well. */
export function accountRequests(id: string, which: 'writes' | 'all'): Request[] {
  const path = `/api/v1/memos/${id}`;
  const match = { 'If-Match': '*' };
  const writes: Request[] = [
    jsonRequest('POST', '/api/v1/memos', { title: 'x' }),
    jsonRequest('PUT', path, { title: 'x', content: '' }, match),
    jsonRequest('PATCH', path, { title: 'x' }, match),
    { method: 'DELETE', path },
    { method: 'POST', path: `${path}/restore` },
    { method: 'POST', path: `${path}/purge` },
    {
      method: 'POST',
      path: '/api/v1/import',
      body: '{"title":"x"}\n',
      headers: { 'Content-Type': 'application/jsonl' },
    },
    jsonRequest('PUT', '/api/v1/account/password', {
      current_password: newPassword(),
      new_password: newPassword(),
    }),
    { method: 'POST', path: '/api/v1/session/revoke-all' },
    { method: 'DELETE', path: '/api/v1/session' },
  ];
  const reads: Request[] = ['/api/v1/session', '/api/v1/memos', path, '/api/v1/export'].map(
    (each) => ({ method: 'GET', path: each }),
  );
  return which === 'writes' ? writes : [...writes, ...reads];
}

/** What needs no session, but the database. */
export function anonymousRequests(): Request[] {
  return ['/api/v1/session', '/api/v1/accounts'].map((path) =>
    jsonRequest('POST', path, { username: newUsername(), password: newPassword() }),
  );
}
