const maxLength = 40;

/** A goal as part of a branch's name: plain letters and digits with dashes between, at most 40 characters. */
export const slugOf = (goal: string): string => {
  const words = goal
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
  let slug = (words.shift() ?? 'goal').slice(0, maxLength);
  for (const word of words) {
    if (slug.length + 1 + word.length > maxLength) break;
    slug += `-${word}`;
  }
  return slug;
};
