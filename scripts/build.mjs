import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { entryPoints, filesUnder, folderOf } from './build/entryPoints.mjs';
import { noticesOf } from './build/notices.mjs';
import { copyOnnxRuntime } from './build/onnxRuntime.mjs';
import { hashOfFiles, removeAbandonedBuilds, root, toStderr } from './setup/cache.mjs';
import { isMain, runMain } from './setup/main.mjs';

const dist = join(root, 'dist');
const stamp = join(dist, '.build');

/** The platform whose native code is packaged when none is named. */
export const hostTarget = `${process.platform}-${process.arch}`;

/**
 * Bundles the extension, the command, the workers and the webviews into dist, unless dist is
 * already made from the same inputs. Returns the hash of these inputs.
 */
export async function build({ log = toStderr, dev = false, target = hostTarget } = {}) {
  const inputs = ['src', 'webview', 'scripts/build'].flatMap(filesUnder);
  const hash = hashOfFiles([...inputs, 'scripts/build.mjs', 'package-lock.json']);
  const made = `${hash} ${target}${dev ? ' dev' : ''}`;
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === made) {
    return made;
  }
  log('Building dist');
  const entries = entryPoints();
  for (const file of entries.missing) {
    log(`  ${file} does not exist: left out`);
  }
  mkdirSync(dist, { recursive: true });
  removeAbandonedBuilds(dist);
  const folder = join(dist, `.building-${process.pid}`);
  mkdirSync(folder);
  try {
    const metafiles = await bundle(entries, folder, dev);
    const copied = copyOnnxRuntime(folder, target);
    writeFileSync(join(folder, 'NOTICES.txt'), noticesOf(metafiles, copied));
    rmSync(stamp, { force: true });
    replaceDist(folder);
    writeFileSync(stamp, made);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return made;
}

/** Returns esbuild's metafiles, which say what of whom is in it. */
async function bundle(entries, outdir, dev) {
  // Not at the top: dist can be found up to date, or npm ci be due, before esbuild is there.
  const esbuild = await import('esbuild');
  const common = {
    absWorkingDir: root,
    bundle: true,
    minify: !dev,
    sourcemap: dev,
    logLevel: 'warning',
    metafile: true,
    outdir,
  };
  const onNode = { ...common, platform: 'node', target: 'node20' };
  const builds = [
    {
      ...onNode,
      entryPoints: entries.host,
      format: 'cjs',
      outExtension: { '.js': '.cjs' },
      external: ['vscode', 'onnxruntime-node'],
      define: { 'import.meta.url': 'bundleUrl' },
      banner: { js: "const bundleUrl=require('node:url').pathToFileURL(__filename).href;" },
    },
    {
      ...onNode,
      entryPoints: entries.node,
      format: 'esm',
      external: ['onnxruntime-node'],
      // Packages in CommonJS call require for node's own modules.
      banner: {
        js: "import{createRequire as bundleRequire}from'node:module';const require=bundleRequire(import.meta.url);",
      },
    },
    {
      ...common,
      entryPoints: entries.webview,
      platform: 'browser',
      target: 'es2022',
      format: 'esm',
      define: { 'process.env.NODE_ENV': JSON.stringify(dev ? 'development' : 'production') },
    },
  ];
  const alias = { sharp: join(root, 'scripts/build/noSharp.mjs') };
  const made = await Promise.all(
    builds
      .filter((options) => options.entryPoints.length > 0)
      .map((options) => esbuild.build({ ...options, alias })),
  );
  return made.map(({ metafile }) => metafile);
}

// File by file, since dist may be in use: a running server keeps what it has open.
function replaceDist(folder) {
  const made = new Set();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) {
      const from = join(folderOf(entry), entry.name);
      const file = from.slice(folder.length + 1);
      made.add(file);
      mkdirSync(dirname(join(dist, file)), { recursive: true });
      renameSync(from, join(dist, file));
    }
  }
  for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
    const file = join(folderOf(entry), entry.name).slice(dist.length + 1);
    const kept = made.has(file) || file.startsWith('.') || file.endsWith('.vsix');
    if (entry.isFile() && !kept) {
      rmSync(join(dist, file));
    }
  }
}

if (isMain(import.meta.url)) {
  await runMain(async () => {
    const { ensureDependencies } = await import('./setup/dependencies.mjs');
    await ensureDependencies(toStderr);
    await build({ dev: process.argv.includes('--dev') });
  });
}
