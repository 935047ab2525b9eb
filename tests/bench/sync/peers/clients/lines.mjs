// The loop of a peer's client in Node: JSON lines in, answers out; the same as lines.py.
import {createReadStream} from 'node:fs';
import {createInterface} from 'node:readline';

export async function serve(work) {
  for await (const line of createInterface({input: process.stdin})) {
    const {do: name, ...request} = JSON.parse(line);
    let answer;
    try {
      answer = {answer: (await work[name](request)) ?? null};
    } catch (error) {
      console.error(error);
      answer = {error: `${error.name}: ${error.message}`};
    }
    process.stdout.write(JSON.stringify(answer) + '\n');
  }
  process.exit(0);
}

export async function* recordsOf(path) {
  for await (const payload of createInterface({input: createReadStream(path)})) {
    yield {...JSON.parse(payload), payload};
  }
}

export async function* batches(records, size) {
  let part = [];
  for await (const one of records) {
    part.push(one);
    if (part.length === size) {
      yield part;
      part = [];
    }
  }
  if (part.length) yield part;
}

export function sure(what, found, wanted) {
  if (found !== wanted) throw new Error(`${what}: ${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`);
}

export const seconds = start => (performance.now() - start) / 1000;
