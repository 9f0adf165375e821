// The service worker (src/sw/worker.ts): the app starts without a network, and a new version of it
// takes over when the person says so.

/** `onReady` gets a function that installs the waiting version and loads it. */
export function watchForUpdates(onReady: (install: () => void) => void): void {
  const workers = navigator.serviceWorker;
  if (!workers) return;
  // The first worker of all takes the page over as well; only a later one means another version.
  // All tabs follow it: the files of the version before are gone from the cache.
  let controlled = workers.controller !== null;
  workers.addEventListener('controllerchange', () => {
    if (controlled) location.reload();
    controlled = true;
  });
  const offer = (worker: ServiceWorker) => onReady(() => worker.postMessage('take-over'));
  workers.register('/sw.js').then(
    (registration) => {
      if (registration.waiting && workers.controller) offer(registration.waiting);
      registration.addEventListener('updatefound', () => {
        const worker = registration.installing;
        worker?.addEventListener('statechange', () => {
          if (worker.state === 'installed' && workers.controller) offer(worker);
        });
      });
    },
    (error: unknown) => console.warn('the app will not start offline', error),
  );
}
