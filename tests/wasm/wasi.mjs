// Runs a WASI program under Node: `node wasi.mjs PROGRAM ARGUMENTS…`. What it takes for the time is the CPU time of this
// process, so that what else the machine does is not measured.

import { readFile } from 'node:fs/promises';
import { WASI } from 'node:wasi';

const [program, ...words] = process.argv.slice(2);
const wasi = new WASI({ version: 'preview1', args: ['orrery', ...words], env: {} });
const imports = wasi.getImportObject();
let memory;
imports.wasi_snapshot_preview1.clock_time_get = (_clock, _precision, at) => {
  const { user, system } = process.cpuUsage();
  new DataView(memory.buffer).setBigUint64(at, BigInt(user + system) * 1000n, true);
  return 0;
};
const { instance } = await WebAssembly.instantiate(await readFile(program), imports);
memory = instance.exports.memory;
wasi.start(instance);
