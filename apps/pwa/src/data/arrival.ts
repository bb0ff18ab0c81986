let coming: Promise<unknown> | null = null;

/** Tells that another page was asked for; `shown` resolves when it is there. */
export const expectPage = (shown: Promise<unknown>): void => {
  const mine = shown.finally(() => {
    if (coming === mine) coming = null;
  });
  coming = mine;
};

/** Resolves when the page that was asked for last is there, at once where none was: what the one before still wants is in its way. */
export const arrival = async (): Promise<void> => {
  while (coming !== null) await coming;
};
