// Keeps the app's own files, so that it starts without a network. It never touches the API: what
// was written is kept by the app itself (src/sync), and answers are never taken from a cache.
//
// The build replaces __FILES__ and __VERSION__ (vite.config.ts).

// This file is compiled as part of the page's project, whose library has no worker globals.
interface WorkerEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface WorkerFetchEvent extends WorkerEvent {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}
interface WorkerScope extends EventTarget {
  clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
}

declare const __FILES__: readonly string[];
declare const __VERSION__: string;

const worker = globalThis as unknown as WorkerScope;
const kPrefix = 'scv-shell-';
const kCache = kPrefix + __VERSION__;

worker.addEventListener('install', (event) => {
  (event as WorkerEvent).waitUntil(keepFiles());
});

worker.addEventListener('activate', (event) => {
  (event as WorkerEvent).waitUntil(dropOldFiles().then(() => worker.clients.claim()));
});

worker.addEventListener('message', (event) => {
  if ((event as MessageEvent).data === 'take-over') void worker.skipWaiting();
});

worker.addEventListener('fetch', (event) => {
  const { request } = event as WorkerFetchEvent;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== location.origin) return;
  const isPage = request.mode === 'navigate' && !/^\/(api|livez|readyz)(\/|$)/.test(url.pathname);
  if (isPage) (event as WorkerFetchEvent).respondWith(fromCache('/', request));
  else if (__FILES__.includes(url.pathname)) {
    (event as WorkerFetchEvent).respondWith(fromCache(url.pathname, request));
  }
});

async function keepFiles(): Promise<void> {
  const cache = await caches.open(kCache);
  await cache.addAll(__FILES__.map((file) => new Request(file, { cache: 'reload' })));
}

async function dropOldFiles(): Promise<void> {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(kPrefix) && name !== kCache);
  await Promise.all(old.map((name) => caches.delete(name)));
}

async function fromCache(file: string, request: Request): Promise<Response> {
  const cache = await caches.open(kCache);
  return (await cache.match(file)) ?? fetch(request);
}
