'use strict';
// Loads one file of definitions as PM2 does, and writes what it exports as JSON to
// file descriptor 0, a socket that nothing else knows of: artifacts print to
// stdout and stderr. Run as `node -e THIS FILE`. The answer also names the
// environment variables that were read, though not those node itself reads.
//
// `node -e` gives its script, and every file that it loads, more globals than a
// file has under PM2: what would fail there must fail here, so they are taken
// away, and the script is one function so that it adds none of its own.

(() => {
  const { builtinModules } = require('module');
  const fs = require('fs');

  process.title = 'pm2sync loader';

  // Whatever the file does to the globals, these stay what they are.
  const { stringify } = JSON;
  const { writeSync } = fs;
  const exit = process.exit.bind(process);
  const { isArray } = Array;
  const { captureStackTrace } = Error;
  const file = process.argv[1];
  const pause = new Int32Array(new SharedArrayBuffer(4));

  const load = require;
  // Before node 19 a file has no `crypto`; the one of `-e` can be set.
  const hasCrypto = Object.getOwnPropertyDescriptor(globalThis, 'crypto')?.set === undefined;
  const usual = ['console', 'process', ...(hasCrypto ? ['crypto'] : [])];
  for (const name of [...builtinModules, '__dirname', '__filename', 'exports', 'module', 'require']) {
    if (!usual.includes(name)) delete globalThis[name];
  }

  const variables = new Set();
  let enumerated = false;

  function answer(content) {
    const text = stringify({ ...content, variables: [...variables], enumerated, files: Object.keys(load.cache) });
    let bytes = Buffer.from(text);
    while (bytes.length > 0) {
      try {
        bytes = bytes.subarray(writeSync(0, bytes));
      } catch (error) {
        if (error.code !== 'EAGAIN') throw error;
        Atomics.wait(pause, 0, 0, 1);
      }
    }
    answer = () => {};
  }

  // Whether `trap` was sprung by node's own code, as in `child_process.spawn`,
  // which copies the whole environment.
  function isNodes(trap) {
    const { stackTraceLimit, prepareStackTrace } = Error;
    Error.stackTraceLimit = 4;
    Error.prepareStackTrace = undefined;
    const here = {};
    captureStackTrace(here, trap);
    // Between a file and the trap may stand built-in functions, such as `Object.keys`.
    const frame = here.stack.split('\n').slice(1).find((line) => !line.endsWith('(<anonymous>)')) || '';
    Error.stackTraceLimit = stackTraceLimit;
    Error.prepareStackTrace = prepareStackTrace;
    return /[( ]node:/.test(frame);
  }

  function note(name, trap) {
    if (typeof name === 'string' && !isNodes(trap)) variables.add(name);
  }

  const traps = {
    get(target, name) {
      note(name, traps.get);
      return target[name];
    },
    has(target, name) {
      note(name, traps.has);
      return name in target;
    },
    getOwnPropertyDescriptor(target, name) {
      note(name, traps.getOwnPropertyDescriptor);
      return Reflect.getOwnPropertyDescriptor(target, name);
    },
    ownKeys(target) {
      enumerated = enumerated || !isNodes(traps.ownKeys);
      return Reflect.ownKeys(target);
    },
  };
  process.env = new Proxy(process.env, traps);

  // What JSON makes of a value, but for what it cannot say: that is an error
  // which names its place.
  function plain(value, place, around) {
    if (typeof value === 'bigint') throw { place, what: 'a BigInt' };
    if (typeof value === 'function') throw { place, what: 'a function' };
    if (typeof value === 'symbol') throw { place, what: 'a symbol' };
    if (value === null || typeof value !== 'object') return value;
    if (around.includes(value)) throw { place, what: 'a circular value' };
    if (isThenable(value)) throw { place, what: 'a promise' };
    if (typeof value.toJSON === 'function') return plain(value.toJSON(), place, [...around, value]);
    if (value instanceof Number || value instanceof String || value instanceof Boolean) return value.valueOf();
    const inside = [...around, value];
    if (isArray(value)) return Array.from(value, (item, index) => plain(item, `${place}[${index}]`, inside));
    const copy = Object.create(null);
    for (const key of Object.keys(value)) {
      const step = /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${stringify(key)}]`;
      copy[key] = plain(value[key], place + step, inside);
    }
    return copy;
  }

  const isThenable = (value) => value !== null && typeof value === 'object' && typeof value.then === 'function';

  // Where PM2 looks for apps: `apps`, then `pm2`, then the export itself, each an
  // array or one app.
  function document(exported) {
    if (typeof exported === 'function') return { failure: 'function' };
    if (isThenable(exported)) return { failure: 'promise' };
    if (exported === null || typeof exported !== 'object') return { failure: 'no-apps' };
    const key = exported.apps ? 'apps' : exported.pm2 ? 'pm2' : null;
    const found = key ? exported[key] : exported;
    if (isThenable(found)) return { failure: 'promise' };
    const names = ['script', 'exec', 'cmd', 'command'];
    const isApp = (value) => value !== null && typeof value === 'object' && names.some((name) => value[name]);
    if (typeof found !== 'object' || !(isArray(found) || key || isApp(found))) {
      return { failure: 'default' in exported ? 'default' : 'no-apps' };
    }
    const place = key || (isArray(found) ? 'exports' : 'apps[0]');
    const apps = plain(found, place, []);
    const rest = {};
    if (key) {
      for (const name of Object.keys(exported)) {
        if (name === 'apps' || name === 'pm2') continue;
        try {
          rest[name] = JSON.parse(stringify(exported[name]) || 'null');
        } catch {
          // Only the apps matter; PM2 does not read this either.
        }
      }
    }
    return { value: { apps: isArray(apps) ? apps : [apps], ...rest } };
  }

  // An ES module that node does not load on `require`: older ones none, others
  // none that awaits something.
  const asModule = ['ERR_REQUIRE_ESM', 'ERR_REQUIRE_ASYNC_MODULE'];

  function thrown(error) {
    try {
      if (asModule.includes(error && error.code)) return { failure: 'module' };
      const stack = String((error && error.stack) || '');
      const line = stack.split('\n').find((text) => text.includes(file) || text.includes(fs.realpathSync(file)));
      // What reads YAML says where it stopped.
      const mark = error && error.mark;
      const stopped = mark && `${file}:${mark.line + 1}:${mark.column + 1}`;
      const at = line && /([^\s(]+:\d+(:\d+)?)\)?$/.exec(line.trim());
      const name = error instanceof Error && error.name !== 'Error' ? `${error.name}: ` : '';
      const said = String(error instanceof Error ? error.message : error);
      return { failure: 'threw', message: name + said, place: (at && at[1]) || stopped };
    } catch {
      return { failure: 'threw', message: 'something that cannot be shown' };
    }
  }

  // JSON may hold comments under PM2, and YAML, for which we are given PM2's
  // package, is read by what is in that.
  function read() {
    if (file.endsWith('.json')) return load('vm').runInThisContext(`(${fs.readFileSync(file, 'utf8')})`, { filename: file });
    const packageOfPm2 = process.argv[2];
    if (packageOfPm2 === undefined) return load(file);
    const found = (name) => {
      try {
        return load(load.resolve(name, { paths: [packageOfPm2] }));
      } catch {
        return null;
      }
    };
    const parse = found('js-yaml')?.load ?? found('yamljs').parse;
    return parse(fs.readFileSync(file, 'utf8'));
  }

  process.on('exit', (code) => answer({ failure: 'exited', code }));

  let exported;
  let content;
  try {
    exported = read();
  } catch (error) {
    content = thrown(error);
  }
  try {
    content = content || document(exported);
  } catch (error) {
    content = error && error.what ? { failure: 'unsayable', ...error } : thrown(error);
  }
  answer(content);
  exit(0);
})();
