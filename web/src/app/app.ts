// The app without its screen: puts the parts together and offers what the screen can ask for.

import { ApiClient } from '../api/client.ts';
import type { Account, Answer, ImportReport } from '../api/types.ts';
import { messagesOf, type Language } from '../i18n/index.ts';
import { firstOfEachMemo } from '../sync/decide.ts';
import { Drainer, type Exclusive } from '../sync/drainer.ts';
import { type Choice, planChoice, planMove, planPin } from '../sync/plan.ts';
import type { LocalStore } from '../sync/store.ts';
import { makeLocalId } from '../sync/types.ts';
import { Board } from './board.ts';
import type { Channel, News } from './channel.ts';
import { Editor } from './editor.ts';
import * as preferences from './preferences.ts';
import { Pulse } from './pulse.ts';
import { Replica } from './replica.ts';
import { formatRoute, parseRoute, type Route } from './router.ts';
import { Service } from './service.ts';
import { SessionControl } from './session.ts';
import { type AppState, initialState, Store, type ToastText } from './state.ts';

const kStaleMs = 20_000;
const kMinuteMs = 60_000;

export class App {
  readonly state: Store<AppState>;
  readonly service: Service;
  readonly session: SessionControl;
  readonly editor: Editor;
  readonly board: Board;
  readonly replica: Replica;
  /** Installs the new version the toast tells about. */
  onUpdateWanted: () => void = () => {};
  private drainer: Drainer | null = null;
  private readonly pulse: Pulse;
  private toasts = 0;
  private lastAccount: string | null = null;

  constructor(
    private readonly local: LocalStore,
    private readonly channel: Channel,
  ) {
    this.state = new Store(initialState());
    this.service = new Service(new ApiClient(), this.state);
    this.replica = new Replica(local, this.state, channel);
    this.board = new Board(this.service, this.replica, this.state);
    const untitled = () => messagesOf(this.state.get().language).untitled;
    this.editor = new Editor(this.service, this.replica, this.state, untitled);
    this.session = new SessionControl(this.service, (account) => this.enter(account, true));
    this.pulse = new Pulse(
      () => !this.state.get().reachable,
      () => this.checkSession(),
    );
    this.service.onUnauthenticated = () => void this.end();
    this.service.onReachable = (reachable) => {
      channel.tell({ news: 'reachable', reachable });
      if (reachable) void this.comeBack();
    };
    this.replica.onRenamed = (from, to) => this.rename(from, to);
    this.editor.onQueued = () => void this.drainer?.wake();
    channel.listen((news) => void this.hear(news));
    this.watchPage();
  }

  async start(): Promise<void> {
    const account = preferences.recallAccount();
    if (account === null) {
      this.state.set({ phase: 'signed-out' });
      this.state.set({ signupClosed: await this.session.isSignupClosed() });
      return;
    }
    // What is on this device is there at once; the service is asked meanwhile.
    await this.enter(account, false);
    await this.checkSession();
  }

  // --- Addresses -------------------------------------------------------------------------------

  navigate(route: Route, how: 'push' | 'replace' = 'push'): void {
    const path = formatRoute(route);
    if (how === 'replace') history.replaceState(null, '', path);
    else if (path !== location.pathname) history.pushState(null, '', path);
    this.arrive(route);
  }

  openMemo(memo: string | null): void {
    this.navigate({ place: this.state.get().route.place, memo });
  }

  newMemo(): void {
    this.navigate({ place: 'board', memo: this.freshLocalId() });
  }

  private followAddress(): void {
    const route = parseRoute(location.pathname);
    if (route === 'new') this.newMemo();
    else this.arrive(route);
  }

  private arrive(route: Route): void {
    const memo = route.memo === null ? null : this.replica.resolve(route.memo);
    if (memo !== route.memo) history.replaceState(null, '', formatRoute({ ...route, memo }));
    this.state.set({ route: { ...route, memo } });
    if (this.state.get().phase !== 'signed-in') return;
    if (route.place === 'trash') this.board.ensureTrash();
    void this.editor.open(memo);
  }

  private rename(from: string, to: string): void {
    this.editor.rename(from, to);
    const { route, toast, dialog } = this.state.get();
    if (toast?.undo === from) this.state.set({ toast: { ...toast, undo: to } });
    if (dialog && 'memo' in dialog && dialog.memo === from) {
      this.state.set({ dialog: { ...dialog, memo: to } });
    }
    if (route.memo !== from) return;
    history.replaceState(null, '', formatRoute({ ...route, memo: to }));
    this.state.set({ route: { ...route, memo: to } });
  }

  // --- Memos -----------------------------------------------------------------------------------

  async pin(memo: string, pinned: boolean): Promise<void> {
    if (this.state.get().editor.memo === memo) await this.editor.flush();
    await this.replica.change(memo, (own, mint) => planPin(own, pinned, mint));
    this.send();
  }

  async trash(memo: string): Promise<void> {
    await this.move(memo, 'trash');
    this.say('movedToTrash', memo);
  }

  async restore(memo: string): Promise<void> {
    await this.move(memo, 'restore');
    this.say('restored');
  }

  async purge(memo: string): Promise<void> {
    await this.move(memo, 'purge');
    this.say('purged');
  }

  /** Takes back the last move to the trash, while its message is on the screen. */
  async undo(): Promise<void> {
    const memo = this.state.get().toast?.undo;
    if (memo === undefined) return;
    this.state.set({ toast: null });
    await this.replica.change(memo, (own, mint) => planMove(own, 'restore', mint));
    this.send();
    this.openMemo(this.replica.resolve(memo));
  }

  async choose(memo: string, choice: Choice): Promise<void> {
    this.state.set({ dialog: null });
    await this.replica.change(memo, (own, mint) => planChoice(own, choice, mint));
    if (choice.choose === 'copy') this.navigate({ place: 'board', memo: choice.memo }, 'replace');
    this.editor.follow();
    this.send();
  }

  /** Saves what is typed and says how far it came: to the service, or to this device. */
  async saveNow(): Promise<void> {
    await this.editor.flush();
    await this.drainer?.wake();
    const { memo } = this.state.get().editor;
    const waits = memo !== null && (this.replica.shown(memo)?.pending ?? 0) > 0;
    this.say(waits ? 'keptHere' : 'saved');
  }

  freshLocalId(): string {
    return makeLocalId(Date.now(), crypto.randomUUID().slice(0, 8));
  }

  sendNow(): void {
    void this.checkSession().then(() => this.drainer?.hurry());
  }

  async import(file: File, key: string): Promise<Answer<ImportReport>> {
    const answer = await this.service.ask<ImportReport>({
      method: 'POST',
      path: '/import',
      upload: file,
      idempotencyKey: key,
    });
    if (answer.kind === 'ok') void this.board.refresh();
    return answer;
  }

  private async move(memo: string, kind: 'trash' | 'restore' | 'purge'): Promise<void> {
    const { editor, route } = this.state.get();
    if (editor.memo === memo) await this.editor.flush();
    await this.replica.change(memo, (own, mint) => planMove(own, kind, mint));
    this.send();
    if (route.memo !== null && this.replica.resolve(route.memo) === this.replica.resolve(memo)) {
      this.navigate({ place: route.place, memo: null });
    }
  }

  private send(): void {
    void this.drainer?.wake();
  }

  // --- The session -----------------------------------------------------------------------------

  /** Signs out; with writes still waiting only when told what becomes of them. */
  async signOut(waiting?: 'keep' | 'discard'): Promise<void> {
    await this.editor.flush();
    if (this.state.get().queue.length > 0 && waiting === undefined) {
      this.state.set({ dialog: { dialog: 'sign-out' } });
      return;
    }
    this.leaveWith(await this.session.signOut(), waiting === 'discard');
  }

  async signOutEverywhere(): Promise<void> {
    await this.editor.flush();
    this.leaveWith(await this.session.signOutEverywhere(), false);
  }

  private leaveWith(answer: Answer<void>, discard: boolean): void {
    const over = answer.kind === 'ok' || (answer.kind === 'problem' && answer.status === 401);
    if (over) void this.leave(null, discard);
    else this.say('unreachable');
  }

  private async enter(account: Account, announce: boolean): Promise<void> {
    // The address may name a memo of somebody else.
    if (this.lastAccount !== null && this.lastAccount !== account.id) {
      history.replaceState(null, '', '/');
    }
    this.lastAccount = account.id;
    this.drainer?.stop();
    this.board.reset();
    await this.replica.load(account.id);
    await this.editor.recover();
    this.drainer = this.makeDrainer(account.id);
    this.state.set({ phase: 'signed-in', account, ended: null, dialog: null });
    if (announce) this.channel.tell({ news: 'session', account: account.id });
    this.followAddress();
    if (announce) {
      void this.drainer.hurry();
      void this.board.refresh();
    }
  }

  // The session ended by itself. Memos leave this device, what was not sent yet stays.
  private async end(): Promise<void> {
    if (this.state.get().phase !== 'signed-in') return;
    await this.editor.flush();
    await this.leave({ pending: firstOfEachMemo(this.state.get().queue).length }, false);
  }

  private async leave(ended: AppState['ended'], discard: boolean): Promise<void> {
    const { account } = this.state.get();
    if (account === null) return;
    this.drainer?.stop();
    this.drainer = null;
    this.service.api.csrfToken = null;
    preferences.rememberAccount(null);
    if (ended === null) history.replaceState(null, '', '/');
    this.state.set({ phase: 'signed-out', account: null, ended, dialog: null, toast: null });
    this.board.reset();
    this.replica.unload();
    await this.editor.open(null);
    await this.local.forget(account.id, discard);
    this.channel.tell({ news: 'session', account: null });
  }

  private async checkSession(): Promise<boolean> {
    const account = this.replica.account;
    const result = await this.session.check(account);
    if (result === 'ended') await this.end();
    if (result === 'unreachable') this.pulse.start();
    if (result !== 'same') return false;
    void this.board.refresh();
    void this.drainer?.wake();
    return true;
  }

  private async comeBack(): Promise<void> {
    if (this.state.get().phase !== 'signed-in') return;
    this.say('backOnline');
    await this.drainer?.hurry();
    await this.editor.retry();
    await this.board.refresh();
  }

  // --- Other tabs, and the page itself ---------------------------------------------------------

  private async hear(news: News): Promise<void> {
    if (news.news === 'changed') {
      await this.replica.onNews(news);
      this.editor.follow();
      // Should the tab that made the change go away, this one sends it.
      if (this.state.get().queue.length > 0) this.send();
      return;
    }
    if (news.news === 'reachable') {
      // Only one tab sends at a time: the others would not notice by themselves.
      if (news.reachable === this.state.get().reachable) return;
      this.state.set({ reachable: news.reachable });
      if (news.reachable) await this.comeBack();
      return;
    }
    if (news.account === this.replica.account) return;
    await this.editor.flush();
    if (news.account === null) await this.end();
    else await this.session.check(this.replica.account);
  }

  private watchPage(): void {
    window.addEventListener('popstate', () => this.followAddress());
    window.addEventListener('pagehide', () => this.editor.leave());
    window.addEventListener('blur', () => void this.editor.flush());
    document.addEventListener('visibilitychange', () => {
      if (document.hidden) this.editor.leave();
      else this.wakeUp();
    });
    window.setInterval(() => document.hidden || this.state.set({ now: Date.now() }), kMinuteMs / 2);
    this.state.subscribe(() => this.pulseIfNeeded());
  }

  private wakeUp(): void {
    this.state.set({ now: Date.now() });
    if (this.state.get().phase === 'signed-in') this.board.refreshIfOlderThan(kStaleMs);
  }

  private pulseIfNeeded(): void {
    const { reachable, phase } = this.state.get();
    if (!reachable && phase === 'signed-in') this.pulse.start();
  }

  private makeDrainer(account: string): Drainer {
    const exclusive: Exclusive = async (name, work) => {
      await navigator.locks.request(name, work);
    };
    return new Drainer(account, {
      store: this.local,
      api: this.service.api,
      exclusive,
      now: Date.now,
      random: Math.random,
      onOutcome: (outcome) => this.onOutcome(account, outcome),
      onAnswer: (answer) => this.service.note(answer),
      onPause: (why) => this.onPause(why),
      setTimer: (work, ms) => window.setTimeout(work, ms),
      clearTimer: (timer) => clearTimeout(timer),
    });
  }

  private async onOutcome(account: string, outcome: Parameters<Replica['onOutcome']>[1]) {
    await this.replica.onOutcome(account, outcome);
    this.editor.follow();
    this.offerDecision();
  }

  // The memo on the screen needs a decision: ask for it, unless something else is being asked.
  private offerDecision(): void {
    const { editor, dialog } = this.state.get();
    if (editor.memo === null || dialog !== null) return;
    if (this.replica.stuckWrite(editor.memo)) {
      this.state.set({ dialog: { dialog: 'stuck', memo: editor.memo } });
    }
  }

  private async onPause(why: 'sign-in' | 'check-session'): Promise<boolean> {
    if (why === 'sign-in') {
      await this.end();
      return false;
    }
    return (await this.session.check(this.replica.account)) === 'same';
  }

  say(text: ToastText, undo?: string): void {
    const id = ++this.toasts;
    this.state.set({ toast: { id, text, ...(undo === undefined ? {} : { undo }) } });
  }

  setLanguage(language: Language): void {
    preferences.remember('language', language);
    this.state.set({ language });
  }

  setTheme(theme: preferences.Theme): void {
    preferences.remember('theme', theme === 'auto' ? null : theme);
    this.state.set({ theme });
  }

  setMode(mode: preferences.Mode): void {
    preferences.remember('mode', mode);
    this.state.set({ mode });
  }

  setSingleKeys(singleKeys: boolean): void {
    preferences.remember('single-keys', singleKeys ? null : 'off');
    this.state.set({ singleKeys });
  }
}
