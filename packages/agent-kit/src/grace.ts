/** What an agent that drains gives to what it holds; the rest is handed back. */
export const graceMs = 8000;
