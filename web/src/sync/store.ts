// The local copy and the queue of writes, in IndexedDB. All tabs share it: a change is one
// transaction that reads the queue, decides, and writes, so tabs never undo each other's work.

import type { Doc, Write } from './types.ts';

export interface Change {
  /** Writes that changed. */
  put: Write[];
  /** New writes, in order; the store gives them their seq. */
  add: Write[];
  /** Writes (by seq) that leave the queue. */
  drop: number[];
  docs: Doc[];
  /** Memos (by id) that leave the local copy. */
  gone: string[];
}

export function noChange(): Change {
  return { put: [], add: [], drop: [], docs: [], gone: [] };
}

/** What this browser has of one memo. */
export interface Own {
  /** The service's id as soon as there is one. */
  id: string;
  doc: Doc | undefined;
  /** Its waiting writes, oldest first. */
  writes: Write[];
}

export interface Alias {
  account: string;
  /** The id a memo had before the service gave it one. */
  from: string;
  to: string;
}

const kVersion = 1;

export class LocalStore {
  /** A tab with a newer version of the app took the database over; this one cannot go on. */
  onObsolete: () => void = () => {};

  private constructor(private readonly db: IDBDatabase) {}

  static async open(name = 'scv-memo', factory: IDBFactory = indexedDB): Promise<LocalStore> {
    const request = factory.open(name, kVersion);
    request.onupgradeneeded = () => {
      const db = request.result;
      const writes = db.createObjectStore('writes', { keyPath: 'seq', autoIncrement: true });
      writes.createIndex('account', 'account');
      const docs = db.createObjectStore('docs', { keyPath: ['account', 'id'] });
      docs.createIndex('account', 'account');
      const aliases = db.createObjectStore('aliases', { keyPath: ['account', 'from'] });
      aliases.createIndex('account', 'account');
    };
    const db = await settle(request);
    const store = new LocalStore(db);
    db.onversionchange = () => {
      db.close();
      store.onObsolete();
    };
    return store;
  }

  queue(account: string): Promise<Write[]> {
    return this.allOf<Write>('writes', account);
  }

  docs(account: string): Promise<Doc[]> {
    return this.allOf<Doc>('docs', account);
  }

  aliases(account: string): Promise<Alias[]> {
    return this.allOf<Alias>('aliases', account);
  }

  async docsById(account: string, ids: readonly string[]): Promise<(Doc | undefined)[]> {
    const store = this.db.transaction('docs').objectStore('docs');
    return Promise.all(ids.map((id) => settle<Doc | undefined>(store.get([account, id]))));
  }

  /**
   * Decides over the account's queue, in order of seq, and applies, in one transaction. `decide`
   * must be synchronous. Resolves when the change is on disk.
   */
  async change<C extends Change>(
    account: string,
    decide: (queue: Write[]) => C,
    renamed: (change: C) => { from: string; to: string } | null = () => null,
  ): Promise<C> {
    const transaction = this.begin();
    const done = finished(transaction);
    const change = decide(await readQueue(transaction, account));
    apply(transaction, account, change);
    const alias = renamed(change);
    if (alias) transaction.objectStore('aliases').put({ account, ...alias });
    await done;
    return change;
  }

  /**
   * The same for one memo. Its id is looked up inside the transaction: the memo may have got another
   * one since the caller last heard of it.
   */
  async changeMemo(account: string, memo: string, decide: (own: Own) => Change): Promise<Change> {
    const transaction = this.begin();
    const done = finished(transaction);
    const aliases = transaction.objectStore('aliases');
    const alias = await settle<Alias | undefined>(aliases.get([account, memo]));
    const id = alias?.to ?? memo;
    const doc = await settle<Doc | undefined>(transaction.objectStore('docs').get([account, id]));
    const queue = await readQueue(transaction, account);
    const change = decide({ id, doc, writes: queue.filter((write) => write.memo === id) });
    apply(transaction, account, change);
    await done;
    return change;
  }

  async putDocs(docs: readonly Doc[], gone: readonly Doc[]): Promise<void> {
    if (docs.length + gone.length === 0) return;
    const transaction = this.db.transaction('docs', 'readwrite');
    const store = transaction.objectStore('docs');
    for (const doc of docs) store.put(doc);
    for (const doc of gone) store.delete([doc.account, doc.id]);
    await finished(transaction);
  }

  /** Forgets the account's memos; the writes still waiting stay unless asked otherwise. */
  async forget(account: string, withWrites: boolean): Promise<void> {
    const names = withWrites ? ['docs', 'aliases', 'writes'] : ['docs'];
    const transaction = this.db.transaction(names, 'readwrite');
    const done = finished(transaction);
    for (const name of names) {
      const store = transaction.objectStore(name);
      for (const key of await settle(store.index('account').getAllKeys(account))) store.delete(key);
    }
    await done;
  }

  close(): void {
    this.db.close();
  }

  private begin(): IDBTransaction {
    const names = ['writes', 'docs', 'aliases'];
    return this.db.transaction(names, 'readwrite', { durability: 'strict' });
  }

  private allOf<T>(name: string, account: string): Promise<T[]> {
    return settle(this.db.transaction(name).objectStore(name).index('account').getAll(account));
  }
}

function readQueue(transaction: IDBTransaction, account: string): Promise<Write[]> {
  return settle<Write[]>(transaction.objectStore('writes').index('account').getAll(account));
}

function apply(transaction: IDBTransaction, account: string, change: Change): void {
  const writes = transaction.objectStore('writes');
  const docs = transaction.objectStore('docs');
  for (const seq of change.drop) writes.delete(seq);
  for (const write of change.put) writes.put(write);
  for (const { seq: _, ...write } of change.add) writes.add(write);
  for (const id of change.gone) docs.delete([account, id]);
  for (const each of change.docs) docs.put(each);
}

function settle<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function finished(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
}
