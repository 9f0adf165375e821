// Bytes on a socket, for requests that no HTTP library would send, and a strict reader for what
// comes back.
import { type IncomingHttpHeaders } from 'node:http';
import { connect, type Socket } from 'node:net';
import { checkContract } from './contract.js';
import { Answer, type Request, type Target } from './http.js';

export interface RawResponse {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

export class RawConnection {
  private received = Buffer.alloc(0);
  private ended = false;
  private error: Error | undefined;
  private wake: () => void = () => undefined;

  private constructor(readonly socket: Socket) {
    socket.on('data', (data: Buffer) => {
      this.received = Buffer.concat([this.received, data]);
      this.wake();
    });
    socket.on('end', () => this.finish());
    socket.on('close', () => this.finish());
    socket.on('error', (error) => {
      this.error = error;
      this.finish();
    });
  }

  static open(target: Target): Promise<RawConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect(target.port, target.host);
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new RawConnection(socket));
      });
    });
  }

  private finish(): void {
    this.ended = true;
    this.wake();
  }

  get isClosed(): boolean {
    return this.ended;
  }

  /** The error that ended the connection, a reset for instance. */
  get failure(): Error | undefined {
    return this.error;
  }

  write(data: string | Buffer): void {
    if (!this.socket.destroyed) this.socket.write(data);
  }

  close(): void {
    this.socket.destroy();
  }

  /** Waits for news from the server; false when there were none within `ms`. */
  private news(ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
  }

  /** The next response, or undefined when the server closes without one. */
  async response(deadlineMs = 10_000): Promise<RawResponse | undefined> {
    const end = Date.now() + deadlineMs;
    for (;;) {
      const parsed = parseResponse(this.received);
      if (parsed !== undefined) {
        this.received = this.received.subarray(parsed.length);
        return parsed.response;
      }
      if (this.ended) {
        if (this.received.length > 0) throw new Error(`torn response: ${this.received.toString()}`);
        return undefined;
      }
      const left = end - Date.now();
      if (left <= 0 || !(await this.news(left))) {
        throw new Error(`no response and no end of the connection in ${deadlineMs} ms`);
      }
    }
  }

  /** All that the server sends until it closes the connection, unparsed. */
  async textUntilClosed(deadlineMs = 10_000): Promise<string> {
    const end = Date.now() + deadlineMs;
    while (!this.ended) {
      const left = end - Date.now();
      if (left <= 0 || !(await this.news(left)))
        throw new Error(`still open after ${deadlineMs} ms`);
    }
    return this.received.toString('utf8');
  }

  /** Every response until the server closes the connection. */
  async responsesUntilClosed(deadlineMs = 10_000): Promise<RawResponse[]> {
    const responses: RawResponse[] = [];
    for (;;) {
      const response = await this.response(deadlineMs);
      if (response === undefined) return responses;
      responses.push(response);
    }
  }
}

function parseResponse(data: Buffer): { response: RawResponse; length: number } | undefined {
  const headEnd = data.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const [statusLine = '', ...lines] = data.subarray(0, headEnd).toString('latin1').split('\r\n');
  const status = /^HTTP\/1\.1 (\d{3}) [ -~]*$/.exec(statusLine)?.[1];
  if (status === undefined) throw new Error(`not a status line: ${statusLine}`);
  const headers: { [name: string]: string } = {};
  for (const line of lines) {
    const [, name, value] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*$/.exec(line) ?? [];
    if (name === undefined || value === undefined) throw new Error(`not a header: ${line}`);
    headers[name.toLowerCase()] = value;
  }
  const from = headEnd + 4;
  const bare = ['204', '304'].includes(status) || status.startsWith('1');
  if (headers['transfer-encoding'] === 'chunked') {
    const chunked = parseChunks(data.subarray(from));
    if (chunked === undefined) return undefined;
    return {
      response: { status: Number(status), headers, body: chunked.body },
      length: from + chunked.length,
    };
  }
  const length = bare ? 0 : Number(headers['content-length']);
  if (Number.isNaN(length)) throw new Error('a response without a length');
  if (data.length < from + length) return undefined;
  const body = Buffer.from(data.subarray(from, from + length));
  return { response: { status: Number(status), headers, body }, length: from + length };
}

function parseChunks(data: Buffer): { body: Buffer; length: number } | undefined {
  const chunks: Buffer[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = data.indexOf('\r\n', at);
    if (lineEnd < 0) return undefined;
    const size = parseInt(data.subarray(at, lineEnd).toString('latin1'), 16);
    if (Number.isNaN(size)) throw new Error('bad chunk size in a response');
    const next = lineEnd + 2 + size + 2;
    if (data.length < next) return undefined;
    chunks.push(data.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = next;
    if (size === 0) return { body: Buffer.concat(chunks), length: at };
  }
}

/** Sends bytes and returns what came back until the server closed, or until `count` responses. */
export async function rawExchange(
  target: Target,
  bytes: string | Buffer,
  options: { count?: number; deadlineMs?: number } = {},
): Promise<{ responses: RawResponse[]; closed: boolean }> {
  const connection = await RawConnection.open(target);
  try {
    connection.write(bytes);
    const responses: RawResponse[] = [];
    while (responses.length < (options.count ?? Infinity)) {
      const response = await connection.response(options.deadlineMs);
      if (response === undefined) return { responses, closed: true };
      responses.push(response);
    }
    return { responses, closed: connection.isClosed };
  } finally {
    connection.close();
  }
}

/** Holds a raw response against the contract. */
export function checkRaw(response: RawResponse, request: Pick<Request, 'method' | 'path'>): Answer {
  const answer = new Answer(request, response.status, response.headers, response.body);
  checkContract(answer);
  return answer;
}
