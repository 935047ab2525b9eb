// PouchDB over LevelDB in Node, replicating from an express-pouchdb server; a customer is one document.
// Arguments: the folder of the packages, a folder to work in, the server's address.
import {mkdirSync, rmSync} from 'node:fs';
import {createRequire} from 'node:module';
import {batches, recordsOf, seconds, serve, sure} from './lines.mjs';

const [packages, folder, address] = process.argv.slice(2);
const require = createRequire(`${packages}/package.json`);
const PouchDB = require('pouchdb');
PouchDB.plugin(require('pouchdb-find'));
const PAGE = 1000; // documents a request; the default of 100 is slower

const remote = name => new PouchDB(`${address}/${name}`, {skip_setup: false});
const documentOf = one => ({_id: one.id, kana: one.family_kana, payload: one.payload});

function local(name) {
  rmSync(`${folder}/${name}`, {recursive: true, force: true});
  mkdirSync(folder, {recursive: true});
  return new PouchDB(`${folder}/${name}`);
}

const replicate = async (from, to) => {
  const done = await PouchDB.replicate(from, to, {batch_size: PAGE, batches_limit: 10});
  sure('replication', done.ok, true);
};

async function load({path, name}) {
  const db = remote(name);
  for await (const part of batches(recordsOf(path), 2000)) await db.bulkDocs(part.map(documentOf));
}

async function snapshot({name, records, someone, prefix}) {
  const db = local('fresh');
  const start = performance.now();
  await replicate(remote(name), db);
  await db.createIndex({index: {fields: ['kana']}});
  const found = await db.find({selector: {kana: {$gte: prefix, $lt: prefix + '\uffff'}}, limit: 1});
  sure('search', found.docs.length, 1);
  sure('look-up', (await db.get(someone))._id, someone);
  sure('documents', (await db.info()).doc_count, records + 1); // and the index's own
  const took = seconds(start);
  await db.close();
  return took;
}

async function catchUp({name, path}) {
  const reader = local('reader');
  const server = remote(name);
  await replicate(server, reader);
  let last;
  for await (const part of batches(recordsOf(path), 2000)) {
    const found = await server.allDocs({keys: part.map(one => one.id)});
    await server.bulkDocs(part.map((one, place) => ({...documentOf(one), _rev: found.rows[place].value.rev})));
    last = part.at(-1);
  }
  const start = performance.now();
  await replicate(server, reader);
  sure('changed document', (await reader.get(last.id)).payload, last.payload);
  const took = seconds(start);
  for await (const one of recordsOf(path)) sure('document', (await reader.get(one.id)).payload, one.payload);
  await reader.close();
  return took;
}

serve({load, snapshot, catch_up: catchUp});
