// A user of the service: an account, its session, and requests whose answers are checked against
// the OpenAPI document.
import { randomBytes } from 'node:crypto';
import { checkContract } from './contract.js';
import { Answer, exchange, type Request, type Target } from './http.js';
import { plantCanary } from './run.js';

export interface Memo {
  id: string;
  title: string;
  content: string;
  pinned: boolean;
  state: 'active' | 'trashed';
  version: number;
  created_at: string;
  updated_at: string;
  deleted_at: string | null;
}
export type Summary = Omit<Memo, 'content'> & { excerpt: string };
export interface Page {
  items: Summary[];
  next_cursor: string | null;
}
export interface Session {
  account: { id: string; username: string; created_at: string };
  csrf_token: string;
  expires_at: string;
  token?: string;
}
export interface ImportReport {
  imported: number;
  failed: number;
  errors: { line: number; message: string }[];
}

export const kCookie = '__Host-scv_session';
export const kRandomId = '01900000-0000-7000-8000-000000000001';

/** Sends a request and holds the answer against the contract. */
export async function send(target: Target, request: Request, deadlineMs?: number): Promise<Answer> {
  const answer = await exchange(target, request, deadlineMs);
  checkContract(answer);
  if (answer.mediaType === 'application/json' && answer.body.length > 0) plantSecretsOf(answer);
  return answer;
}

function plantSecretsOf(answer: Answer): void {
  if (!/\/(accounts|session|password)$/.test(answer.request.path)) return;
  const session = answer.json<Partial<Session>>();
  if (session.token !== undefined) plantCanary('token', session.token);
  if (session.csrf_token !== undefined) plantCanary('csrf token', session.csrf_token);
}

export type Headers = { [name: string]: string };

export function jsonRequest(
  method: string,
  path: string,
  body: unknown,
  headers?: Headers,
): Request {
  const text = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  return { method, path, body: text, headers: { 'Content-Type': 'application/json', ...headers } };
}

/** The value of the session cookie that an answer sets. */
export function cookieOf(answer: Answer): string {
  const cookie = answer.headers['set-cookie']?.find((line) => line.startsWith(`${kCookie}=`));
  if (cookie === undefined) throw new Error('the answer sets no session cookie');
  return cookie.slice(kCookie.length + 1).split(';')[0] ?? '';
}

export class Client {
  constructor(
    readonly target: Target,
    readonly credentials: Headers = {},
  ) {}

  send(method: string, path: string, headers: Headers = {}): Promise<Answer> {
    return send(this.target, { method, path, headers: { ...this.credentials, ...headers } });
  }

  sendJson(method: string, path: string, body: unknown, headers: Headers = {}): Promise<Answer> {
    return send(this.target, jsonRequest(method, path, body, { ...this.credentials, ...headers }));
  }

  get(path: string, headers?: Headers): Promise<Answer> {
    return this.send('GET', path, headers);
  }

  create(memo: unknown, headers?: Headers): Promise<Answer> {
    return this.sendJson('POST', '/api/v1/memos', memo, headers);
  }

  /** Creates a memo, which must succeed, and returns it. */
  async created(memo: { title: string; content?: string; pinned?: boolean }): Promise<Memo> {
    const answer = await this.create(memo);
    if (answer.status !== 201) throw new Error(`create: ${answer.status} ${answer.text}`);
    return answer.json<Memo>();
  }

  read(id: string, headers?: Headers): Promise<Answer> {
    return this.get(`/api/v1/memos/${id}`, headers);
  }

  replace(id: string, memo: unknown, headers: Headers): Promise<Answer> {
    return this.sendJson('PUT', `/api/v1/memos/${id}`, memo, headers);
  }

  patch(id: string, memo: unknown, headers: Headers): Promise<Answer> {
    return this.sendJson('PATCH', `/api/v1/memos/${id}`, memo, headers);
  }

  trash(id: string, headers?: Headers): Promise<Answer> {
    return this.send('DELETE', `/api/v1/memos/${id}`, headers);
  }

  restore(id: string, headers?: Headers): Promise<Answer> {
    return this.send('POST', `/api/v1/memos/${id}/restore`, headers);
  }

  purge(id: string, headers?: Headers): Promise<Answer> {
    return this.send('POST', `/api/v1/memos/${id}/purge`, headers);
  }

  async list(query: { [name: string]: string } = {}): Promise<Page> {
    const parameters = new URLSearchParams(query).toString();
    const answer = await this.get(`/api/v1/memos${parameters === '' ? '' : `?${parameters}`}`);
    if (answer.status !== 200) throw new Error(`list: ${answer.status} ${answer.text}`);
    return answer.json<Page>();
  }

  /** Every page of a list, one after another. */
  async listAll(query: { [name: string]: string } = {}): Promise<Summary[]> {
    const items: Summary[] = [];
    let page = await this.list(query);
    for (;;) {
      items.push(...page.items);
      if (page.next_cursor === null) return items;
      page = await this.list({ ...query, cursor: page.next_cursor });
    }
  }

  async exported(): Promise<Memo[]> {
    const answer = await this.get('/api/v1/export');
    if (answer.status !== 200) throw new Error(`export: ${answer.status} ${answer.text}`);
    return answer.text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Memo);
  }

  import(lines: string | Buffer, headers: Headers = {}): Promise<Answer> {
    return send(this.target, {
      method: 'POST',
      path: '/api/v1/import',
      body: lines,
      headers: { ...this.credentials, 'Content-Type': 'application/jsonl', ...headers },
    });
  }
}

export class User {
  readonly bearer: Client;
  readonly browser: Client;

  constructor(
    readonly target: Target,
    readonly username: string,
    readonly password: string,
    readonly session: Session,
    readonly token: string,
    readonly cookie: string,
  ) {
    this.bearer = new Client(target, { Authorization: `Bearer ${token}` });
    this.browser = new Client(target, {
      Cookie: `${kCookie}=${cookie}`,
      'X-CSRF-Token': session.csrf_token,
    });
  }

  /** The same session at another instance. */
  at(target: Target): User {
    return new User(target, this.username, this.password, this.session, this.token, this.cookie);
  }
}

export function newPassword(): string {
  return plantCanary('password', `pw-${randomBytes(9).toString('hex')}`);
}

export function newUsername(): string {
  return `u${randomBytes(6).toString('hex')}`;
}

/** Text for a memo that must never be seen in a log. */
export function secretText(): string {
  return plantCanary('memo text', `memo-${randomBytes(9).toString('hex')}`);
}

export function newKey(): string {
  return randomBytes(12).toString('hex');
}

function userFrom(target: Target, username: string, password: string, answer: Answer): User {
  const session = answer.json<Session>();
  if (session.token === undefined) throw new Error('the session has no token');
  return new User(target, username, password, session, session.token, cookieOf(answer));
}

export async function signUp(
  target: Target,
  username = newUsername(),
  password = newPassword(),
): Promise<User> {
  const answer = await send(
    target,
    jsonRequest('POST', '/api/v1/accounts', { username, password }),
  );
  if (answer.status !== 201) throw new Error(`sign-up: ${answer.status} ${answer.text}`);
  return userFrom(target, username, password, answer);
}

export async function signIn(target: Target, username: string, password: string): Promise<User> {
  const answer = await send(target, jsonRequest('POST', '/api/v1/session', { username, password }));
  if (answer.status !== 200) throw new Error(`sign-in: ${answer.status} ${answer.text}`);
  return userFrom(target, username, password, answer);
}
