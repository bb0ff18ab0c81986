/** Under this key a tab names a lock that it holds for as long as it lives. */
type Holding = { readonly lives?: unknown };

const prefix = 'hive-tab-';

/** Takes a lock that ends with this tab, however it ends. Answers what says so to a hub, or nothing where there are no locks. */
export const holdTabLock = async (): Promise<Holding> => {
  const locks = (navigator as { locks?: LockManager }).locks; // only where the page is secure
  if (!locks) return {};
  const name = `${prefix}${crypto.randomUUID()}`;
  await new Promise<void>((held) => {
    void locks.request(name, () => {
      held();
      return new Promise(() => undefined);
    });
  });
  return { lives: name };
};

/** Calls back when the tab that sent this message has gone; does nothing for any other message. */
export const tabGone = (message: unknown, gone: () => void): void => {
  const { lives } = (message ?? {}) as Holding;
  if (typeof lives !== 'string' || !lives.startsWith(prefix) || lives.length > 100) return;
  void navigator.locks.request(lives, () => gone());
};
