// An express-pouchdb server over LevelDB. Arguments: the folder of the packages, a folder for its data, its port.
import {mkdirSync} from 'node:fs';
import {createRequire} from 'node:module';

const [packages, folder, port] = process.argv.slice(2);
mkdirSync(folder, {recursive: true});
process.chdir(folder); // it writes its configuration and log where it stands
const require = createRequire(`${packages}/package.json`);
const Stored = require('pouchdb').defaults({prefix: `${folder}/`});
const app = require('express')();
app.use('/', require('express-pouchdb')(Stored, {mode: 'minimumForPouchDB'}));
app.listen(Number(port), '127.0.0.1');
