// Secrets Manager and instance metadata for the tests, played by a Python program: the one of
// src/memo/aws/testdata, which has AWS's own SDK check every signature, or moto where it is there.
import { spawnSync } from 'node:child_process';
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type Answer, exchange, type Target } from './http.js';
import { Process } from './processes.js';
import { kRepository, plantCanary } from './run.js';
import { GiveUp, until } from './wait.js';

const kTestdata = join(kRepository, 'src/memo/aws/testdata');
const kPythons = ['/usr/bin/python3', 'python3'];
export const kRegion = 'ap-northeast-2';

export interface AwsKey {
  id: string;
  secret: string;
  token?: string;
}

/** The keys that fake_aws.py knows: one for ever, one of a session. */
export const kLongTermKey: AwsKey = { id: 'AKIDLONGTERM', secret: 'long-term/key+of=tests' };
export const kSessionKey: AwsKey = {
  id: 'ASIASESSION',
  secret: 'session/key+of=tests',
  token: 'session//token++with==signs'.repeat(40),
};

export interface AwsKind {
  name: 'fake' | 'moto';
  script: string;
  python: string | undefined;
  /** Why it cannot run here; undefined when it can. */
  missing: string | undefined;
}

/** The interpreter that has the module. PATH's own may be a shim that needs more than PATH. */
function pythonWith(module: string): string | undefined {
  const code =
    'import importlib.util, sys\n' +
    `sys.exit(1) if importlib.util.find_spec("${module}") is None else print(sys.executable)`;
  for (const python of kPythons) {
    const found = spawnSync(python, ['-c', code], { encoding: 'utf8', timeout: 20_000 });
    if (found.status === 0) return found.stdout.trim();
  }
  return undefined;
}

function awsKind(name: AwsKind['name'], script: string, module: string, remedy: string): AwsKind {
  const python = pythonWith(module);
  const missing = python === undefined ? `no python3 with ${module}: ${remedy}` : undefined;
  return { name, script, python, missing };
}

export const kFakeAws = awsKind('fake', 'fake_aws.py', 'botocore', 'apt install python3-botocore');
export const kMoto = awsKind('moto', 'run_moto.py', 'moto', "pip install 'moto[server]'");

function plantKey(key: AwsKey): void {
  plantCanary('token', key.secret);
  if (key.token !== undefined) plantCanary('token', key.token);
}

/** What fake_aws.py has counted since it started. */
export interface Counts {
  secrets: number;
  verified: number;
  tokens: number;
  role_reads: number;
  unauthorised: number;
}

export class Aws {
  private constructor(
    private readonly server: Process,
    private readonly target: Target,
  ) {}

  static async start(kind: AwsKind): Promise<Aws> {
    if (kind.python === undefined) throw new Error(kind.missing);
    const args = ['-W', 'ignore', join(kTestdata, kind.script)];
    const server = new Process(`aws-${kind.name}`, kind.python, args, { keepInput: true });
    const port = await until(`${kind.script} listens`, 30_000, () => {
      if (!server.isRunning) throw new GiveUp(`${kind.script} ended: ${server.stderr}`);
      return Number(/^port (\d+)$/m.exec(server.stdout)?.[1] ?? 0);
    });
    return new Aws(server, { host: '127.0.0.1', port });
  }

  private get url(): string {
    return `http://${this.target.host}:${this.target.port}`;
  }

  /** The environment of a process that holds a key. */
  withKey(key: AwsKey): { [name: string]: string } {
    plantKey(key);
    return {
      AWS_REGION: kRegion,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: this.url,
      AWS_EC2_METADATA_SERVICE_ENDPOINT: this.url,
      AWS_ACCESS_KEY_ID: key.id,
      AWS_SECRET_ACCESS_KEY: key.secret,
      ...(key.token === undefined ? {} : { AWS_SESSION_TOKEN: key.token }),
    };
  }

  /** The environment on an instance: the role and the region are asked for. */
  asInstance(): { [name: string]: string } {
    return {
      AWS_ENDPOINT_URL_SECRETS_MANAGER: this.url,
      AWS_EC2_METADATA_SERVICE_ENDPOINT: this.url,
    };
  }

  /** Sets how fake_aws.py behaves (its own text lists the ways). */
  async control(wanted: object): Promise<Counts> {
    const body = JSON.stringify(wanted);
    return (await this.post('/control', body, {})).json<Counts>();
  }

  counts(): Promise<Counts> {
    return this.control({});
  }

  /** Calls Secrets Manager as an administrator would. */
  async call<T>(operation: string, parameters: object): Promise<T> {
    const body = JSON.stringify(parameters);
    const host = `${this.target.host}:${this.target.port}`;
    const headers = sign(host, `secretsmanager.${operation}`, body, kLongTermKey);
    return (await this.post('/', body, headers)).json<T>();
  }

  private async post(path: string, body: string, headers: { [name: string]: string }) {
    const request = { method: 'POST', path, body, headers };
    const answer: Answer = await exchange(this.target, request);
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.text}`);
    return answer;
  }

  /** It ends when its standard input does. */
  async stop(): Promise<void> {
    this.server.closeInput();
    await this.server.waitForExit(15_000);
  }
}

/** The headers of a call to Secrets Manager, with its signature (AWS's Signature Version 4). */
function sign(host: string, action: string, body: string, key: AwsKey): { [name: string]: string } {
  const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
  const hmac = (with_key: string | Buffer, text: string): Buffer =>
    createHmac('sha256', with_key).update(text).digest();
  const stamp = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const scope = [stamp.slice(0, 8), kRegion, 'secretsmanager', 'aws4_request'];
  const headers: { [name: string]: string } = {
    'content-type': 'application/x-amz-json-1.1',
    host,
    'x-amz-date': stamp,
    'x-amz-target': action,
  };
  const names = Object.keys(headers).join(';');
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
  const canonical = ['POST', '/', '', lines.join(''), names, sha256(body)].join('\n');
  const text = ['AWS4-HMAC-SHA256', stamp, scope.join('/'), sha256(canonical)].join('\n');
  const signature = hmac(scope.reduce<string | Buffer>(hmac, `AWS4${key.secret}`), text);
  const credential = `${key.id}/${scope.join('/')}`;
  headers.authorization =
    `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names}, ` +
    `Signature=${signature.toString('hex')}`;
  return headers;
}

/** A user of a database, as a secret holds it. */
export interface Login {
  username: string;
  password: string;
}

export function newDatabasePassword(): string {
  return plantCanary('database password', `rotated-${randomBytes(9).toString('hex')}`);
}

/** A database's secret, and the steps in which AWS's rotation functions change it. */
export class DatabaseSecret {
  readonly id = `memo/database-${randomBytes(4).toString('hex')}`;
  private current = '';

  constructor(
    private readonly aws: Aws,
    private readonly address: { host: string; port: number; dbname: string },
  ) {}

  private document(login: Login): string {
    return JSON.stringify({ engine: 'mariadb', ...this.address, ...login });
  }

  async create(login: Login): Promise<void> {
    const parameters = { Name: this.id, SecretString: this.document(login) };
    const made = await this.aws.call<{ VersionId: string }>('CreateSecret', parameters);
    this.current = made.VersionId;
  }

  /** Stores a version that nobody uses yet; its id. */
  async putPending(login: Login): Promise<string> {
    const put = await this.aws.call<{ VersionId: string }>('PutSecretValue', {
      SecretId: this.id,
      SecretString: this.document(login),
      ClientRequestToken: [4, 2, 2, 2, 6].map((n) => randomBytes(n).toString('hex')).join('-'),
      VersionStages: ['AWSPENDING'],
    });
    return put.VersionId;
  }

  async makeCurrent(version: string): Promise<void> {
    await this.aws.call('UpdateSecretVersionStage', {
      SecretId: this.id,
      VersionStage: 'AWSCURRENT',
      RemoveFromVersionId: this.current,
      MoveToVersionId: version,
    });
    this.current = version;
  }
}
