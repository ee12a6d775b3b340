import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { execute, hashOfFiles, once, root } from './cache.mjs';
import { downloadPackage, installKept } from './npm.mjs';

const platforms = ['linux-x64', 'linux-arm64'];

/** A folder with node_modules/node-llama-cpp and the prebuilt CPU binary of this platform. */
export async function ensureRuntime(log) {
  const platform = `${process.platform}-${process.arch}`;
  if (!platforms.includes(platform)) {
    throw new Error(
      `The embedded model runs on ${platforms.join(' and ')} only, and this is ${platform}. ` +
        'Name another OpenAI-compatible server with --endpoint.',
    );
  }
  const files = ['scripts/setup/runtime/package.json', 'scripts/setup/runtime/package-lock.json'];
  return once('runtime', [platform, hashOfFiles(files)], async (building) => {
    log('Installing node-llama-cpp, which runs the embedded model');
    // Its optional packages are the binaries of every platform and GPU, 700 MB of them.
    await installKept('runtime', building, ['--omit=optional']);
    await addPlatformPackage(building, `@node-llama-cpp/${platform}`);
  });
}

async function addPlatformPackage(folder, name) {
  const lock = JSON.parse(
    readFileSync(join(root, 'scripts/setup/runtime/package-lock.json'), 'utf8'),
  );
  const { version, integrity } = lock.packages[`node_modules/${name}`];
  const { file } = await downloadPackage(`${name}@${version}`, folder);
  const digest = createHash('sha512').update(readFileSync(file)).digest('base64');
  if (`sha512-${digest}` !== integrity) {
    throw new Error(`${name}@${version} from the registry is not the one in package-lock.json.`);
  }
  const target = join(folder, 'node_modules', name);
  mkdirSync(target, { recursive: true });
  await execute('tar', ['-xzf', file, '-C', target, '--strip-components=1']);
  rmSync(file);
}
