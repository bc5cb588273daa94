// As much of jasmine as tfjs-core's own tests use: they are written for it, and it would be one
// more dependency for this alone.
import { isDeepStrictEqual } from 'node:util';

const root = { name: '', before: [], after: [], each: [], afterEach: [], children: [] };
let current = root;
let failures = [];

const show = (value) => {
  try {
    return String(JSON.stringify(value) ?? value).slice(0, 200);
  } catch {
    return String(value);
  }
};

function describe(name, body) {
  const suite = {
    name,
    parent: current,
    before: [],
    after: [],
    each: [],
    afterEach: [],
    children: [],
  };
  current.children.push(suite);
  current = suite;
  body();
  current = suite.parent;
}

function it(name, body) {
  current.children.push({ name, body, parent: current });
}

const ignored = () => {};

function thrownBy(body) {
  try {
    body();
  } catch (error) {
    return { error };
  }
  return undefined;
}

function messageFits(error, ...wanted) {
  const expected = wanted.filter((w) => typeof w !== 'function')[0];
  const type = wanted.filter((w) => typeof w === 'function')[0];
  if (type && !(error instanceof type)) return false;
  const message = error?.message ?? String(error);
  if (expected === undefined) return error instanceof Error;
  return expected instanceof RegExp ? expected.test(message) : message === expected;
}

const matchers = {
  nothing: () => true,
  toEqual: (a, b) => isDeepStrictEqual(a, b),
  toBe: (a, b) => Object.is(a, b) || a === b,
  toBeNull: (a) => a === null,
  toBeUndefined: (a) => a === undefined,
  toBeDefined: (a) => a !== undefined,
  toBeTruthy: (a) => Boolean(a),
  toBeFalsy: (a) => !a,
  toBeTrue: (a) => a === true,
  toBeFalse: (a) => a === false,
  toBeNaN: (a) => Number.isNaN(a),
  toBeCloseTo: (a, b, digits = 2) => Math.abs(a - b) < 10 ** -digits / 2,
  toBeLessThan: (a, b) => a < b,
  toBeLessThanOrEqual: (a, b) => a <= b,
  toBeGreaterThan: (a, b) => a > b,
  toBeGreaterThanOrEqual: (a, b) => a >= b,
  toContain: (a, b) => a.includes(b),
  toMatch: (a, b) => (b instanceof RegExp ? b.test(a) : a.includes(b)),
  toBeInstanceOf: (a, b) => a instanceof b,
  toThrow: (body) => thrownBy(body) !== undefined,
  toThrowError: (body, ...wanted) => {
    const thrown = thrownBy(body);
    return thrown !== undefined && messageFits(thrown.error, ...wanted);
  },
  toHaveBeenCalled: (spy) => spy.calls.all().length > 0,
  toHaveBeenCalledTimes: (spy, n) => spy.calls.all().length === n,
  toHaveBeenCalledWith: (spy, ...args) =>
    spy.calls.all().some((call) => isDeepStrictEqual(call.args, args)),
};

function expect(actual) {
  const make = (wanted) =>
    Object.fromEntries(
      Object.entries(matchers).map(([name, test]) => [
        name,
        (...args) => {
          if (test(actual, ...args) === wanted) return;
          const not = wanted ? '' : 'not ';
          failures.push(new Error(`expected ${show(actual)} ${not}${name} ${args.map(show)}`));
        },
      ]),
    );
  return { ...make(true), not: make(false) };
}

function expectAsync(promise) {
  const outcome = promise.then(
    () => undefined,
    (error) => ({ error }),
  );
  const rejected = async (...wanted) => {
    const thrown = await outcome;
    if (!thrown || (wanted.length > 0 && !messageFits(thrown.error, ...wanted))) {
      failures.push(
        new Error(`expected a rejection with ${wanted.map(show)}, got ${show(thrown)}`),
      );
    }
  };
  return { toBeRejected: () => rejected(), toBeRejectedWithError: rejected };
}

let spies = [];

function createSpy(_name, original) {
  const calls = [];
  let act = () => undefined;
  function spy(...args) {
    calls.push({ args, object: this });
    return act.apply(this, args);
  }
  const answer = (f) => {
    act = f;
    return spy;
  };
  spy.and = {
    callThrough: () => answer(original),
    callFake: (f) => answer(f),
    returnValue: (value) => answer(() => value),
    stub: () => answer(() => undefined),
  };
  spy.calls = {
    all: () => calls,
    count: () => calls.length,
    reset: () => calls.splice(0),
    first: () => calls[0],
    mostRecent: () => calls[calls.length - 1],
    argsFor: (i) => calls[i].args,
  };
  return spy;
}

function spyOn(object, name) {
  const original = object[name];
  const spy = createSpy(name, original);
  object[name] = spy;
  spies.push(() => {
    object[name] = original;
  });
  return spy;
}

function call(body) {
  if (body.length === 0) return body();
  return new Promise((resolve, reject) => {
    const done = () => resolve();
    done.fail = (reason) => reject(reason instanceof Error ? reason : new Error(String(reason)));
    Promise.resolve(body(done)).catch(reject);
  });
}

const outward = (suite, list) => (suite ? [...suite[list], ...outward(suite.parent, list)] : []);

async function runSpec(spec, report) {
  failures = [];
  const steps = [
    ...outward(spec.parent, 'each').reverse(),
    spec.body,
    ...outward(spec.parent, 'afterEach'),
  ];
  for (const step of steps) {
    try {
      await call(step);
    } catch (error) {
      failures.push(error);
    }
  }
  for (const restore of spies) restore();
  spies = [];
  const names = [];
  for (let at = spec; at; at = at.parent) names.unshift(at.name);
  report(names.join(' ').trim(), failures);
}

async function runSuite(suite, report) {
  for (const step of suite.before) await call(step);
  for (const child of suite.children) {
    if (child.body) await runSpec(child, report);
    else await runSuite(child, report);
  }
  for (const step of suite.after) await call(step);
}

/** Puts the functions that specs call on the global object. */
export function installJasmine() {
  Object.assign(globalThis, {
    describe,
    xdescribe: ignored,
    it,
    xit: ignored,
    beforeAll: (body) => current.before.push(body),
    afterAll: (body) => current.after.push(body),
    beforeEach: (body) => current.each.push(body),
    afterEach: (body) => current.afterEach.push(body),
    expect,
    expectAsync,
    spyOn,
    fail: (reason) => failures.push(new Error(String(reason))),
    pending: ignored,
    jasmine: { createSpy, DEFAULT_TIMEOUT_INTERVAL: 20_000 },
  });
}

/** Runs all that was described; `report(name, errors)` after each spec. */
export const runAll = (report) => runSuite(root, report);
