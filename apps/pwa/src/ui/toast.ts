/** Something to say that needs no answer. */
export type Toast = { readonly text: string; readonly tone: 'ok' | 'failed' };

/** Fired on window with what is to be said; the shell shows it and says it to screen readers. */
export const toastEvent = 'hive-toast';

/** Says what came of something: shown over the page for some seconds, a failure until it is dismissed. */
export const toast = (text: string, tone: Toast['tone'] = 'ok'): void =>
  void dispatchEvent(new CustomEvent<Toast>(toastEvent, { detail: { text, tone } }));

declare global {
  interface WindowEventMap {
    'hive-toast': CustomEvent<Toast>;
  }
}
