import { queryNames, type EventQuery } from '../../ui/event-query.ts';

/** The query that an address of the event stream holds. */
export const eventQueryOf = (search: URLSearchParams): EventQuery => {
  const types = (search.get(queryNames.types) ?? '').split(',').filter(Boolean);
  const rest = (['trace', 'since', 'until', 'text'] as const).flatMap((key) => {
    const value = search.get(queryNames[key]) ?? '';
    return value === '' ? [] : [[key, value] as const];
  });
  return { ...(types.length > 0 && { types }), ...Object.fromEntries(rest) };
};
