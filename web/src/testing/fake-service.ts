// A small honest service for tests of the sync engine: it keeps memos, versions and idempotency
// keys the way docs/api.md says, and its answers can get lost.

import type { Call } from '../api/client.ts';
import type { Answer, Memo } from '../api/types.ts';

type Reply = Answer<Memo | undefined>;

export type Weather = (
  call: Call,
) => 'fair' | 'request-lost' | 'answer-lost' | 'busy' | 'signed-out';

export class FakeService {
  readonly memos = new Map<string, Memo>();
  /** Every effect, in order: what the service did, not what it was asked. */
  readonly effects: string[] = [];
  calls = 0;
  weather: Weather = () => 'fair';
  private readonly remembered = new Map<string, { request: string; reply: Reply }>();
  private made = 0;
  private clock = Date.parse('2026-11-22T06:00:00.000Z');

  async send<T>(call: Call): Promise<Answer<T>> {
    ++this.calls;
    const weather = this.weather(call);
    // Answers come later than the call returns, as they do.
    await new Promise((resolve) => setTimeout(resolve, 0));
    if (weather === 'request-lost') return { kind: 'unreachable', retryAfterMs: 0 };
    if (weather === 'busy') return this.problem(503, 'overloaded', undefined, 1000) as Answer<T>;
    if (weather === 'signed-out') return this.problem(401, 'unauthenticated') as Answer<T>;
    const reply = this.reply(call);
    if (weather === 'answer-lost') return { kind: 'unreachable', retryAfterMs: 0 };
    return reply as Answer<T>;
  }

  /** Somebody else changes a memo. */
  change(id: string, part: Partial<Memo>): Memo {
    const memo = this.memos.get(id);
    if (!memo) throw new Error(`no memo ${id}`);
    return this.keep({ ...memo, ...part, version: memo.version + 1 });
  }

  add(title: string, content: string): Memo {
    const at = this.now();
    return this.keep({
      id: `0192f0c1-0000-7000-8000-${String(++this.made).padStart(12, '0')}`,
      title,
      content,
      pinned: false,
      state: 'active',
      version: 1,
      created_at: at,
      updated_at: at,
      deleted_at: null,
    });
  }

  private reply(call: Call): Reply {
    const key = call.idempotencyKey ?? '';
    const request = JSON.stringify([call.method, call.path, call.ifMatch, call.body]);
    const known = this.remembered.get(key);
    if (known) {
      return known.request === request ? known.reply : this.problem(422, 'idempotency-key-reused');
    }
    const reply = this.act(call);
    if (reply.kind === 'ok') {
      this.effects.push(`${call.method} ${call.path}`);
      this.remembered.set(key, { request, reply });
    }
    return reply;
  }

  private act(call: Call): Reply {
    const body = (call.body ?? {}) as Partial<Memo>;
    if (call.path === '/memos') {
      const memo = this.add(body.title ?? '', body.content ?? '');
      return this.ok(this.keep({ ...memo, pinned: body.pinned ?? false }), 201);
    }
    const [, , id = '', action] = call.path.split('/');
    const memo = this.memos.get(id);
    if (!memo) return this.problem(404, 'not-found');
    if (call.method === 'PUT' || call.method === 'PATCH') return this.write(memo, call, body);
    if (call.method === 'DELETE') {
      if (memo.state === 'trashed') return this.ok(memo);
      return this.ok(this.change(id, { state: 'trashed', pinned: false, deleted_at: this.now() }));
    }
    if (action === 'restore') {
      if (memo.state === 'active') return this.ok(memo);
      return this.ok(this.change(id, { state: 'active', deleted_at: null }));
    }
    if (memo.state !== 'trashed') return this.problem(409, 'memo-not-trashed');
    this.memos.delete(id);
    return { kind: 'ok', status: 204, body: undefined };
  }

  private write(memo: Memo, call: Call, body: Partial<Memo>): Reply {
    if (memo.state === 'trashed') return this.problem(409, 'memo-trashed');
    if (call.ifMatch !== memo.version) return this.problem(412, 'version-conflict', { ...memo });
    return this.ok(this.change(memo.id, body));
  }

  private keep(memo: Memo): Memo {
    const kept = { ...memo, updated_at: this.now() };
    this.memos.set(kept.id, kept);
    return { ...kept };
  }

  private ok(memo: Memo, status = 200): Reply {
    return { kind: 'ok', status, body: { ...memo } };
  }

  private problem(status: number, kind: string, current?: Memo, retryAfterMs = 0): Reply {
    const problem = { type: `/problems/${kind}`, title: kind, status };
    return {
      kind: 'problem',
      status,
      problem: current ? { ...problem, current } : problem,
      retryAfterMs,
    };
  }

  private now(): string {
    return new Date((this.clock += 1000)).toISOString();
  }
}
