// A shell that does not start is healed once: a broken cache must never mean a white page for ever.
// It stands outside of the modules, because it guards against their not loading.
const guardKey = 'hive-boot-guard';

async function heal() {
  if (customElements.get('hive-app') || sessionStorage.getItem(guardKey) || !navigator.onLine) return;
  sessionStorage.setItem(guardKey, '1');
  const registrations = (await navigator.serviceWorker?.getRegistrations()) ?? [];
  await Promise.all(registrations.map((registration) => registration.unregister()));
  await Promise.all((await caches.keys()).map((name) => caches.delete(name)));
  location.reload();
}

setTimeout(() => void heal(), 10_000);
