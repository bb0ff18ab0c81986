/** What the frame does when there is a picture: one file, since each that is asked for is work for a page that is about to show what it has. */
export { keepFocus } from './keep-focus.ts';
export { focusFilter, listenToKeys } from './keys.ts';
export { lookAhead, lookAt } from './look-ahead.ts';
