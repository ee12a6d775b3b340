import { clusterOf, type Cluster } from './clusterProfile.ts';
import { SshHost } from './ssh/sshHost.ts';

/** Clusters and ways to ask, of this user and machine; never part of a study. */
export interface ClusterAccess {
  /** Profiles by name, unchecked. */
  configured: unknown;
  /** Where these stand, for messages. */
  where: string;
  /** Whether ssh may ask on the terminal of this process. */
  terminal?: boolean;
  /** Environment that makes ssh ask by a program. */
  askpass?: Readonly<Record<string, string>>;
  /** Connections that somebody keeps and that are shared while they stand: their folders, by name of the cluster. */
  borrow?: Readonly<Record<string, string>>;
}

/** A cluster of the user's by its name, and its host, to be closed after use. Connects at the first call. */
export async function openCluster(
  access: ClusterAccess,
  name: string,
): Promise<{ cluster: Cluster; host: SshHost }> {
  const cluster = clusterOf(access.configured, name, access.where);
  const { host, ssh_config: configFile } = cluster.profile;
  return {
    cluster,
    host: await SshHost.open({
      host,
      ...(configFile === undefined ? {} : { configFile }),
      ...(access.askpass === undefined ? {} : { askpass: access.askpass }),
      terminal: access.terminal ?? false,
      borrow: access.borrow?.[name],
    }),
  };
}
