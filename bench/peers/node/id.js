import { randomFillSync } from 'node:crypto';

const kCanonical = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** A UUIDv7 for a memo created at `now` (milliseconds), as 16 bytes. */
export function newId(now) {
  const id = Buffer.allocUnsafe(16);
  id.writeUIntBE(now, 0, 6);
  randomFillSync(id, 6);
  id[6] = (id[6] & 0x0f) | 0x70;
  id[8] = (id[8] & 0x3f) | 0x80;
  return id;
}

/** The 16 bytes of an id in its canonical form, or undefined. */
export function parseId(text) {
  return kCanonical.test(text) ? Buffer.from(text.replaceAll('-', ''), 'hex') : undefined;
}

export function formatId(id) {
  const hex = id.toString('hex');
  return [
    hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20),
  ].join('-');
}
