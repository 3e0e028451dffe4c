'use strict';
// PM2's own programmatic API, driven line by line: a JSON command comes on
// stdin, a JSON answer goes to stdout, in order, one at a time. Whatever PM2
// itself prints goes to stderr. Run as `node -e THIS ROOT`, where ROOT is the
// folder of PM2's package, in the environment that a daemon should have.

const fs = require('fs');
const path = require('path');
const os = require('os');
const readline = require('readline');

process.title = 'pm2sync agent';

const answer = process.stdout.write.bind(process.stdout);
let printed = '';
for (const stream of [process.stdout, process.stderr]) {
  const write = process.stderr.write.bind(process.stderr);
  stream.write = (chunk, encoding, done) => {
    printed = (printed + chunk).slice(-4096);
    return write(chunk, encoding, done);
  };
}

const root = process.argv[1];
// The daemon runs this program again to revive itself after an error of its
// own; a shell would have set it to the command that was typed.
process.env._ = path.join(root, 'bin', 'pm2');
const base = { ...process.env };

const pm2 = require(root);
// It marks whatever is started from here on; PM2 has read it by now.
delete process.env.PM2_PROGRAMMATIC;

const remote = pm2.Client.executeRemote.bind(pm2.Client);
const call = (method, argument) => new Promise((resolve, reject) => {
  remote(method, argument, (error, value) => (error ? reject(error) : resolve(value)));
});
const list = () => call('getMonitorData', {});

// An app that PM2 registered without starting has its id only in its `env`;
// where there is none, the moment it was registered stands for it.
const uniqueId = ({ pm2_env: { unique_id, env, created_at } }) =>
  unique_id || (env || {}).unique_id || (typeof created_at === 'number' ? `created ${created_at}` : '');

const message = (error) => {
  if (Array.isArray(error)) return error.map(message).join('; ');
  const text = error && typeof error === 'object' ? error.message || error.msg || JSON.stringify(error) : String(error);
  return text.replace(/\x1b\[[0-9;]*m/g, '').trim();
};

const alive = (pid) => {
  try {
    return Boolean(pid) && process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
};

const setEnvironment = (variables) => {
  for (const name of Object.keys(process.env)) if (!(name in variables)) delete process.env[name];
  for (const name of Object.keys(variables)) process.env[name] = variables[name];
};

async function connect() {
  const socket = path.resolve(process.env.PM2_HOME, 'rpc.sock');
  if (pm2.Client.rpc_socket_file !== socket) {
    throw new Error('PM2_DAEMON_RPC_PORT leads it to another socket than the one in its home; unset it');
  }
  await new Promise((resolve, reject) => {
    pm2.connect((error) => (error ? reject(error) : resolve()));
  });
  // PM2 would wait forever, and then repeat the request to another daemon.
  pm2.Client.client.sock.on('reconnect attempt', () => end('the PM2 daemon ended'));
  // A daemon that hangs takes a connection all the same.
  await call('getVersion', {});
  return {};
}

// Ends one process, by `method`, if it still is the one that is meant. One that
// has just ended by itself comes back: PM2 restarts it a moment after it has
// deleted it, and so it is ended again.
async function finish({ pm_id, unique_id, name }, method, event) {
  const isMeant = (entry) => entry.pm_id === pm_id && uniqueId(entry) === unique_id && entry.name === name;
  const found = (await list()).find((entry) => entry.pm_id === pm_id);
  if (!found) return { result: 'gone' };
  if (!isMeant(found)) return { result: 'changed', process: found };
  let last = found;
  for (let times = 0; last && times < ENDED_AT_MOST; times += 1) {
    await call(method, pm_id);
    await new Promise((resolve) => pm2.Client.notifyGod(event, pm_id, resolve));
    if (alive(last.pid)) return { result: 'ended', survivor: last.pid };
    const { status } = last.pm2_env;
    const isOnItsWay = (status === 'stopped' && last.pid) || status === 'launching';
    last = isOnItsWay || times > 0 ? await comesBack(isMeant) : undefined;
  }
  return { result: 'ended', survivor: last ? last.pid : null };
}

const ENDED_AT_MOST = 5;

// The process that is there although it was ended, if it comes within a moment.
async function comesBack(isMeant) {
  for (let looks = 0; looks < 8; looks += 1) {
    const back = (await list()).find((entry) => isMeant(entry) && entry.pm2_env.status === 'online');
    if (back) return back;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return undefined;
}

// Starts copies of one process, label and all, if it still is the one that is
// meant: what `pm2 scale` does for more.
async function duplicate({ pm_id, unique_id, name, count }) {
  const found = (await list()).find((entry) => entry.pm_id === pm_id);
  if (!found) return { result: 'gone' };
  if (uniqueId(found) !== unique_id || found.name !== name) return { result: 'changed', process: found };
  for (let copy = 0; copy < count; copy += 1) await call('duplicateProcessId', pm_id);
  return { result: 'copied' };
}

// Starts one app, or only registers it. PM2 would put the definition on a
// process of that name if there is one: so it is looked for first, and every
// call to the daemon but reading and starting is refused while PM2 works.
async function start({ app, environment, directory }, register) {
  const named = async () => (await list()).filter((entry) => entry.name === app.name);
  const there = await named();
  if (there.length > 0) return { result: 'exists', processes: there };

  const began = Date.now();
  let taken = false;
  let failure = null;
  printed = '';
  pm2.Client.executeRemote = (method, argument, done) => {
    if (method === 'getMonitorData') return remote(method, argument, done);
    if (method !== 'prepare') {
      taken = taken || method === 'restartProcessId';
      return done && done(new Error('refused by pm2sync'));
    }
    for (const mark of ['PM2_JSON_PROCESSING', 'PM2_PROGRAMMATIC', 'PM2_USAGE']) {
      if (!(mark in environment) && !(mark in (app.env || {}))) delete argument.env[mark];
    }
    const finished = (error, processes) => {
      failure = failure || error;
      done(error, processes);
    };
    countsFromNumber(argument);
    return register ? prepareStopped(argument, finished) : remote(method, argument, finished);
  };
  try {
    process.chdir(directory);
    pm2.cwd = directory;
    setEnvironment(environment);
    await new Promise((resolve, reject) => {
      pm2.start({ apps: [app] }, (error) => (error ? reject(error) : resolve()));
    });
  } catch (error) {
    failure = failure || error;
  } finally {
    delete pm2.Client.executeRemote;
    setEnvironment(base);
  }

  const took = Date.now() - began;
  const processes = await named();
  if (taken) return { result: 'exists', processes };
  if (processes.length === 0) failure = failure || printed.trim() || 'PM2 started nothing';
  if (failure) return { result: 'failed', message: message(failure), processes };
  return { result: 'started', processes, took };
}

// Lets PM2 check an app as it would on a start, without starting it.
function check({ app, environment, directory }) {
  const common = require(path.join(root, 'lib', 'Common.js'));
  printed = '';
  try {
    process.chdir(directory);
    setEnvironment(environment);
    const verified = common.verifyConfs([JSON.parse(JSON.stringify(app))]);
    if (verified instanceof Error) return { refusal: message(verified) };
    common.resolveAppAttributes({ cwd: directory, pm2_home: pm2.pm2_home }, verified[0]);
    return {};
  } catch (error) {
    return { refusal: message(error) || message(printed) };
  } finally {
    setEnvironment(base);
  }
}

// A delete and the start after it are one command: the caller may be killed in
// between, and the app must not stay down.
async function replace({ targets, register, ...launch }) {
  const { refusal } = check(launch);
  if (refusal) return { result: 'refused', message: refusal };
  for (let times = 0; ; times += 1) {
    for (const target of targets) {
      const ended = await finish(target, 'deleteProcessId', 'delete');
      if (ended.result === 'changed' || ended.survivor) return ended;
    }
    const started = await start(launch, register);
    // Back again, although they were deleted: not someone else's.
    const isBack = (entry) => targets.some((target) => uniqueId(entry) === target.unique_id);
    if (started.result !== 'exists' || times >= ENDED_AT_MOST || !started.processes.every(isBack)) return started;
  }
}

// PM2 4 counts up what it is given: text grows longer from process to process.
function countsFromNumber({ increment_var: name, env }) {
  if (name && env && env[name] && Number.isInteger(Number(env[name]))) env[name] = Number(env[name]);
}

// Registers without running. `autostart` must be true, or PM2 could never
// start it; without `instances` it honours `status`, for one process at a time.
function prepareStopped(app, done) {
  const cpus = os.cpus().length || 1;
  const wanted = app.instances > 0 ? app.instances : cpus + (app.instances || 0);
  const stopped = {
    ...app, status: 'stopped', autostart: true, created_at: Date.now(), restart_time: 0, unstable_restarts: 0,
    axm_actions: [], axm_monitor: {}, axm_options: {}, axm_dynamic: {},
  };
  delete stopped.instances;
  const calls = [];
  for (let instance = 0; instance < Math.max(1, wanted); instance += 1) {
    const own = { ...stopped, env: { ...stopped.env }, [app.instance_var || 'NODE_APP_INSTANCE']: instance };
    if (app.increment_var) {
      own.env[app.increment_var] = own[app.increment_var] = (Number(own.env[app.increment_var]) || 0) + instance;
    }
    calls.push(() => call('prepare', own));
  }
  calls.reduce((before, next) => before.then((all) => next().then((one) => all.concat(one))), Promise.resolve([]))
    .then((all) => done(null, all), (error) => done(error));
}

// PM2 writes its dump in place, and ends the program if that fails: here it is
// put there whole. An empty list is saved too, or what was removed comes back.
async function save() {
  const write = fs.writeFileSync;
  let failure = null;
  fs.writeFileSync = (file, content) => {
    try {
      replaceFile(write, fs.existsSync(file) ? fs.realpathSync(file) : file, content);
    } catch (error) {
      failure = failure || error;
    }
  };
  try {
    await new Promise((resolve, reject) => pm2.dump(true, (error) => (error ? reject(error) : resolve())));
  } finally {
    fs.writeFileSync = write;
  }
  if (failure) throw failure;
  return {};
}

function replaceFile(write, file, content) {
  const fresh = `${file}.pm2sync-${process.pid}`;
  try {
    const mode = fs.existsSync(file) ? fs.statSync(file).mode & 0o777 : 0o600;
    write(fresh, content, { mode });
    // The umask may have narrowed what was asked for.
    fs.chmodSync(fresh, mode);
    fs.renameSync(fresh, file);
  } catch (error) {
    fs.rmSync(fresh, { force: true });
    throw error;
  }
}

const commands = {
  connect,
  save,
  list: async () => ({ processes: await list() }),
  delete: (request) => finish(request, 'deleteProcessId', 'delete'),
  stop: (request) => finish(request, 'stopProcessId', 'stop'),
  duplicate,
  start: (request) => start(request, false),
  replace,
};

let current = null;
function reply(content) {
  if (current === null) return;
  // Whatever stands on the stream before it, the answer is a line of its own.
  answer('\n' + JSON.stringify({ id: current, ...content }) + '\n');
  current = null;
}
function end(reason) {
  reply({ error: reason });
  process.exit(1);
}
// The caller may be gone before the current command is finished.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
process.on('uncaughtException', (error) => end(message(error)));
process.on('unhandledRejection', (error) => end(message(error)));

// Only the end of its input ends it, after the current command: a shutdown that
// signals everything must not leave an app deleted and not started.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});

let queue = Promise.resolve();
let gracePeriod = 60000;
readline.createInterface({ input: process.stdin })
  .on('line', (line) => {
    const { id, command, limit, ...request } = JSON.parse(line);
    gracePeriod = Math.max(gracePeriod, limit || 0);
    queue = queue.then(async () => {
      current = id;
      try {
        reply({ ok: await commands[command](request) });
      } catch (error) {
        reply({ error: message(error) });
      }
    });
  })
  // The caller is gone; the current command is finished, if it can be.
  .on('close', () => {
    queue.then(() => process.exit(0));
    setTimeout(() => process.exit(1), gracePeriod);
  });
