import { z } from 'zod';

/** What reading a study costs the thread that shows it, in a process that has read none before. Times in ms. */
export const scanTimesSchema = z.object({
  firstRows: z.number(),
  whole: z.number(),
  /** Longest time in which the event loop took no other work, while the study was read. */
  block: z.number(),
  /** The longest in processor time of the thread, which others on the machine do not add to. */
  blockCpu: z.number(),
  /** Both without work, for as long. */
  idleBlock: z.number(),
  idleBlockCpu: z.number(),
});
export type ScanTimes = z.infer<typeof scanTimesSchema>;
