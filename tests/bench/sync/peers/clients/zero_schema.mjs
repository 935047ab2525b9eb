// The one table, and the queries that client and server must agree on.
import {createRequire} from 'node:module';
import {pathToFileURL} from 'node:url';

export async function load(packages) {
  const require = createRequire(`${packages}/package.json`);
  const get = async name => import(pathToFileURL(require.resolve(name)));
  const zero = await get('@rocicorp/zero');
  const {createBuilder, createSchema, defineQueries, defineQuery, string, table} = zero;
  const customer = table('customer').columns({id: string(), kana: string(), payload: string()}).primaryKey('id');
  const schema = createSchema({tables: [customer]});
  const zql = createBuilder(schema);
  const queries = defineQueries({all: defineQuery(() => zql.customer)});
  return {zero, schema, zql, queries, get};
}
