/** One step of a classic BPF program as seccomp runs it; `yes` and `no` name the label to go on at, else the next step is taken. */
export type Step =
  | { readonly load: number }
  | {
      readonly test: 'equals' | 'at least' | 'has bits';
      readonly value: number;
      readonly yes?: string;
      readonly no?: string;
    }
  | { readonly answer: number }
  | { readonly label: string };

const codes = { load: 0x20, answer: 0x06, equals: 0x15, 'at least': 0x35, 'has bits': 0x45 } as const;

/** The bytes of a program: `struct sock_filter` after `struct sock_filter`, in the byte order of x64 and arm64. Throws where a jump is too far. */
export const assemble = (steps: readonly Step[]): Buffer => {
  const places = new Map<string, number>();
  let length = 0;
  for (const step of steps) {
    if ('label' in step) places.set(step.label, length);
    else length++;
  }
  const bytes = Buffer.alloc(length * 8);
  let at = 0;
  const jump = (label: string | undefined): number => {
    if (label === undefined) return 0;
    const distance = (places.get(label) ?? -1) - at - 1;
    if (distance < 0 || distance > 255) throw new RangeError(`No way from step ${at} to ${label}`);
    return distance;
  };
  for (const step of steps) {
    if ('label' in step) continue;
    const [code, yes, no, value] =
      'load' in step
        ? [codes.load, 0, 0, step.load]
        : 'answer' in step
          ? [codes.answer, 0, 0, step.answer]
          : [codes[step.test], jump(step.yes), jump(step.no), step.value];
    bytes.writeUInt16LE(code, at * 8);
    bytes.writeUInt8(yes, at * 8 + 2);
    bytes.writeUInt8(no, at * 8 + 3);
    bytes.writeUInt32LE(value, at * 8 + 4);
    at++;
  }
  return bytes;
};
