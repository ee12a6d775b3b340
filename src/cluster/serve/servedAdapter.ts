import { join } from 'node:path';
import { SealongError } from '../../errors.ts';
import type { Study } from '../../study/study.ts';
import {
  ADAPTER_CONFIG,
  filesBelow,
  hashOfFolder,
  parseAdapterConfig,
  readAdapterConfig,
} from '../../training/adapterFiles.ts';
import { isTraining, JOB_ID, jobFolder, listJobs } from '../../training/jobRecord.ts';
import type { Cluster } from '../clusterProfile.ts';
import type { SshHost } from '../ssh/sshHost.ts';
import type { Upload } from '../transfer/upload.ts';

/** An adapter as a server on the cluster will find it. */
export interface ServedAdapter {
  /** On the cluster, absolute. */
  path: string;
  /** By which requests name it. */
  name: string;
  rank: number;
  /** The job that trained it, or the folder here. */
  from?: string;
  /** What must be sent for it. */
  uploads: Upload[];
}

const READ_CONFIG = `
case $folder in '~/'*) folder=$HOME/\${folder#'~/'} ;; esac
[ -f "$folder/${ADAPTER_CONFIG}" ] || exit 66
printf '%s\\n' "$folder"
cat -- "$folder/${ADAPTER_CONFIG}"
`;

/**
 * The adapter that a word names: a job of the study, whose adapter is taken where it lies on the cluster and else sent from
 * here; a folder here, which is sent; or a folder on the cluster.
 *
 * @throws SealongError `no_adapter`, `bad_adapter`.
 */
export async function servedAdapter(
  study: Study,
  word: string,
  ports: { cluster: Cluster; host: SshHost; workdir: string },
  signal: AbortSignal,
): Promise<ServedAdapter> {
  const { host, cluster, workdir } = ports;
  const there = async (folder: string) => {
    const { status, stdout } = await host.run(READ_CONFIG, { folder }, signal);
    if (status !== 0) return undefined;
    const line = stdout.indexOf('\n');
    const path = stdout.slice(0, line);
    return { path, rank: parseAdapterConfig(stdout.slice(line + 1), `${host.host}:${path}`).r };
  };
  const here = async (folder: string) => {
    const config = await readAdapterConfig(folder);
    if (!config) return undefined;
    const path = `${workdir}/adapters/${(await hashOfFolder(folder)).slice(0, 16)}`;
    const names = await filesBelow(folder);
    const uploads = names.map((name) => ({
      local: join(folder, name),
      remote: `${path}/${name}`,
    }));
    return { path, rank: config.r, uploads };
  };

  const job = JOB_ID.test(word)
    ? (await listJobs(study)).jobs.filter(isTraining).find(({ id }) => id === word)
    : undefined;
  if (job) {
    const { place } = job;
    const remote =
      place.kind === 'cluster' && place.cluster === cluster.name
        ? await there(`${place.folder}/adapter`)
        : undefined;
    const found = remote ?? (await here(join(jobFolder(study, job.id), 'adapter')));
    if (!found)
      throw new SealongError(
        'no_adapter',
        `Job ${job.id} has no adapter, neither on ${cluster.name} nor here (it is ${job.state}). Wait for its end, or fetch it first where it ran on another cluster.`,
      );
    return { uploads: [], ...found, name: job.id, from: job.id };
  }
  const local = await here(word);
  if (local) return { ...local, name: nameOf(word), from: word };
  const remote = /^[~/]/.test(word) ? await there(word) : undefined;
  if (remote) return { ...remote, name: nameOf(word), uploads: [] };
  throw new SealongError(
    'no_adapter',
    `"${word}" is no adapter: neither a job of this study, nor a folder with ${ADAPTER_CONFIG} here or on ${host.host}. Name one of these.`,
  );
}

function nameOf(folder: string): string {
  const last = folder.replace(/\/+$/, '').split('/').at(-1) ?? '';
  return last.replace(/[^\w.-]+/g, '-').slice(0, 60) || 'adapter';
}
