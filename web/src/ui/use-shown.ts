import { useMemo } from 'preact/hooks';
import { overlay, type Shown } from '../sync/docs.ts';
import { useSelect } from './context.tsx';

/** A memo as the person sees it. */
export function useShown(memo: string | null): Shown | undefined {
  const doc = useSelect((state) => (memo === null ? undefined : state.docs.get(memo)));
  const queue = useSelect((state) => state.queue);
  return useMemo(
    () =>
      overlay(
        doc,
        queue.filter((write) => write.memo === memo),
      ),
    [doc, queue, memo],
  );
}
