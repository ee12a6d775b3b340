import * as z from 'zod';
import { SealongError } from '../errors.ts';
import { issuesText } from '../records/jsonl.ts';

/** A word that goes into a line of `#SBATCH`, where nothing is quoted. */
const word = z
  .string()
  .regex(/^[\w.:,@+-]{1,128}$/, 'holds characters that no name of Slurm has')
  .refine((text) => !text.startsWith('-'), 'begins with "-"');

/** A path on the cluster; `~` stands for the home there. */
const remotePath = z
  .string()
  .regex(/^(\/|~(\/|$))/, 'must be absolute or begin with ~/')
  .refine((text) => !/[\p{Cc}%]/u.test(text), 'holds "%" or a control character');

/** What a job asks of the scheduler, and how its shell is made ready. */
const jobFields = {
  partition: word.optional().describe('Partition of Slurm; the default one where absent.'),
  account: word.optional().describe('Account of Slurm that is charged.'),
  qos: word.optional().describe('Quality of service of Slurm.'),
  gpus: z.number().int().min(0).max(64).describe('GPUs of a job, on one node.'),
  gpu_type: word.optional().describe('Type of GPU as Slurm names it, such as h100.'),
  cpus: z.number().int().positive().max(1024).optional().describe('CPU cores of a job.'),
  memory_gb: z.number().int().positive().optional().describe('Memory of a job, in GB.'),
  time: z
    .string()
    .regex(/^(\d+-)?\d{1,3}(:\d{2}){1,2}$/, 'must be HH:MM:SS, or D-HH:MM:SS')
    .describe('Time limit of a job. Shortly before it a checkpoint is written.'),
  setup: z
    .array(z.string())
    .describe('Shell lines before the program starts, such as "module load cuda/12.4".'),
  python: z
    .string()
    .min(1)
    .describe('Python that has the packages of trainer/requirements.txt, after the set-up lines.'),
};

/** Changes to the template of an inference server, or one of the user's own. */
const serverOverride = z.strictObject({
  ...jobFields,
  gpus: jobFields.gpus.optional(),
  time: jobFields.time.optional(),
  setup: jobFields.setup.optional(),
  python: jobFields.python.optional().describe('Python that has the server.'),
  lines: z
    .array(z.string())
    .min(1)
    .optional()
    .describe(
      'Shell lines that become the server. They have $model, $adapter, $adapter_name, $adapter_rank, $listen, $port, $gpus, $python and $api_key.',
    ),
  modules: z.array(z.string()).optional().describe('Packages that its Python must have.'),
  health: z
    .string()
    .regex(/^\/[\w/.-]*$/, 'must be a path that begins with "/"')
    .optional()
    .describe('Path that answers 200 once the model is loaded.'),
  adapter_model: z
    .string()
    .optional()
    .describe('Name of the model with its adapter in requests; {model} and {adapter} stand in it.'),
  host: z
    .string()
    .regex(/^[\w.-]{1,253}$/, 'must be a name or an IPv4 address')
    .optional()
    .describe("Where the login host reaches the server; the node's own name where absent."),
});
export type ServerOverride = z.infer<typeof serverOverride>;

/**
 * A cluster that one may train on. Of a user and a machine, never of a study: its set-up lines are run there by a shell.
 */
export const clusterProfileSchema = z.strictObject({
  host: z
    .string()
    .min(1)
    .describe('A host of your ssh_config, or user@host. ssh connects as in a terminal.'),
  ssh_config: z.string().optional().describe('Another ssh_config than your own.'),
  scheduler: z
    .enum(['slurm', 'none'])
    .default('slurm')
    .describe('"slurm", or "none" for a host with GPUs that starts jobs at once.'),
  ...jobFields,
  gpus: jobFields.gpus.default(8),
  time: jobFields.time.default('08:00:00'),
  workdir: remotePath
    .default('~/sealong')
    .describe('Folder there for data, the trainer and jobs; best on a large, fast disk.'),
  setup: jobFields.setup.default([]),
  python: jobFields.python.default('python3'),
  servers: z
    .record(z.string().regex(/^[\w.-]{1,40}$/, 'is no plain name'), serverOverride)
    .default({})
    .describe('Inference servers by name: changes to "vllm" and "sglang", or others of your own.'),
});
export type ClusterProfile = z.infer<typeof clusterProfileSchema>;

/** A profile with the name that the user gave it. */
export interface Cluster {
  name: string;
  profile: ClusterProfile;
}

/**
 * The cluster of a name among the user's.
 *
 * @param configured the setting `sealong.clusters`, or the content of the command's file of clusters.
 * @param where that is, for messages.
 * @throws SealongError `no_cluster`, `bad_cluster`.
 */
export function clusterOf(configured: unknown, name: string, where: string): Cluster {
  const entries = z.record(z.string(), z.unknown()).safeParse(configured ?? {});
  if (!entries.success)
    throw new SealongError(
      'bad_cluster',
      `${where} must hold clusters by name: {"NAME": {"host": ...}}.`,
    );
  if (!Object.hasOwn(entries.data, name)) {
    const names = Object.keys(entries.data);
    throw new SealongError(
      'no_cluster',
      `There is no cluster "${name}" in ${where}. ${names.length === 0 ? 'Add one: {"NAME": {"host": "an entry of your ssh_config"}}.' : `There are: ${names.join(', ')}.`}`,
    );
  }
  const parsed = clusterProfileSchema.safeParse(entries.data[name]);
  if (!parsed.success)
    throw new SealongError(
      'bad_cluster',
      `The cluster "${name}" in ${where} is not usable: ${issuesText(parsed.error.issues)}.`,
    );
  return { name, profile: parsed.data };
}
