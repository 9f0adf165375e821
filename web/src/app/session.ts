// Who is signed in: the service's word, this browser's memory of it, and the other tabs.

import type { Account, Answer, Info, Session } from '../api/types.ts';
import { rememberAccount } from './preferences.ts';
import type { Service } from './service.ts';

/** What to tell the person about a form that did not go through. */
export type FormFault =
  | { fault: 'bad-credentials' | 'username-taken' | 'signup-closed' | 'unreachable' }
  | { fault: 'too-many'; seconds: number }
  | { fault: 'field'; field: string }
  | { fault: 'other'; detail: string };

export type CheckResult = 'same' | 'other' | 'ended' | 'unreachable';

export class SessionControl {
  /** The key of a sign-up whose answer did not arrive, and what it was for. */
  private signUpKey: { key: string; for: string } | null = null;

  constructor(
    private readonly service: Service,
    private readonly onSession: (account: Account) => Promise<void>,
  ) {}

  signIn(username: string, password: string): Promise<FormFault | null> {
    return this.enter({ method: 'POST', path: '/session', body: { username, password } });
  }

  /**
   * Repeated with the same words it is the same request: an answer that got lost is answered again.
   */
  signUp(username: string, password: string): Promise<FormFault | null> {
    const words = JSON.stringify([username, password]);
    if (this.signUpKey?.for !== words) this.signUpKey = { key: crypto.randomUUID(), for: words };
    const body = { username, password };
    const idempotencyKey = this.signUpKey.key;
    return this.enter({ method: 'POST', path: '/accounts', body, idempotencyKey });
  }

  /** Asks who the cookie stands for; a new CSRF token comes along. */
  async check(account: string | null): Promise<CheckResult> {
    const answer = await this.service.api.send<Session>({ method: 'GET', path: '/session' });
    this.service.note(answer);
    if (answer.kind === 'ok') {
      this.service.api.csrfToken = answer.body.csrf_token;
      if (answer.body.account.id === account) return 'same';
      await this.adopt(answer.body);
      return 'other';
    }
    return answer.kind === 'problem' && answer.status === 401 ? 'ended' : 'unreachable';
  }

  async signOut(): Promise<Answer<void>> {
    const answer = await this.service.api.send<void>({ method: 'DELETE', path: '/session' });
    this.service.note(answer);
    return answer;
  }

  async signOutEverywhere(): Promise<Answer<void>> {
    const path = '/session/revoke-all';
    const answer = await this.service.api.send<void>({ method: 'POST', path });
    this.service.note(answer);
    return answer;
  }

  async changePassword(current: string, next: string): Promise<FormFault | null> {
    const answer = await this.service.api.send<Session>({
      method: 'PUT',
      path: '/account/password',
      body: { current_password: current, new_password: next },
    });
    this.service.note(answer);
    if (answer.kind !== 'ok') return faultOf(answer);
    this.service.api.csrfToken = answer.body.csrf_token;
    return null;
  }

  async isSignupClosed(): Promise<boolean> {
    const answer = await this.service.api.send<Info>({ method: 'GET', path: '/info' });
    this.service.note(answer);
    return answer.kind === 'ok' && answer.body.signup === 'closed';
  }

  private async enter(call: Parameters<Service['ask']>[0]): Promise<FormFault | null> {
    const answer = await this.service.api.send<Session>(call);
    this.service.note(answer);
    if (answer.kind !== 'ok') return faultOf(answer);
    this.signUpKey = null;
    await this.adopt(answer.body);
    return null;
  }

  private async adopt(session: Session): Promise<void> {
    this.service.api.csrfToken = session.csrf_token;
    rememberAccount(session.account);
    await this.onSession(session.account);
  }
}

export function faultOf(answer: Exclude<Answer<unknown>, { kind: 'ok' }>): FormFault {
  if (answer.kind === 'unreachable') return { fault: 'unreachable' };
  const { problem, retryAfterMs } = answer;
  const kind = problem.type.slice(problem.type.lastIndexOf('/') + 1);
  switch (kind) {
    case 'bad-credentials':
    case 'username-taken':
    case 'signup-closed':
      return { fault: kind };
    case 'too-many-requests':
      return { fault: 'too-many', seconds: Math.max(1, Math.ceil(retryAfterMs / 1000)) };
    default:
  }
  if (answer.status >= 502) return { fault: 'unreachable' };
  const field = problem.errors?.[0]?.field;
  if (kind === 'validation' && field) return { fault: 'field', field };
  return { fault: 'other', detail: problem.detail ?? problem.title };
}
