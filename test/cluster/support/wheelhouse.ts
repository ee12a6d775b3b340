import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fakeTrainer } from './fakeTrainer.ts';

const run = promisify(execFile);

const MAKE_WHEEL = `
import hashlib, os, sys, zipfile
source, target = sys.argv[1:]
names = sorted(os.path.relpath(os.path.join(at, name), source) for at, _, files in os.walk(source) for name in files)
info = "stand_in-1.0.dist-info"
with zipfile.ZipFile(target, "w") as wheel:
    for name in names:
        wheel.write(os.path.join(source, name), name)
    wheel.writestr(info + "/METADATA", "Metadata-Version: 2.1\\nName: stand-in\\nVersion: 1.0\\n")
    wheel.writestr(info + "/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    own = [info + "/" + name for name in ("METADATA", "WHEEL", "RECORD")]
    wheel.writestr(info + "/RECORD", "".join(name + ",,\\n" for name in names + own))
print(hashlib.sha256(open(target, "rb").read()).hexdigest())
`;

/**
 * A folder with one wheel in place of the 5 GB that the trainer needs: it has the packages that are looked for, and the fake
 * trainer, which is run where the real one is called for.
 *
 * @returns also the lock that names it, and the environment by which pip and uv take it alone.
 */
export async function wheelhouse(): Promise<{
  folder: string;
  lock: string;
  environment: Readonly<Record<string, string>>;
}> {
  const folder = await mkdtemp('/tmp/sealong-test-');
  await chmod(folder, 0o755);
  const content = join(folder, 'content');
  await mkdir(join(content, 'stand_in'), { recursive: true });
  const trainer = await fakeTrainer(folder, content);
  await cp(trainer.folder, join(content, 'stand_in/sealong_trainer'), { recursive: true });
  await writeFile(join(content, 'stand_in/__init__.py'), '');
  // Before the folder of the trainer that a job names.
  await writeFile(
    join(content, 'stand_in.pth'),
    'import os, sys, stand_in; sys.path.insert(0, os.path.dirname(stand_in.__file__))\n',
  );
  const wheel = join(folder, 'stand_in-1.0-py3-none-any.whl');
  const { stdout } = await run('python3', ['-c', MAKE_WHEEL, content, wheel]);
  return {
    folder,
    lock: `stand-in==1.0 --hash=sha256:${stdout.trim()}\n`,
    environment: {
      PIP_NO_INDEX: '1',
      PIP_FIND_LINKS: folder,
      UV_NO_INDEX: '1',
      UV_FIND_LINKS: folder,
    },
  };
}
