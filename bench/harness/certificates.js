// A certificate authority for this run, and the database's certificate.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './children.js';

export async function makeCertificates(directory) {
  const at = (file) => join(directory, file);
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  await run('openssl', [
    'req', '-x509', ...key, '-keyout', at('ca.key'), '-out', at('ca.pem'), '-days', '2',
    '-subj', '/CN=benchmark CA', '-addext', 'keyUsage=critical,keyCertSign',
  ]);
  await run('openssl', [
    'req', ...key, '-keyout', at('server.key'), '-out', at('server.csr'), '-subj', '/CN=localhost',
  ]);
  writeFileSync(at('extensions'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
  await run('openssl', [
    'x509', '-req', '-in', at('server.csr'), '-CA', at('ca.pem'), '-CAkey', at('ca.key'),
    '-CAcreateserial', '-days', '2', '-extfile', at('extensions'), '-out', at('server.pem'),
  ]);
  return { ca: at('ca.pem'), certificate: at('server.pem'), key: at('server.key') };
}
