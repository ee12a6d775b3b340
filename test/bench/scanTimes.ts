import { z } from 'zod';

/** What reading a study costs the thread that shows it, in a process that has read none before. Times in ms. */
export const scanTimesSchema = z.object({
  firstRows: z.number(),
  whole: z.number(),
  /** From the request until the final answers of all questions are in clusters. */
  clustered: z.number(),
  /** Until the questions of a view are known, in order; the first time, and with another view. */
  sorted: z.array(z.number()),
  filtered: z.array(z.number()),
  /** Longest time in which the event loop took no other work, while all that was done. */
  block: z.number(),
  /** The longest in processor time of the thread, which others on the machine do not add to. */
  blockCpu: z.number(),
  /** Both without work, for as long as the reading took. */
  idleBlock: z.number(),
  idleBlockCpu: z.number(),
  /** Resident memory of the process in MB: before, at its highest, and at the end. */
  memory: z.object({ before: z.number(), peak: z.number(), after: z.number() }),
});
export type ScanTimes = z.infer<typeof scanTimesSchema>;
