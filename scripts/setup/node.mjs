import { join } from 'node:path';
import { hashOfFiles, once } from './cache.mjs';
import { installKept } from './npm.mjs';

const wantedMajor = 24;
const packaged = ['linux-x64', 'linux-arm64'];

/** The path of a Node 24 or newer: the running one, or one from npm in the cache. */
export async function ensureNode(log) {
  const major = Number(process.versions.node.split('.')[0]);
  if (major >= wantedMajor) {
    return process.execPath;
  }
  const platform = `${process.platform}-${process.arch}`;
  if (!packaged.includes(platform)) {
    throw new Error(
      `Node ${wantedMajor} is missing (this is ${process.version}), and npm has no package of ` +
        `it for ${platform}. Install Node ${wantedMajor} and run the same command again.`,
    );
  }
  const files = ['scripts/setup/node/package.json', 'scripts/setup/node/package-lock.json'];
  const folder = await once('node', [platform, hashOfFiles(files)], async (building) => {
    log(`Installing Node ${wantedMajor} beside the machine's ${process.version}`);
    await installKept('node', building);
  });
  return join(folder, `node_modules/node-${platform}/bin/node`);
}
