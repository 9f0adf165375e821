// A certificate authority and a server certificate for the run's databases.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './processes.js';
import { runDirectory, scratchDirectory } from './run.js';

export interface Certificates {
  ca: string;
  certificate: string;
  key: string;
}

async function openssl(args: string[]): Promise<void> {
  const result = await run('openssl', args, { name: 'openssl' });
  if (result.code !== 0) throw new Error(`openssl ${args[0]}: ${result.stderr}`);
}

/** Makes a new CA and a certificate for `localhost` and 127.0.0.1 that it signed. */
export async function makeCertificates(name: string): Promise<Certificates> {
  const directory = scratchDirectory(name);
  const at = (file: string): string => join(directory, file);
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  await openssl([
    'req',
    '-x509',
    ...newKey,
    '-keyout',
    at('ca.key'),
    '-out',
    at('ca.pem'),
    '-days',
    '2',
    '-subj',
    `/CN=${name} test CA`,
    '-addext',
    'keyUsage=critical,keyCertSign',
  ]);
  await openssl([
    'req',
    ...newKey,
    '-keyout',
    at('server.key'),
    '-out',
    at('server.csr'),
    '-subj',
    '/CN=localhost',
  ]);
  writeFileSync(at('extensions'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
  await openssl([
    'x509',
    '-req',
    '-in',
    at('server.csr'),
    '-CA',
    at('ca.pem'),
    '-CAkey',
    at('ca.key'),
    '-CAcreateserial',
    '-days',
    '2',
    '-extfile',
    at('extensions'),
    '-out',
    at('server.pem'),
  ]);
  return { ca: at('ca.pem'), certificate: at('server.pem'), key: at('server.key') };
}

/** The certificates that all databases of the run share. */
export async function runCertificates(): Promise<Certificates> {
  const file = join(runDirectory(), 'certificates.json');
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Certificates;
  const made = await makeCertificates('database');
  writeFileSync(file, JSON.stringify(made));
  return made;
}
