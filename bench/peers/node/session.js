import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * The account of a bearer token "<account id>.<expiry, Unix seconds>.<HMAC-SHA-256 of the two>", or
 * undefined. The id stays a string: it has 63 bits.
 */
export function accountOf(header, secret) {
  if (!header?.startsWith('Bearer ')) return undefined;
  const token = header.slice('Bearer '.length);
  const dot = token.lastIndexOf('.');
  if (dot < 0) return undefined;
  const claims = token.slice(0, dot);
  const signature = Buffer.from(token.slice(dot + 1), 'base64url');
  const expected = createHmac('sha256', secret).update(claims).digest();
  if (signature.length !== expected.length || !timingSafeEqual(signature, expected)) {
    return undefined;
  }
  const [account, expiry] = claims.split('.');
  return Date.now() < Number(expiry) * 1000 ? account : undefined;
}
