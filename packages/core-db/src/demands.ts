const never = '!';

/** A demand of a step that everyone meets but this agent, also where nobody else is there. It cannot be taken back: what a step asks for is never changed. */
export const anyoneBut = (agent: string): string => `${never}${agent}`;

/** All agents of one machine, where a step rules out or avoids an agent. No agent is named so: names hold no colon. */
export const onHost = (host: string): string => `host:${host}`;

/** Whether an agent may take a step that asks for these capabilities, the exclusions of {@link anyoneBut} among them. */
export const meets = (
  agent: { readonly agent: string; readonly host: string | null; readonly capabilities: readonly string[] },
  asked: readonly string[],
): boolean =>
  asked.every((it) =>
    it.startsWith(never) ? !isNamed(agent, it.slice(never.length)) : agent.capabilities.includes(it),
  );

/** Whether a name means this agent: its own, or that of its machine. */
export const isNamed = (
  { agent, host }: { readonly agent: string; readonly host: string | null },
  name: string | null,
): boolean => name === agent || (host !== null && name === onHost(host));
