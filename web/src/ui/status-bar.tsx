import { countWaiting, firstOfEachMemo } from '../sync/decide.ts';
import { useApp, useMessages, useSelect } from './context.tsx';
import { Icon } from './icons.tsx';

/** The footer: what waits, and who answered last. */
export function StatusBar() {
  const m = useMessages();
  const served = useSelect((state) => state.servedBy);
  return (
    <footer class="status-bar">
      <div class="status-side" role="status">
        <Connection />
        <Waiting />
      </div>
      <div class="status-side served-by">
        {served ? (
          <>
            <span>{m.answeredBy(served.region, served.instance)}</span>
            {served.tookMs !== null && <span class="took">{m.took(formatMs(served.tookMs))}</span>}
          </>
        ) : (
          <span>{m.notAnswered}</span>
        )}
      </div>
    </footer>
  );
}

function Connection() {
  const app = useApp();
  const m = useMessages();
  const reachable = useSelect((state) => state.reachable);
  if (reachable) return null;
  return (
    <>
      <span class="badge badge-warn" title={m.offlineHint}>
        <Icon name="cloudOff" />
        {m.offline}
      </span>
      <button type="button" class="link-button" onClick={() => app.sendNow()}>
        {m.sendNow}
      </button>
    </>
  );
}

function Waiting() {
  const app = useApp();
  const m = useMessages();
  const queue = useSelect((state) => state.queue);
  if (queue.length === 0) return null;
  const stuck = firstOfEachMemo(queue).filter((write) => write.stuck !== null);
  const waiting = countWaiting(queue);
  const [first] = stuck;
  return (
    <>
      {waiting > 0 && <span class="waiting">{m.changesWaiting(waiting)}</span>}
      {first && (
        <button
          type="button"
          class="link-button"
          onClick={() => {
            app.openMemo(first.memo);
            app.state.set({ dialog: { dialog: 'stuck', memo: first.memo } });
          }}
        >
          {m.decisionsWaiting(stuck.length)}
        </button>
      )}
    </>
  );
}

function formatMs(ms: number): string {
  return ms < 10 ? ms.toFixed(1) : String(Math.round(ms));
}
