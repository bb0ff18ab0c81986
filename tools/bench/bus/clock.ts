/** Milliseconds of the clock that all processes of this machine share; it is never set back. */
export const clock = (): number => Number(process.hrtime.bigint()) / 1e6;

/** Waits until the clock says `at`; returns at once when it is later. */
export const until = (at: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.max(0, at - clock())));
