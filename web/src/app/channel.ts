// What the tabs of one browser tell each other.

export type News =
  /** The queue or the local copy of an account changed. */
  | {
      news: 'changed';
      account: string;
      ids: string[];
      renamed: { from: string; to: string } | null;
    }
  /** Another account, or nobody, is signed in now. */
  | { news: 'session'; account: string | null }
  /** The service stopped answering, or answers again. */
  | { news: 'reachable'; reachable: boolean };

export interface Channel {
  tell(news: News): void;
  listen(listener: (news: News) => void): void;
}

export function openChannel(name = 'scv-memo'): Channel {
  const channel = new BroadcastChannel(name);
  return {
    tell: (news) => channel.postMessage(news),
    listen: (listener) => {
      channel.onmessage = (event: MessageEvent<News>) => listener(event.data);
    },
  };
}
