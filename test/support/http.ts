// Plain HTTP/1.1 without a library's opinions: every header can be set, none is added but Host and
// the body's length.
import { Agent, type IncomingHttpHeaders, request as httpRequest } from 'node:http';

export interface Target {
  host: string;
  port: number;
}

export interface Request {
  method: string;
  path: string;
  headers?: { [name: string]: string };
  body?: string | Buffer;
}

const kStrictUtf8 = new TextDecoder('utf-8', { fatal: true });

export class Answer {
  constructor(
    readonly request: Request,
    readonly status: number,
    readonly headers: IncomingHttpHeaders,
    readonly body: Buffer,
  ) {}

  get text(): string {
    return kStrictUtf8.decode(this.body);
  }

  json<T = unknown>(): T {
    return JSON.parse(this.text) as T;
  }

  /** The kind of a problem document; undefined when the answer is none. */
  get problem(): string | undefined {
    if (this.mediaType !== 'application/problem+json') return undefined;
    return this.json<{ type: string }>().type.replace('/problems/', '');
  }

  /** The fields that a `validation` problem names. */
  get fields(): string[] {
    return (this.json<{ errors?: { field: string }[] }>().errors ?? []).map(({ field }) => field);
  }

  get mediaType(): string | undefined {
    return this.headers['content-type']?.split(';')[0]?.trim();
  }

  get etag(): string {
    const etag = this.headers.etag;
    if (etag === undefined) throw new Error('the answer has no ETag');
    return etag;
  }
}

const agent = new Agent({ keepAlive: true, maxSockets: 64 });

/** Sends one request and reads the whole answer. Rejects after `deadlineMs`. */
export function exchange(target: Target, request: Request, deadlineMs = 25_000): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers: { [name: string]: string } = { ...request.headers };
    const body = request.body === undefined ? undefined : Buffer.from(request.body as string);
    if (body !== undefined) headers['Content-Length'] = String(body.length);
    const outgoing = httpRequest(
      {
        host: target.host,
        port: target.port,
        method: request.method,
        path: request.path,
        headers,
        agent,
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', fail);
        incoming.on('end', () => {
          clearTimeout(timer);
          resolve(
            new Answer(request, incoming.statusCode ?? 0, incoming.headers, Buffer.concat(chunks)),
          );
        });
      },
    );
    const fail = (error: Error): void => {
      clearTimeout(timer);
      reject(error);
    };
    const timer = setTimeout(() => {
      outgoing.destroy(
        new Error(`${request.method} ${request.path}: no answer in ${deadlineMs} ms`),
      );
    }, deadlineMs);
    outgoing.on('error', fail);
    outgoing.end(body);
  });
}
