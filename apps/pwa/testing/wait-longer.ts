// Loaded before each test in the browser: `vi.waitFor` gives up after a second unless it is told otherwise, which is nothing on a busy machine.
import { vi } from 'vitest';

const timeout = 60_000;
const waitFor = vi.waitFor.bind(vi);

vi.waitFor = (check, options) => waitFor(check, typeof options === 'number' ? options : { timeout, ...options });
