// Zero's own client in Node with its in-memory store, and the small HTTP server that answers which rows a query means.
// Arguments: the folder of the packages, the port of that server.
import {createServer} from 'node:http';
import {recordsOf, seconds, serve, sure} from './lines.mjs';
import {load} from './zero_schema.mjs';

const [packages, port] = process.argv.slice(2);
const {zero, schema, zql, queries, get} = await load(packages);
const {handleQueryRequest} = await get('@rocicorp/zero/server');

createServer(async (request, response) => {
  let body = '';
  for await (const part of request) body += part;
  const search = new URL(request.url, 'http://localhost').searchParams;
  const handler = (name, args) => zero.mustGetQuery(queries, name).fn({args, ctx: {}});
  const answer = await handleQueryRequest({handler, schema, userID: null, query: search, body: JSON.parse(body)});
  response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
}).listen(Number(port), '127.0.0.1');

let number = 0;
const connect = url =>
  new zero.Zero({cacheURL: url, schema, kvStore: 'mem', storageKey: `bench${++number}`, logLevel: 'error'});

const all = () => queries.all();

async function whole(client, records, someone, prefix) {
  const {complete} = client.preload(all());
  await complete;
  sure('rows', (await client.run(all())).length, records);
  sure('look-up', (await client.run(zql.customer.where('id', someone).one()))?.id, someone);
  sure('search', (await client.run(zql.customer.where('kana', 'LIKE', `${prefix}%`).limit(1))).length, 1);
}

async function snapshot({url, records, someone, prefix}) {
  const start = performance.now();
  const client = connect(url);
  await whole(client, records, someone, prefix);
  const took = seconds(start);
  await client.close();
  return took;
}

let follower, view;

async function follow({url, records, someone, prefix}) {
  follower = connect(url);
  await whole(follower, records, someone, prefix);
  view = follower.materialize(all());
}

async function unfollow() {
  view?.destroy();
  await follower?.close();
  view = follower = undefined;
}

// Resolves at the first state of the view in which `done` holds; its time is when that was seen.
const seen = done =>
  new Promise(resolve => {
    const stop = view.addListener(rows => {
      if (done(rows)) {
        setTimeout(() => stop());
        resolve(Date.now() / 1000);
      }
    });
  });

let pending;

async function expect({path}) {
  const wanted = new Map();
  for await (const one of recordsOf(path)) wanted.set(one.id, one.payload);
  pending = seen(rows => {
    let left = wanted.size;
    for (const row of rows) if (wanted.get(row.id) === row.payload) left--;
    return left === 0;
  });
}

const expectOne = ({id, payload}) => {
  pending = seen(rows => rows.find(row => row.id === id)?.payload === payload);
};

const wait = () => pending;

serve({snapshot, follow, unfollow, expect, expect_one: expectOne, wait});
