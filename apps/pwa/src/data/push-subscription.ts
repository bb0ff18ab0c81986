import type { NoticeKind, SubscribeRequest } from '@hive/events';

/** What stands between this browser and being told; `ready`: nothing. */
export type PushState = 'insecure' | 'unsupported' | 'needs_install' | 'denied' | 'ready';

/** The part of the browser that is asked; handed in, so that it can be another one. */
export type PushSurroundings = {
  readonly isSecure: boolean;
  readonly hasPush: boolean;
  readonly permission: NotificationPermission | null;
  readonly isIos: boolean;
  readonly isInstalled: boolean;
};

/** This browser as it is now. */
export const pushSurroundings = (): PushSurroundings => ({
  isSecure: isSecureContext,
  hasPush: 'serviceWorker' in navigator && 'PushManager' in globalThis && 'Notification' in globalThis,
  permission: 'Notification' in globalThis ? Notification.permission : null,
  isIos:
    /iPhone|iPad|iPod/.test(navigator.userAgent) || (/Mac/.test(navigator.userAgent) && navigator.maxTouchPoints > 1),
  isInstalled: matchMedia('(display-mode: standalone)').matches,
});

/** Whether notifications can be switched on here, and if not, why. Pure. */
export const pushState = (around: PushSurroundings): PushState => {
  if (!around.isSecure) return 'insecure';
  // Browsers of an iPhone have it in installed apps only.
  if (!around.hasPush) return around.isIos && !around.isInstalled ? 'needs_install' : 'unsupported';
  return around.permission === 'denied' ? 'denied' : 'ready';
};

const bytesOf = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0));
const textOf = (bytes: ArrayBuffer | null): string =>
  btoa(String.fromCharCode(...new Uint8Array(bytes ?? new ArrayBuffer(0))))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

const isSame = (a: ArrayBuffer | null | undefined, b: Uint8Array): boolean =>
  a != null && textOf(a) === textOf(b.slice().buffer);

/**
 * Asks the person for their leave and the browser maker's service for an address. Has to be called from a tap. Throws a sentence when either refuses, or
 * when the service cannot be reached.
 */
export const subscribeHere = async (
  publicKey: string,
  wants: { readonly wants: readonly NoticeKind[]; readonly quietHours: string | null },
): Promise<SubscribeRequest> => {
  const permission = await Notification.requestPermission();
  if (permission !== 'granted') throw new Error('The browser was not allowed to show notifications.');
  const { pushManager } = await navigator.serviceWorker.ready;
  const key = bytesOf(publicKey);
  const known = await pushManager.getSubscription();
  // A subscription to another Hive's key, or this one's before its keys were made anew, reaches nobody.
  if (known && !isSame(known.options.applicationServerKey, key)) await known.unsubscribe();
  const subscription = await pushManager
    .subscribe({ userVisibleOnly: true, applicationServerKey: key })
    .catch((cause: unknown) => {
      throw new Error('The service of the browser maker could not be reached; it needs the internet.', { cause });
    });
  return {
    endpoint: subscription.endpoint,
    keys: { p256dh: textOf(subscription.getKey('p256dh')), auth: textOf(subscription.getKey('auth')) },
    wants: [...wants.wants],
    quietHours: wants.quietHours,
  };
};

/** Gives the address back to the browser maker's service. */
export const unsubscribeHere = async (): Promise<void> => {
  const registration = await navigator.serviceWorker.getRegistration();
  await (await registration?.pushManager.getSubscription())?.unsubscribe();
};
