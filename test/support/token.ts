// Session tokens taken apart and put together again with the service's own key, to make those that
// nobody could wait for. The form is that of src/memo/service/session_token.h.
import { createHmac } from 'node:crypto';
import { plantCanary } from './run.js';

const kKidAt = 1;
const kVersionAt = 13;
const kIssuedAt = 17;
const kExpiresAt = 25;
const kMacBytes = 32;

export interface TokenParts {
  kid: number;
  version: number;
  issuedMs: number;
  expiresMs: number;
}

export function partsOf(token: string): TokenParts {
  const bytes = Buffer.from(token, 'base64url');
  return {
    kid: bytes.readUInt32BE(kKidAt),
    version: bytes.readUInt32BE(kVersionAt),
    issuedMs: Number(bytes.readBigInt64BE(kIssuedAt)),
    expiresMs: Number(bytes.readBigInt64BE(kExpiresAt)),
  };
}

/** The token with other parts, signed anew; `secret` is the signing key in hexadecimal. */
export function resigned(token: string, secret: string, parts: Partial<TokenParts>): string {
  const bytes = Buffer.from(token, 'base64url');
  const signed = bytes.subarray(0, bytes.length - kMacBytes);
  const all = { ...partsOf(token), ...parts };
  signed.writeUInt32BE(all.kid, kKidAt);
  signed.writeUInt32BE(all.version, kVersionAt);
  signed.writeBigInt64BE(BigInt(all.issuedMs), kIssuedAt);
  signed.writeBigInt64BE(BigInt(all.expiresMs), kExpiresAt);
  const mac = createHmac('sha512', Buffer.from(secret, 'hex')).update(signed).digest();
  const made = Buffer.concat([signed, mac.subarray(0, kMacBytes)]).toString('base64url');
  return plantCanary('token', made);
}
